namespace TensorLogic.CoreML.Specification;

/// <summary>Counts operations or layers by type, those of nested blocks and of a pipeline's members included.</summary>
internal static class OperationHistogram
{
    /// <summary>Most frequent first; equals by name. Constants are not counted.</summary>
    public static IReadOnlyDictionary<string, int> Count(ModelSpecification specification)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        Add(specification, counts);
        var ordered = new OrderedDictionary<string, int>(StringComparer.Ordinal);
        foreach ((string type, int count) in counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)) ordered.Add(type, count);
        return ordered;
    }

    private static void Add(ModelSpecification specification, Dictionary<string, int> counts)
    {
        foreach (MilFunction function in specification.Program?.Functions.Values ?? []) Add(function.Block, counts);
        foreach (LayerSpecification layer in specification.Network?.AllLayers ?? []) Increment(counts, layer.Type);
        foreach (ModelSpecification member in specification.Members)
        {
            Increment(counts, ModelKinds.NameOf(member.Kind));
            Add(member, counts);
        }
    }

    private static void Add(MilBlock block, Dictionary<string, int> counts)
    {
        foreach (MilOperation operation in block.Operations)
        {
            if (operation.Type != "const") Increment(counts, operation.Type);
            foreach (MilBlock inner in operation.Blocks) Add(inner, counts);
        }
    }

    private static void Increment(Dictionary<string, int> counts, string type) => counts[type] = counts.GetValueOrDefault(type) + 1;
}
