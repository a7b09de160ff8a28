using System.Collections.Immutable;
using TensorLogic.Operators;
using ValueType = TensorLogic.Operators.ValueType;

namespace TensorLogic.Cpu;

/// <summary>What a kernel sees when one operator runs on tensors of a caller.</summary>
internal sealed class SingleContext(Operator @operator, Tensor?[] inputs, ImmutableArray<ValueType> types, Workers workers, BufferPool pool, CancellationToken cancellation) : KernelContext
{
    public override Workers Workers => workers;

    public override BufferPool Pool => pool;

    public override Tensor Original(int index) => Input(index);

    private readonly Tensor?[] _outputs = new Tensor?[types.Length];
    private Random? _random;

    public override int InputCount => inputs.Length;

    public override Random Random => _random ??= new Random();

    public override CancellationToken Cancellation => cancellation;

    /// <summary>What the kernel made. The caller disposes it.</summary>
    public Tensor[] Outputs => Array.ConvertAll(_outputs, output => output ?? throw new UnsupportedOperatorException(@operator.Name, "it gives no tensor"));

    public override bool Has(int index) => index < inputs.Length && inputs[index] is not null;

    public override Tensor Input(int index) => inputs[index] ?? throw Error(index, "missing", "given");

    public override Tensor Output(int index, Shape shape) => _outputs[index] = Tensor.Create(TypeOf(index), shape);

    public override void SetOutput(int index, Tensor tensor)
    {
        ElementType type = TypeOf(index);
        if (tensor.ElementType == type) _outputs[index] = tensor;
        else
            using (tensor) _outputs[index] = tensor.To(type);
    }

    public override TensorList InputList(int index) => throw NeedsGraph("a list");

    public override void SetOutput(int index, TensorList list) => throw NeedsGraph("a list");

    public override Tensor State(int index) => throw NeedsGraph("a state");

    public override object[] RunSubgraph(int subgraph, ReadOnlySpan<object> subgraphInputs) => throw NeedsGraph("a sub-graph");

    public override ShapeException Error(int index, string actual, string expected) =>
        new InferenceContext(@operator, "", null, [], []).Error(index, actual, expected);

    /// <summary>Frees what a kernel that failed had made.</summary>
    public void Discard()
    {
        foreach (Tensor? output in _outputs) output?.Dispose();
    }

    private ElementType TypeOf(int index) => types[index] is TensorValueType tensor ? tensor.Tensor.ElementType : throw NeedsGraph("a list");

    private UnsupportedOperatorException NeedsGraph(string what) => new(@operator.Name, $"{what} exists only inside a graph");
}
