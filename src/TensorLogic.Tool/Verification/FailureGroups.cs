namespace TensorLogic.Tool.Verification;

/// <summary>Failed cases of one operation.</summary>
/// <param name="Operation">The operation that is not supported, else the one that fewest cases of the run have.</param>
/// <param name="Failures">Its failed cases.</param>
/// <param name="Total">All cases of the run that have the operation.</param>
internal sealed record FailureGroup(string Operation, IReadOnlyList<CaseResult> Failures, int Total)
{
    /// <summary>Groups the failures, largest group first.</summary>
    public static IReadOnlyList<FailureGroup> Of(IReadOnlyList<CaseResult> results)
    {
        // A model is mostly made of casts and reshapes; what is rare in the run is what the case is about.
        Dictionary<string, int> cases = results.SelectMany(result => result.Operations.Distinct()).CountBy(operation => operation).ToDictionary();
        return [.. results
            .Where(result => !result.Passed)
            .GroupBy(result => result.Unsupported ?? result.Operations.MinBy(operation => cases[operation]) ?? "model")
            .Select(group => new FailureGroup(group.Key, [.. group], Math.Max(cases.GetValueOrDefault(group.Key), group.Count())))
            .OrderByDescending(group => group.Failures.Count)
            .ThenBy(group => group.Operation, StringComparer.Ordinal)];
    }
}
