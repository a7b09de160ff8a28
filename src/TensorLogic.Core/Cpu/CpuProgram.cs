using TensorLogic.Cpu.Blocked;
using TensorLogic.Graphs;
using TensorLogic.Operators;
using ValueType = TensorLogic.Operators.ValueType;

namespace TensorLogic.Cpu;

/// <summary>A graph made ready for the CPU, whatever its input shapes: each value has a slot of a run's frame, each node its kernel.</summary>
internal sealed class CpuProgram : IDisposable
{
    private readonly Dictionary<Value, int> _slots = [], _blockedSlots = [];
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

    public int SlotCount => _constants.Count;

    /// <summary>By slot; null for other values.</summary>
    public IReadOnlyList<ConstantSlot?> Constants => _constants;

    /// <summary>The element type in which values of a type are held between nodes.</summary>
    public static ElementType Stored(ElementType type) => type is ElementType.Float16 or ElementType.BFloat16 ? ElementType.Float32 : type;

    public int SlotOf(Value value)
    {
        if (_slots.TryGetValue(value, out int slot)) return slot;
        slot = SlotCount;
        _slots.Add(value, slot);
        _constants.Add(value.Constant is { } constant ? new ConstantSlot(constant, Stored(constant.ElementType)) : null);
        return slot;
    }

    /// <summary>The slot of a value in blocks of channels; -1 if it never is.</summary>
    public int BlockedSlotOf(Value value) => _blockedSlots.GetValueOrDefault(value, -1);

    private int NewBlockedSlot(Value value)
    {
        _blockedSlots.Add(value, SlotCount);
        _constants.Add(null);
        return _blockedSlots[value];
    }

    private CpuBody Build(Graph graph, int depth)
    {
        if (depth > GraphVerifier.MaxDepth) throw new UnsupportedOperatorException(graph.Name, $"its sub-graphs are nested deeper than {GraphVerifier.MaxDepth}");
        int[] inputs = [.. graph.Inputs.Select(SlotOf)];
        int[] states = [.. graph.States.Select(SlotOf)];
        bool fuse = Options.Rounding == Rounding.AtStores;
        IReadOnlyList<FusedNode> nodes = FusedNodes.Find(graph, fuse);
        // Sub-graphs see outer values as they are declared; inside them layouts stay plain.
        CpuStep[] steps = depth == 0 && fuse ? [.. InLayouts(graph, nodes)] : [.. nodes.SelectMany(fused => Steps(fused, depth))];
        CpuBody body = new(inputs, states, steps, [.. graph.Outputs.Select(SlotOf)]);
        PlanReleases(graph, body);
        return body;
    }

    private List<CpuStep> InLayouts(Graph graph, IReadOnlyList<FusedNode> nodes)
    {
        LayoutPlan plan = new(nodes);
        HashSet<Value> madeBlocked = [], madePlain = [];
        List<CpuStep> steps = [];
        for (int i = 0; i < nodes.Count; i++)
        {
            FusedNode fused = nodes[i];
            if (plan[i] is not { } operation)
            {
                foreach (Value value in fused.Node.Inputs.Concat(fused.Added).Concat(fused.Node.Subgraphs.SelectMany(UsedBy)).OfType<Value>()) NeedPlain(value);
                steps.AddRange(Steps(fused, 0));
                continue;
            }
            IEnumerable<int> inputs = fused.Node.Inputs.Select((input, index) => input is null ? -1 : operation.Inputs[index].IsBlocked ? NeedBlocked(input) : NeedPlain(input));
            int[] own = [.. inputs], added = [.. fused.Added.Select(NeedBlocked)];
            if (added.Length > 0) own = [.. own, .. Enumerable.Repeat(-1, fused.Node.Operator.Inputs.Length - own.Length)];
            Value output = fused.Last.Outputs[0];
            CpuKernel kernel = operation.Build(plan.BorderOf(output));
            _kernels.Add(kernel);
            if (operation.HasBlockedOutput) madeBlocked.Add(output);
            steps.Add(new CpuStep(fused, kernel, [.. own, .. added], [operation.HasBlockedOutput ? NewBlockedSlot(output) : SlotOf(output)], []) { IsBlocked = true });
        }
        foreach (Value output in graph.Outputs) NeedPlain(output);
        return steps;

        int NeedBlocked(Value value)
        {
            if (madeBlocked.Add(value)) Reorder(value, Reordering.ToBlocked(plan.BorderOf(value)), SlotOf(value), NewBlockedSlot(value));
            return BlockedSlotOf(value);
        }

        int NeedPlain(Value value)
        {
            if (plan.IsMadeBlocked(value) && madePlain.Add(value))
                Reorder(value, Reordering.ToPlain(value.TensorType.Dimensions[1].Size!.Value), BlockedSlotOf(value), SlotOf(value));
            return SlotOf(value);
        }

        void Reorder(Value value, CpuKernel kernel, int from, int to) => steps.Add(new CpuStep(value, kernel, from, to));
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
            foreach (int slot in step.InputSlots.Concat(step.Subgraphs.SelectMany(UsedBy).Select(SlotOf)))
                if (lastUse.ContainsKey(slot)) lastUse[slot] = i;
        }
        foreach (Value output in graph.Outputs) lastUse.Remove(SlotOf(output));
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
