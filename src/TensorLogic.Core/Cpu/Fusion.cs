using TensorLogic.Cpu.Kernels;
using TensorLogic.Graphs;

namespace TensorLogic.Cpu;

/// <summary>Finds nodes that one kernel can compute together.</summary>
internal static class Fusion
{
    /// <summary>For each node whose kernel can apply it: the activation that alone reads its output.</summary>
    public static Dictionary<Node, Node> Activations(Graph graph)
    {
        Dictionary<Value, int> uses = [];
        Dictionary<Value, Node> readers = [];
        Count(graph, uses, readers);
        HashSet<Node> inGraph = [.. graph.Nodes];
        Dictionary<Node, Node> fused = [];
        foreach (Node node in graph.Nodes)
            if (KernelTable.Fuses(node.Operator) && node.Outputs is [var output] && uses.GetValueOrDefault(output) == 1 && readers.TryGetValue(output, out Node? reader)
                && CpuProgram.Stored(output.TensorType.ElementType) == ElementType.Float32 && Activation.Of(reader) is not null && inGraph.Contains(reader))
                fused.Add(node, reader);
        return fused;
    }

    private static void Count(Graph graph, Dictionary<Value, int> uses, Dictionary<Value, Node> readers)
    {
        foreach (Node node in graph.Nodes)
        {
            foreach (Value? input in node.Inputs)
            {
                if (input is null) continue;
                uses[input] = uses.GetValueOrDefault(input) + 1;
                readers[input] = node;
            }
            foreach (Graph subgraph in node.Subgraphs) Count(subgraph, uses, readers);
        }
        foreach (Value output in graph.Outputs) uses[output] = uses.GetValueOrDefault(output) + 1;
    }
}
