using TensorLogic.Tool.Verification;

namespace TensorLogic.Tests.Tool.Conformance;

/// <summary>Recorded answers of other implementations, by the code that <c>tl verify</c> runs.</summary>
public sealed class ConformanceTests
{
    private static IEnumerable<string> Groups => ConformanceSuite.Groups;

    [TestCaseSource(nameof(Groups))]
    public void Recorded_answers_are_met_within_the_limits_of_their_tests(string group) => AssertMet(group, KnownDifferences.AtTheCasesLimits, one => one.AtTheCasesLimits);

    [TestCaseSource(nameof(Groups))]
    public void Recorded_answers_are_met_within_what_the_arithmetic_allows(string group) => AssertMet(group, KnownDifferences.AtStrictLimits, one => one.AtStrictLimits);

    [Test]
    public void Named_differences_are_less_than_one_case_in_two_hundred()
    {
        Assert.That(KnownDifferences.AtTheCasesLimits, Has.Count.LessThanOrEqualTo(ConformanceSuite.Cases.Count / 200));
        Assert.That(KnownDifferences.AtStrictLimits, Has.Count.LessThanOrEqualTo(ConformanceSuite.Cases.Count / 50));
    }

    // Exactly the named cases fail: one that passes must lose its name.
    private static void AssertMet(string group, IReadOnlyDictionary<string, string> named, Func<ConformanceCase, CaseResult> result)
    {
        ConformanceCase[] cases = [.. ConformanceSuite.Cases.Where(one => one.Name.StartsWith($"{group}/", StringComparison.Ordinal))];
        string[] failed = [.. cases.Where(one => !result(one).Passed).Select(one => one.Name)];

        Assert.That(cases, Is.Not.Empty);
        Assert.That(failed, Is.EquivalentTo(named.Keys.Where(name => name.StartsWith($"{group}/", StringComparison.Ordinal))),
            () => string.Join("\n", cases.Where(one => !result(one).Passed && !named.ContainsKey(one.Name)).Select(one => $"{one.Name} {result(one).Operations[0]}: {result(one).Problem}")));
    }
}
