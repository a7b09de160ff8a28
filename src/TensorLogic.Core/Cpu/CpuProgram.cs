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
        CpuStep[] steps = [.. FusedNodes.Find(graph, Options.Rounding == Rounding.AtStores).SelectMany(fused => Steps(fused, depth))];
        CpuBody body = new(inputs, states, steps, [.. graph.Outputs.Select(SlotOf)]);
        PlanReleases(graph, body);
        return body;
    }

    private IEnumerable<CpuStep> Steps(FusedNode fused, int depth)
    {
        CpuKernel? kernel = KernelTable.Choose(KernelRequest.For(fused));
        if (kernel is null && fused.Absorbed.Count > 0)
            return ((Node[])[fused.Node, .. fused.Absorbed]).SelectMany(node => Steps(new FusedNode(node, [], Fusion.None, []), depth));
        if (kernel is not null) _kernels.Add(kernel);
        IEnumerable<int> inputs = fused.Node.Inputs.Select(input => input is null ? -1 : SlotOf(input));
        // What an epilogue reads stands behind the operator's own inputs, given or not.
        if (fused.Added.Count > 0) inputs = [.. inputs, .. Enumerable.Repeat(-1, fused.Node.Operator.Inputs.Length - fused.Node.Inputs.Count), .. fused.Added.Select(SlotOf)];
        return [new CpuStep(fused, kernel, [.. inputs], [.. fused.Last.Outputs.Select(SlotOf)], [.. fused.Node.Subgraphs.Select(subgraph => Build(subgraph, depth + 1))])];
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
            foreach (int slot in step.InputSlots.Concat(step.Node.Subgraphs.SelectMany(UsedBy).Select(SlotOf)))
                if (lastUse.ContainsKey(slot)) lastUse[slot] = i;
        }
        foreach (Value output in graph.Outputs) lastUse.Remove(_slots[output]);
        foreach (IGrouping<int, int> dying in lastUse.GroupBy(pair => pair.Value, pair => pair.Key))
            if (dying.Key >= 0) body.Steps[dying.Key].Releases = [.. dying];
            else body.UnusedInputs = [.. dying];
    }

    private static IEnumerable<Value> UsedBy(Graph graph)
    {
        foreach (Node node in graph.Nodes)
        {
            foreach (Value? input in node.Inputs)
                if (input is not null) yield return input;
            foreach (Value value in node.Subgraphs.SelectMany(UsedBy)) yield return value;
        }
        foreach (Value value in graph.Outputs) yield return value;
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

/// <summary>A node, or several that one kernel computes, with its slots.</summary>
internal sealed class CpuStep(FusedNode fused, CpuKernel? kernel, int[] inputSlots, int[] outputSlots, CpuBody[] bodies)
{
    public Node Node => fused.Node;

    /// <summary>Nodes after it that its kernel computes too.</summary>
    public IReadOnlyList<Node> Absorbed => fused.Absorbed;

    /// <summary>What it writes.</summary>
    public IReadOnlyList<Value> Outputs => fused.Last.Outputs;

    /// <summary>The fast kernel; null for the reference kernel.</summary>
    public CpuKernel? Kernel => kernel;

    /// <summary>-1 for an input that is left out.</summary>
    public int[] InputSlots => inputSlots;

    public int[] OutputSlots => outputSlots;

    public CpuBody[] Bodies => bodies;

    /// <summary>Slots that nobody reads after this step.</summary>
    public int[] Releases { get; set; } = [];

    public ElementType OutputType(int index) => Outputs[index].Type switch
    {
        TensorValueType tensor => tensor.Tensor.ElementType,
        ListValueType list => list.Element.ElementType,
        StateValueType state => state.Tensor.ElementType,
        ValueType other => throw new NotSupportedException($"A value of type {other} has no elements."),
    };
}
