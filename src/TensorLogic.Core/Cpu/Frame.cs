using TensorLogic.Graphs;
using TensorLogic.Operators;
using ValueType = TensorLogic.Operators.ValueType;

namespace TensorLogic.Cpu;

/// <summary>The values of one run.</summary>
/// <param name="constants">Slots that are filled from the start and kept.</param>
/// <param name="pool">Where values get their memory.</param>
/// <param name="workers">Threads.</param>
/// <param name="rounding">When 16-bit floats are rounded.</param>
/// <param name="state">States, or null.</param>
/// <param name="check">Checks every node's inputs before it runs: the shapes are new.</param>
/// <param name="cancellation">Ends the run.</param>
internal sealed class Frame(object?[] constants, BlockPool pool, Workers workers, Rounding rounding, ModelState? state, bool check, CancellationToken cancellation) : IDisposable
{
    private const int MaxDepth = 64;

    private int _depth;

    public object?[] Slots { get; } = (object?[])constants.Clone();

    public BlockPool Pool => pool;

    public Workers Workers => workers;

    public CancellationToken Cancellation => cancellation;

    public Tensor Tensor(int slot) => (Tensor)Slots[slot]!;

    public Tensor State(string name) => (state ?? throw new InvalidOperationException($"The graph has the state '{name}', and none was given."))[name];

    public void Set(int slot, object value)
    {
        Release(slot);
        Slots[slot] = value;
    }

    public void Run(Block block)
    {
        foreach (Step step in block.Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            if (check) Check(step);
            step.Kernel.Run(new CpuContext(step, this));
            if (rounding == Rounding.EveryValue) Round(step);
            foreach (int slot in step.LastUses) Release(slot);
        }
    }

    /// <summary>Runs a body: values in, values out. The values given stay the caller's; those that come back become so.</summary>
    public object[] Run(Block block, ReadOnlySpan<object> inputs)
    {
        if (++_depth > MaxDepth) throw new InvalidOperationException($"Bodies of branches and loops nest deeper than {MaxDepth}.");
        for (int i = 0; i < block.Inputs.Length; i++) Set(block.Inputs[i], Shared(inputs[i]));
        Run(block);
        _depth--;
        return [.. block.Outputs.Select(slot => Shared(Slots[slot]!))];
    }

    private static object Shared(object value) => value is Tensor tensor ? tensor.Transpose([.. Enumerable.Range(0, tensor.Rank)]) : value;

    private void Check(Step step)
    {
        Node node = step.Node;
        var types = new ValueType?[node.Inputs.Count];
        var values = new Tensor?[node.Inputs.Count];
        for (int i = 0; i < types.Length; i++)
        {
            if (node.Inputs[i] is not { } input) continue;
            types[i] = input.Type;
            values[i] = input.Constant;
            if (step.Inputs[i] < 0 || Slots[step.Inputs[i]] is not Tensor tensor || input.Type is not TensorValueType declared) continue;
            types[i] = new TensorValueType(new TensorType(declared.Tensor.ElementType, tensor.Shape));
            if (tensor.ElementType.IsInteger) values[i] = tensor;
        }
        InferenceContext context = new(node.Operator, node.Name, node.Place, types, values);
        context.CheckSignature();
        node.Operator.Infer(context, node.Attributes);
    }

    private void Round(Step step)
    {
        for (int i = 0; i < step.Outputs.Length; i++)
        {
            if (step.OutputTypes[i] is not TensorValueType { Tensor.ElementType: var declared } || Storage.Of(declared) == declared) continue;
            using Tensor rounded = Tensor(step.Outputs[i]).To(declared);
            Tensor stored = pool.Rent(Storage.Of(declared), rounded.Shape);
            rounded.CopyTo(stored);
            Set(step.Outputs[i], stored);
        }
    }

    private void Release(int slot)
    {
        object? value = Slots[slot];
        if (value is null || ReferenceEquals(value, constants[slot])) return;
        Slots[slot] = null;
        if (value is Tensor tensor) tensor.Dispose();
    }

    public void Dispose()
    {
        for (int slot = 0; slot < Slots.Length; slot++) Release(slot);
    }
}
