using TensorLogic.Fuzz;

namespace TensorLogic.Tests.CoreML.Hostile;

/// <summary>Changed files from a fixed seed. More of them: <c>docs/fuzzing.md</c>.</summary>
public sealed class FuzzTests
{
    private const int Files = 20_000, Seed = 1;

    private static IEnumerable<TestCaseData> Targets() => Target.All.Select(target => new TestCaseData(target.Name).SetArgDisplayNames(target.Name));

    /// <summary>An LSTM whose sizes are claims, and a peephole matrix that would be as large.</summary>
    [TestCase("protobuf", 1635018)]
    [TestCase("protobuf", 1693300)]
    public void A_file_that_once_failed_is_refused(string reader, int seed) =>
        Assert.That(Campaign.Run(Target.All.Single(target => target.Name == reader), Path.Combine(TestData.Root, "tests", "data"), seed, 1).Failures, Is.Empty);

    // Pictures are decoded by a library of its own, behind a guard; fewer of them, and large.
    [Category("slow")]
    [TestCaseSource(nameof(Targets))]
    public void A_changed_file_is_read_or_refused_by_an_error_of_the_library(string reader)
    {
        bool isPicture = reader is "png" or "jpeg";
        Outcome outcome = Campaign.Run(Target.All.Single(target => target.Name == reader), TestData.Path(), Seed, isPicture ? Files / 20 : Files);

        Assert.That(outcome.Failures, Is.Empty);
        Assert.That(outcome.PastHeader, Is.GreaterThan(0.3));
    }
}
