namespace TensorLogic.Graphs.Passes;

/// <summary>Removes nodes whose outputs nobody uses. Nodes with effects stay, and so does what they need.</summary>
internal static class RemoveDeadNodes
{
    /// <summary>Removes in place, in sub-graphs too.</summary>
    public static void Run(Graph graph) => Run(graph, []);

    private static void Run(Graph graph, HashSet<Value> used)
    {
        used.UnionWith(graph.Outputs);
        for (int i = graph.NodeList.Count - 1; i >= 0; i--)
        {
            Node node = graph.NodeList[i];
            if (!HasEffects(node) && !node.Outputs.Any(used.Contains))
            {
                graph.NodeList.RemoveAt(i);
                continue;
            }
            foreach (Graph subgraph in node.Subgraphs) Run(subgraph, used);
            foreach (Value? input in node.Inputs)
                if (input is not null) used.Add(input);
        }
    }

    private static bool HasEffects(Node node) => node.Operator.HasEffects || node.Subgraphs.Any(subgraph => subgraph.Nodes.Any(HasEffects));
}
