namespace TensorLogic.Tests.Tool.Commands;

public sealed class AdviseCommandTests
{
    private static readonly FakeModel Slow = new()
    {
        Findings = [new("element-type", FindingSeverity.Warning, "weights", "The Neural Engine computes in f16.", "Convert with compute_precision=ct.precision.FLOAT16.")],
    };

    private static Outcome Advise(FakeModel model, params string[] options)
    {
        using TemporaryFolder folder = new();
        return Tl.Run(new FakeLoader(model), ["advise", FakeLoader.File(folder), .. options]);
    }

    [Test]
    public void A_finding_says_what_where_why_and_what_to_do() =>
        Assert.That(Advise(Slow).Lines, Is.EqualTo(new[]
        {
            "warning element-type: weights",
            "  why The Neural Engine computes in f16.",
            "  try Convert with compute_precision=ct.precision.FLOAT16.",
        }));

    [Test]
    public void Json_has_the_same_five_facts() =>
        Assert.That(Advise(Slow, "--json").Json.GetProperty("findings")[0].EnumerateObject().Select(fact => fact.Name),
            Is.EqualTo(new[] { "rule", "severity", "place", "reason", "remedy" }));

    [Test]
    public void Findings_are_no_failure() => Assert.That(Advise(Slow).ExitCode, Is.Zero);

    [Test]
    public void A_model_without_findings_is_told_so() =>
        Assert.That(Advise(new()).Output, Does.StartWith("Nothing to advise"));

    [TestCase("digits-f32.mlpackage", ExpectedResult = "warning element-type: conv 'input_3' and 12 more")]
    [TestCase("digits-flexible.mlpackage", ExpectedResult = "warning flexible-size: input 'x'")]
    [TestCase("digits-neuralnetwork.mlmodel", ExpectedResult = "warning model-kind: model (neuralNetworkClassifier)")]
    [TestCase("digits-tensor.mlpackage", ExpectedResult = "Nothing to advise: the model follows the best practices for the Neural Engine.")]
    public string The_digits_models_are_advised(string file) => Tl.Run("advise", TestData.Path("digits", file)).Lines[0];
}
