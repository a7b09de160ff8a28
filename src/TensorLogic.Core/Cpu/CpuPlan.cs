using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using TensorLogic.Graphs;
using TensorLogic.Operators;
using ValueType = TensorLogic.Operators.ValueType;

namespace TensorLogic.Cpu;

/// <summary>What is known of a program once the shapes of its inputs are: types of the main body's values, and small values computed ahead.</summary>
internal sealed class CpuPlan
{
    // Shapes, indices and paddings: what inference asks the values of.
    private const int KnownElements = 256;

    private readonly CpuProgram _program;
    private readonly Dictionary<Value, ValueType> _types = [];
    private readonly Dictionary<Value, Tensor> _known = [];
    private readonly HashSet<CpuStep> _done = [];
    private readonly HashSet<CpuStep> _open = [];
    private readonly Tensor?[] _knownBySlot;

    /// <summary>Infers every type again with concrete input shapes.</summary>
    /// <exception cref="ShapeException">The shapes do not fit the graph; names operator and input.</exception>
    public CpuPlan(CpuProgram program, ImmutableArray<Shape> shapes, CpuBackend backend, CancellationToken cancellation)
    {
        _program = program;
        Shapes = shapes;
        for (int i = 0; i < shapes.Length; i++)
        {
            Value input = program.Graph.Inputs[i];
            _types[input] = new TensorValueType(new(input.TensorType.ElementType, shapes[i]));
        }
        foreach (CpuStep step in program.Body.Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (Node node in step.Nodes) Infer(node);
            if (step is { IsBlocked: false, Nodes: [var only] } && TryCompute(only, backend, cancellation)) _done.Add(step);
        }
        FindOpen(program.Body);
        _knownBySlot = new Tensor?[program.SlotCount];
        foreach ((Value value, Tensor tensor) in _known) _knownBySlot[program.SlotOf(value)] = AsStored(tensor);
    }

    /// <summary>The input shapes that the plan is for.</summary>
    public ImmutableArray<Shape> Shapes { get; }

    /// <summary>The value of a slot that was computed with the plan, as stored.</summary>
    public Tensor? Known(int slot) => _knownBySlot[slot];

    /// <summary>True for a step whose outputs were computed with the plan.</summary>
    public bool IsDone(CpuStep step) => _done.Count > 0 && _done.Contains(step);

    /// <summary>True for a step with an input whose sizes are not known before the run: what inference asks of them is asked then.</summary>
    public bool IsOpen(CpuStep step) => _open.Count > 0 && _open.Contains(step);

    /// <summary>The type of a value under these shapes.</summary>
    public ValueType TypeOf(Value value) => _types.GetValueOrDefault(value, value.Type);

    // Sizes that depend on data, and those inside sub-graphs.
    private void FindOpen(CpuBody body)
    {
        foreach (CpuStep step in body.Steps)
        {
            if (step.Bodies.Length == 0 && step.Nodes.Any(node => node.Inputs.Any(input => input is not null && TypeOf(input) is TensorValueType { Tensor.IsStatic: false })))
                _open.Add(step);
            foreach (CpuBody inner in step.Bodies) FindOpen(inner);
        }
    }

    private void Infer(Node node)
    {
        if (node.Subgraphs.Count > 0) return;
        InferenceContext context = new(node.Operator, node.Name, node.Place,
            [.. node.Inputs.Select(input => input is null ? null : TypeOf(input))], [.. node.Inputs.Select(input => input is null ? null : ValueOf(input))]);
        ImmutableArray<ValueType> types = node.Operator.Infer(context, node.Attributes);
        for (int i = 0; i < types.Length; i++) _types[node.Outputs[i]] = types[i];
    }

    private Tensor? ValueOf(Value value) => value.Constant ?? _known.GetValueOrDefault(value);

    private bool TryCompute(Node node, CpuBackend backend, CancellationToken cancellation)
    {
        if (node.Operator.HasEffects || node.Subgraphs.Count > 0 || !node.Outputs.All(IsSmall)) return false;
        if (node.Operator == Op.ShapeOf && TypeOf(node.Inputs[0]!) is TensorValueType { Tensor: { IsStatic: true } shaped })
        {
            _known[node.Outputs[0]] = Tensor.FromArray([.. shaped.Shape], [shaped.Rank]);
            return true;
        }
        if (node.Inputs.Any(input => input is not null && ValueOf(input) is null)) return false;
        Tensor[] results;
        try
        {
            results = backend.Run(node.Operator, node.Attributes, [.. node.Inputs.Select(input => input is null ? null : ValueOf(input))], cancellation);
        }
        catch (TensorLogicException)
        {
            return false;   // the run reports it, if it comes to this node
        }
        for (int i = 0; i < results.Length; i++) _known[node.Outputs[i]] = results[i];
        return true;
    }

    private bool IsSmall(Value value) => TypeOf(value) is TensorValueType { Tensor: { IsStatic: true } type } && type.Shape.ElementCount <= KnownElements;

    private static Tensor AsStored(Tensor tensor) => tensor.ElementType == CpuProgram.Stored(tensor.ElementType) ? tensor : tensor.To(CpuProgram.Stored(tensor.ElementType));

    /// <summary>One line for each node: kernel and types.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{_program.Graph.Name}({string.Join(", ", _program.Graph.Inputs.Select(Typed))})\n");
        Write(text, _program.Body, "  ");
        return text.ToString();
    }

    private void Write(StringBuilder text, CpuBody body, string indent)
    {
        foreach (CpuStep step in body.Steps)
        {
            string kernel = IsDone(step) ? "computed with the plan" : step.Kernel?.Name ?? "reference";
            text.Append(CultureInfo.InvariantCulture, $"{indent}{string.Join(", ", step.Outputs.Select(Typed))} = {step}: {kernel}\n");
            foreach (CpuBody inner in step.Bodies) Write(text, inner, indent + "  ");
        }
    }

    private string Typed(Value value) => $"%{value.Name}: {TypeOf(value)}";
}
