using TensorLogic.Operators;

namespace TensorLogic.Graphs.Passes;

/// <summary>Computes nodes whose inputs are all constant: decompressed weights, shapes, masks.</summary>
/// <remarks>A folded value is stored, and so rounded to its type.</remarks>
internal static class FoldConstants
{
    // A fill or a tile may make much of little; what grows so is computed when it is needed.
    private const long AlwaysBytes = 1 << 20;
    private const long GrowthFactor = 64;

    /// <summary>Folds a graph in place, its sub-graphs included.</summary>
    public static void Run(Graph graph, IBackend backend, CancellationToken cancellation = default)
    {
        for (int i = 0; i < graph.NodeList.Count; i++)
        {
            Node node = graph.NodeList[i];
            foreach (Graph subgraph in node.Subgraphs) Run(subgraph, backend, cancellation);
            cancellation.ThrowIfCancellationRequested();
            if (IsFoldable(node) && TryFold(node, backend, cancellation))
                graph.NodeList.RemoveAt(i--);
        }
    }

    private static bool IsFoldable(Node node)
    {
        if (node.Operator.HasEffects || node.Subgraphs.Count > 0 || !node.Inputs.All(input => input is null or { IsConstant: true })) return false;
        long given = node.Inputs.Sum(input => input?.Constant!.ByteCount ?? 0);
        return node.Outputs.All(output => output.Type is TensorValueType { Tensor: { IsStatic: true } type }
            && type.ElementType.ByteCount(type.Shape.ElementCount) is var bytes && (bytes <= AlwaysBytes || bytes / GrowthFactor <= given));
    }

    // A node that fails may stand in a branch that is never taken: it stays, and fails if it is run.
    private static bool TryFold(Node node, IBackend backend, CancellationToken cancellation)
    {
        Tensor[] results;
        try
        {
            results = backend.Run(node.Operator, node.Attributes, [.. node.Inputs.Select(input => input?.Constant)], cancellation);
        }
        catch (TensorLogicException)
        {
            return false;
        }
        for (int i = 0; i < results.Length; i++)
        {
            Value output = node.Outputs[i];
            output.Producer = null;
            output.Constant = results[i];
            output.Type = new TensorValueType(results[i].Type);
        }
        return true;
    }
}
