using TensorLogic.Graphs;
using TensorLogic.Operators;
using ValueType = TensorLogic.Operators.ValueType;

namespace TensorLogic.Cpu;

/// <summary>A graph made ready for the CPU, whatever its input shapes: each value has a slot of a run's frame, each node its kernel.</summary>
internal sealed class CpuProgram : IDisposable
{
    private readonly Dictionary<Value, int> _slots = [];
    private readonly List<ConstantSlot?> _constants = [];
    private readonly List<CpuKernel> _kernels = [];

    public CpuProgram(Graph graph, CompileOptions options)
    {
        Graph = graph;
        Options = options;
        Body = Build(graph, 0);
    }

    public Graph Graph { get; }

    public CompileOptions Options { get; }

    public CpuBody Body { get; }

    public int SlotCount => _slots.Count;

    /// <summary>By slot; null for other values.</summary>
    public IReadOnlyList<ConstantSlot?> Constants => _constants;

    /// <summary>The element type in which values of a type are held between nodes.</summary>
    public static ElementType Stored(ElementType type) => type is ElementType.Float16 or ElementType.BFloat16 ? ElementType.Float32 : type;

    public int SlotOf(Value value)
    {
        if (_slots.TryGetValue(value, out int slot)) return slot;
        slot = _slots.Count;
        _slots.Add(value, slot);
        _constants.Add(value.Constant is { } constant ? new ConstantSlot(constant, Stored(constant.ElementType)) : null);
        return slot;
    }

    private CpuBody Build(Graph graph, int depth)
    {
        if (depth > GraphVerifier.MaxDepth) throw new UnsupportedOperatorException(graph.Name, $"its sub-graphs are nested deeper than {GraphVerifier.MaxDepth}");
        int[] inputs = [.. graph.Inputs.Select(SlotOf)];
        int[] states = [.. graph.States.Select(SlotOf)];
        var steps = new CpuStep[graph.Nodes.Count];
        for (int i = 0; i < steps.Length; i++)
        {
            Node node = graph.Nodes[i];
            steps[i] = new CpuStep(node, [.. node.Inputs.Select(input => input is null ? -1 : SlotOf(input))], [.. node.Outputs.Select(SlotOf)],
                [.. node.Subgraphs.Select(subgraph => Build(subgraph, depth + 1))])
            {
                Kernel = KernelTable.Choose(KernelRequest.For(node)),
            };
        }
        CpuBody body = new(inputs, states, steps, [.. graph.Outputs.Select(SlotOf)]);
        PlanReleases(graph, body);
        return body;
    }

    // A value dies after the last node that reads it, itself or from a sub-graph. Outputs and outer values live on.
    private void PlanReleases(Graph graph, CpuBody body)
    {
        var lastUse = new Dictionary<int, int>();
        foreach (int slot in body.InputSlots) lastUse[slot] = -1;
        for (int i = 0; i < body.Steps.Length; i++)
        {
            CpuStep step = body.Steps[i];
            foreach (int slot in step.OutputSlots) lastUse[slot] = i;
            foreach (Value used in UsedBy(step.Node))
                if (lastUse.ContainsKey(_slots[used])) lastUse[_slots[used]] = i;
        }
        foreach (Value output in graph.Outputs) lastUse.Remove(_slots[output]);
        foreach (IGrouping<int, int> dying in lastUse.GroupBy(pair => pair.Value, pair => pair.Key))
            if (dying.Key >= 0) body.Steps[dying.Key].Releases = [.. dying];
            else body.UnusedInputs = [.. dying];
    }

    private static IEnumerable<Value> UsedBy(Node node)
    {
        foreach (Value? input in node.Inputs)
            if (input is not null) yield return input;
        foreach (Graph subgraph in node.Subgraphs)
        {
            foreach (Value value in subgraph.Nodes.SelectMany(UsedBy)) yield return value;
            foreach (Value value in subgraph.Outputs) yield return value;
        }
    }

    public void Dispose()
    {
        foreach (ConstantSlot? constant in _constants) constant?.Dispose();
        foreach (CpuKernel kernel in _kernels) kernel.Dispose();
    }
}

/// <summary>A graph or sub-graph as steps over slots.</summary>
internal sealed class CpuBody(int[] inputSlots, int[] stateSlots, CpuStep[] steps, int[] outputSlots)
{
    public int[] InputSlots => inputSlots;

    public int[] StateSlots => stateSlots;

    public CpuStep[] Steps => steps;

    public int[] OutputSlots => outputSlots;

    /// <summary>Inputs that no step reads.</summary>
    public int[] UnusedInputs { get; set; } = [];
}

/// <summary>A node with its slots.</summary>
internal sealed class CpuStep(Node node, int[] inputSlots, int[] outputSlots, CpuBody[] bodies)
{
    public Node Node => node;

    /// <summary>-1 for an input that is left out.</summary>
    public int[] InputSlots => inputSlots;

    public int[] OutputSlots => outputSlots;

    public CpuBody[] Bodies => bodies;

    /// <summary>The fast kernel; null for the reference kernel.</summary>
    public CpuKernel? Kernel { get; init; }

    /// <summary>Slots that nobody reads after this step.</summary>
    public int[] Releases { get; set; } = [];

    public ElementType OutputType(int index) => node.Outputs[index].Type switch
    {
        TensorValueType tensor => tensor.Tensor.ElementType,
        ListValueType list => list.Element.ElementType,
        StateValueType state => state.Tensor.ElementType,
        ValueType other => throw new NotSupportedException($"A value of type {other} has no elements."),
    };
}
