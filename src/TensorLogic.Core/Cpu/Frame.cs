using System.Collections.Immutable;
using System.Diagnostics;
using TensorLogic.Graphs;
using TensorLogic.Operators;
using ValueType = TensorLogic.Operators.ValueType;

namespace TensorLogic.Cpu;

/// <summary>The values of one run, by slot.</summary>
/// <remarks>A slot owns the tensor in it. Constants stay with the program, states with the caller.</remarks>
internal sealed class Frame(CpuProgram program, CpuPlan plan, Workers workers, BufferPool pool, ModelState? state, StepRecorder? recorder, CancellationToken cancellation)
{
    private readonly object?[] _values = new object?[program.SlotCount];
    private Random? _random;

    public Workers Workers => workers;

    public BufferPool Pool => pool;

    public CancellationToken Cancellation => cancellation;

    public Random Random => _random ??= new Random();

    public Rounding Rounding => program.Options.Rounding;

    public object Get(int slot) => Known(slot) ?? throw new InvalidOperationException($"Slot {slot} is empty.");

    private object? Known(int slot) => _values[slot] ?? plan.Known(slot) ?? program.Constants[slot]?.Stored;

    /// <summary>The constant of a slot as the graph holds it, or null.</summary>
    public Tensor? Original(int slot) => program.Constants[slot]?.Original;

    public Tensor State(Value value)
    {
        if (state is null) throw new FeatureException(value.Name, $"The model has the state '{value.Name}'. Pass a state made by CreateState.");
        Tensor tensor = state[value.Name];
        TensorType type = ((StateValueType)value.Type).Tensor;
        if (tensor.ElementType != type.ElementType || !type.Accepts(tensor.Shape))
            throw new ShapeException { Operator = "predict", Node = program.Graph.Name, Input = value.Name, Actual = tensor.ToString(), Expected = type.ToString() };
        return tensor;
    }

    /// <summary>Fills a slot; the value is taken over.</summary>
    public void Set(int slot, object value)
    {
        Release(slot);
        _values[slot] = value;
    }

    public void Release(int slot)
    {
        (_values[slot] as Tensor)?.Dispose();
        _values[slot] = null;
    }

    /// <summary>Runs the steps of a body whose inputs are set.</summary>
    public void Run(CpuBody body)
    {
        foreach (int slot in body.UnusedInputs) Release(slot);
        foreach (CpuStep step in body.Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!plan.IsDone(step))
            {
                long start = recorder is null ? 0 : Stopwatch.GetTimestamp();
                if (plan.IsOpen(step)) Check(step);
                NodeContext context = new(this, step);
                if (step.Kernel is { } kernel) kernel.Run(context);
                else step.Node.Operator.Evaluate(context, step.Node.Attributes);
                context.Finish();
                // The time of a step holds that of its sub-graphs.
                if (recorder is not null && body == program.Body) recorder.Add(step, start, () => StepCost.Describe(step, plan));
            }
            foreach (int slot in step.Releases) Release(slot);
        }
    }

    // Kernels rely on what inference promises of the shapes, fast ones without looking.
    private void Check(CpuStep step)
    {
        Dictionary<Value, ValueType> made = [];
        foreach (Node node in step.Nodes)
        {
            InferenceContext context = new(node.Operator, node.Name, node.Place,
                [.. node.Inputs.Select(input => input is null ? null : made.TryGetValue(input, out ValueType? type) ? type : TypeNow(input))],
                [.. node.Inputs.Select(input => input is null || made.ContainsKey(input) || input.Type is not TensorValueType ? null : Known(program.SlotOf(input)) as Tensor)]);
            ImmutableArray<ValueType> types = node.Operator.Infer(context, node.Attributes);
            for (int i = 0; i < types.Length; i++) made[node.Outputs[i]] = types[i];
        }
    }

    private ValueType TypeNow(Value value)
    {
        if (value.Type is not TensorValueType { Tensor: var declared }) return value.Type;
        if (Known(program.SlotOf(value)) is Tensor tensor) return new TensorValueType(new TensorType(declared.ElementType, tensor.Shape));
        if (program.BlockedSlotOf(value) is not (>= 0 and var slot) || Get(slot) is not Tensor { Shape: var blocked }) return value.Type;
        return new TensorValueType(new TensorType(declared.ElementType, Shape.Create(blocked[0], declared.Dimensions[1].Size!.Value, blocked[2], blocked[3])));
    }

    /// <summary>Runs a sub-graph: values in, values out, each with a reference of its own.</summary>
    public object[] Run(CpuBody body, ReadOnlySpan<object> inputs)
    {
        for (int i = 0; i < inputs.Length; i++) Set(body.InputSlots[i], Share(inputs[i]));
        Run(body);
        object[] outputs = Array.ConvertAll(body.OutputSlots, slot => Share(Get(slot)));
        Clear(body);
        return outputs;
    }

    /// <summary>Empties the slots that a body filled.</summary>
    public void Clear(CpuBody body)
    {
        foreach (int slot in body.InputSlots) Release(slot);
        foreach (CpuStep step in body.Steps)
            foreach (int slot in step.OutputSlots) Release(slot);
    }

    /// <summary>Empties every slot.</summary>
    public void Clear()
    {
        for (int slot = 0; slot < _values.Length; slot++) Release(slot);
    }

    private static object Share(object value) => value is Tensor tensor ? tensor.View(tensor.Shape, tensor.Strides.ToArray(), tensor.Offset) : value;
}
