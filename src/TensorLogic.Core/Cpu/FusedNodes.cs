using TensorLogic.Cpu.Kernels;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Cpu;

/// <summary>A node with the nodes that its kernel takes over. It runs in the place of the last of them.</summary>
/// <param name="Node">The node.</param>
/// <param name="Absorbed">What follows it, in order.</param>
/// <param name="Fusion">What the kernel is to do for them.</param>
/// <param name="Added">Values that the epilogue reads, as inputs behind the operator's own.</param>
internal sealed record FusedNode(Node Node, IReadOnlyList<Node> Absorbed, Fusion Fusion, IReadOnlyList<Value> Added)
{
    /// <summary>The node whose outputs the kernel writes.</summary>
    public Node Last => Absorbed.Count == 0 ? Node : Absorbed[^1];
}

/// <summary>Finds chains of nodes that one kernel computes: a convolution or linear layer, scale and bias, a residual, activations.</summary>
internal sealed class FusedNodes
{
    private readonly Dictionary<Value, int> _uses = [];
    private readonly Dictionary<Value, Node> _readers = [];
    private readonly HashSet<Node> _inGraph;
    private readonly HashSet<Node> _absorbed = [];

    private FusedNodes(Graph graph)
    {
        Count(graph);
        _inGraph = [.. graph.Nodes];
    }

    /// <summary>The nodes of a graph, in running order, each alone or with what it absorbs.</summary>
    public static IReadOnlyList<FusedNode> Find(Graph graph, bool fuse)
    {
        FusedNodes search = new(graph);
        Dictionary<Node, FusedNode> byLast = [];
        foreach (Node node in graph.Nodes)
        {
            if (search._absorbed.Contains(node)) continue;
            FusedNode fused = (fuse ? search.Chain(node) : null) ?? new(node, [], Fusion.None, []);
            search._absorbed.UnionWith(fused.Absorbed);
            byLast[fused.Last] = fused;
        }
        return [.. graph.Nodes.Where(byLast.ContainsKey).Select(node => byLast[node])];
    }

    private FusedNode? Chain(Node node)
    {
        if (node.Operator != Op.Conv && node.Operator != Op.Linear && node.Operator != Op.MatMul) return null;
        if (node.Inputs.Skip(1).Any(input => input is { IsConstant: false }) || !IsFloat32(node.Outputs[0])) return null;
        List<Node> absorbed = [];
        List<Value> added = [];
        Fusion fusion = Fusion.None;
        Value current = node.Outputs[0];
        while (_uses.GetValueOrDefault(current) == 1 && _readers.TryGetValue(current, out Node? reader) && _inGraph.Contains(reader) && !_absorbed.Contains(reader)
            && reader.Outputs.Count == 1 && IsFloat32(reader.Outputs[0]) && Extended(node, reader, current, fusion, added) is { } extended)
        {
            fusion = extended;
            absorbed.Add(reader);
            current = reader.Outputs[0];
        }
        return absorbed.Count == 0 ? null : new(node, absorbed, fusion, added);
    }

    private static Fusion? Extended(Node node, Node reader, Value current, Fusion fusion, List<Value> added)
    {
        bool first = fusion.Epilogue.Steps.Count == 0;
        if (first && ChannelArithmetic.Of(node, reader, current) is { } channels && (channels.Scale is null || node.Operator != Op.MatMul)) return fusion.Then(channels);
        if (reader.Operator == Op.Add)
        {
            Value other = reader.Inputs[0] == current ? reader.Inputs[1]! : reader.Inputs[0]!;
            if (other.IsConstant || other == current || !IsFloat32(other) || !AreSame(other.TensorType, current.TensorType)) return null;
            added.Add(other);
            return fusion with { Epilogue = fusion.Epilogue.Then("add", null, node.Operator.Inputs.Length + added.Count - 1) };
        }
        return UnaryKernels.Find(reader.Operator, reader.Attributes) is { } function ? fusion with { Epilogue = fusion.Epilogue.Then(reader.Operator.Name, function, -1) } : null;
    }

    private static bool IsFloat32(Value value) => value.Type is TensorValueType { Tensor.ElementType: var type } && CpuProgram.Stored(type) == ElementType.Float32;

    // Unknown sizes may differ, and then the sum would broadcast.
    private static bool AreSame(TensorType a, TensorType b) =>
        a.Dimensions.SequenceEqual(b.Dimensions) && a.Dimensions.All(size => size != Dimension.Unknown);

    private void Count(Graph graph)
    {
        foreach (Node node in graph.Nodes)
        {
            foreach (Value? input in node.Inputs)
            {
                if (input is null) continue;
                _uses[input] = _uses.GetValueOrDefault(input) + 1;
                _readers[input] = node;
            }
            foreach (Graph subgraph in node.Subgraphs) Count(subgraph);
        }
        foreach (Value output in graph.Outputs) _uses[output] = _uses.GetValueOrDefault(output) + 1;
    }
}
