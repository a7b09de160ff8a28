namespace TensorLogic.Graphs;

/// <summary>Copies graphs, so that a pass may change one that others still use. Constants are shared.</summary>
internal sealed class GraphCopy
{
    private readonly Dictionary<Value, Value> _values = [];

    private GraphCopy()
    {
    }

    /// <summary>A copy with its own values and nodes.</summary>
    public static Graph Of(Graph graph) => new GraphCopy().Copy(graph);

    private Graph Copy(Graph graph)
    {
        Graph copy = new(graph.Name);
        copy.InputList.AddRange(graph.Inputs.Select(Defined));
        copy.StateList.AddRange(graph.States.Select(Defined));
        foreach (Node node in graph.Nodes)
        {
            Node twin = new(node.Name, node.Operator, node.Attributes, node.Inputs.Select(input => input is null ? null : Used(input)), node.Outputs.Select(Defined)) { Place = node.Place };
            twin.SubgraphList.AddRange(node.Subgraphs.Select(Copy));
            copy.NodeList.Add(twin);
        }
        copy.OutputList.AddRange(graph.Outputs.Select(Used));
        return copy;
    }

    private Value Defined(Value value) => _values[value] = new(value.Name, value.Type);

    private Value Used(Value value)
    {
        if (_values.TryGetValue(value, out Value? twin)) return twin;
        return _values[value] = new(value.Name, value.Type) { Constant = value.Constant };
    }
}
