using TensorLogic.CoreML.Specification;

namespace TensorLogic.CoreML.Advice;

/// <summary>Holds a model against the best practices for the Neural Engine.</summary>
internal static class ModelAdvisor
{
    /// <summary>All findings, warnings first.</summary>
    public static IReadOnlyList<Finding> Advise(ModelSpecification specification, FunctionDescription function) =>
    [
        .. AdviceSubject.Of(specification, function)
            .SelectMany(subject => AdviceRules.All.SelectMany(rule => rule(subject)))
            .Distinct()
            .OrderByDescending(finding => finding.Severity),
    ];
}
