using System.IO.Compression;
using System.Text.Json;

namespace TensorLogic.Tests.Tool.Verification;

public sealed class VerifyCommandTests
{
    private static FakeModel Answering(params float[] elements) => Answering(() => Tensor.FromArray(elements, [elements.Length]));

    private static FakeModel Answering(Func<Feature> answer) => new() { Answer = _ => new Features { ["y"] = answer() } };

    private static Outcome Verify(FakeModel model, string cases, params string[] options) => Tl.Run(new FakeLoader(model), ["verify", cases, .. options]);

    [Test]
    public void Agreement_within_the_limits_passes()
    {
        using TemporaryFolder folder = new();

        Outcome outcome = Verify(Answering(1.0009f, 2f), new CaseBuilder(folder).Add([1, 2]).Root);

        Assert.That((outcome.ExitCode, outcome.Lines[^1], outcome.Error), Is.EqualTo((0, "1 passed, 0 failed", "")));
    }

    [TestCase(1.0011f)]
    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    public void A_difference_fails_and_is_shown_with_its_operation(float answer)
    {
        using TemporaryFolder folder = new();

        Outcome outcome = Verify(Answering(answer, 2f), new CaseBuilder(folder).Add([1, 2]).Root);

        Assert.That((outcome.ExitCode, outcome.Lines[^1], outcome.Error), Is.EqualTo((1, "0 passed, 1 failed", "1 of 1 cases failed.\n")));
        Assert.That(outcome.Lines, Has.Some.Match(@"^  relu +1 +1 +y: 1 of 2 elements differ; \[0\] is \S+, expected 1"));
    }

    [TestCase("", ExpectedResult = 1)]
    [TestCase(", \"shape\": \"squeeze\"", ExpectedResult = 0)]
    [TestCase(", \"shape\": \"flat\"", ExpectedResult = 0)]
    public int Shapes_are_compared_by_the_rule_of_the_case(string rule)
    {
        using TemporaryFolder folder = new();

        return Verify(Answering(1, 2), new CaseBuilder(folder).Add([1, 2], $"\"rtol\": 0, \"atol\": 0{rule}", [1, 2]).Root).ExitCode;
    }

    [Test]
    public void Random_answers_are_compared_by_shape_only()
    {
        using TemporaryFolder folder = new();

        Outcome outcome = Verify(Answering(5, 6), new CaseBuilder(folder).Add([0, 0], "\"rtol\": 0, \"atol\": 0, \"random\": true").Root);

        Assert.That(outcome.ExitCode, Is.Zero);
    }

    [TestCase(0.5, ExpectedResult = 0)]
    [TestCase(0.25, ExpectedResult = 1)]
    public int A_share_of_elements_may_differ_where_the_case_says_so(double share)
    {
        using TemporaryFolder folder = new();

        return Verify(Answering(1, 9), new CaseBuilder(folder).Add([1, 2], FormattableString.Invariant($"\"rtol\": 0, \"atol\": 0, \"mismatch_ratio\": {share}")).Root).ExitCode;
    }

    // The second level of the layout's description, row by row; the answer is off by 0.002 or 0.03 of 1.
    [TestCase("\"precision\": \"fp32\", \"rtol\": 0.05, \"atol\": 0.5, \"base_rtol\": 0.00001, \"base_atol\": 0.0001", 1.0001f, ExpectedResult = "0 0")]
    [TestCase("\"precision\": \"fp32\", \"rtol\": 0.05, \"atol\": 0.5, \"base_rtol\": 0.00001, \"base_atol\": 0.0001", 1.002f, ExpectedResult = "0 1")]
    [TestCase("\"precision\": \"fp16\", \"rtol\": 0.05, \"atol\": 0.5", 1.002f, ExpectedResult = "0 0")]
    [TestCase("\"precision\": \"fp16\", \"rtol\": 0.05, \"atol\": 0.5", 1.03f, ExpectedResult = "0 1")]
    [TestCase("\"model_type\": \"neuralNetwork\", \"rtol\": 0.01, \"atol\": 0.01", 1.001f, ExpectedResult = "0 0")]
    [TestCase("\"model_type\": \"neuralNetwork\", \"rtol\": 0.01, \"atol\": 0.01", 1.005f, ExpectedResult = "0 1")]
    [TestCase("\"model_type\": \"glmRegressor\", \"rtol\": 0.01, \"atol\": 0.01", 1.0001f, ExpectedResult = "0 0")]
    [TestCase("\"model_type\": \"glmRegressor\", \"rtol\": 0.01, \"atol\": 0.01", 1.002f, ExpectedResult = "0 1")]
    public string Strict_limits_follow_the_precision_and_the_kind_of_model(string facts, float answer)
    {
        using TemporaryFolder folder = new();
        string cases = new CaseBuilder(folder).Add([1], facts.Replace("\"model_type\"", "\"ops\": [], \"model_type\"", StringComparison.Ordinal)).Root;

        return $"{Verify(Answering(answer), cases).ExitCode} {Verify(Answering(answer), cases, "--strict").ExitCode}";
    }

    [TestCase("string", "\"cat\"", "cat", ExpectedResult = 0)]
    [TestCase("string", "\"cat\"", "dog", ExpectedResult = 1)]
    public int Strings_must_be_equal(string kind, string expected, string answer)
    {
        using TemporaryFolder folder = new();

        return Verify(Answering(() => answer), new CaseBuilder(folder).AddJson(kind, expected).Root).ExitCode;
    }

    [TestCase(7, ExpectedResult = 0)]
    [TestCase(8, ExpectedResult = 1)]
    public int Integers_must_be_equal(long answer)
    {
        using TemporaryFolder folder = new();

        return Verify(Answering(() => answer), new CaseBuilder(folder).AddJson("int64", "7", "\"rtol\": 1, \"atol\": 1").Root).ExitCode;
    }

    [TestCase("zero", 0.7505, ExpectedResult = 0)]
    [TestCase("zero", 0.76, ExpectedResult = 1)]
    [TestCase("one", 0.75, ExpectedResult = 1)]
    public int Dictionaries_have_equal_keys_and_values_within_the_limits(string key, double value)
    {
        using TemporaryFolder folder = new();
        Feature answer = Feature.Dictionary([new(key, value)]);

        return Verify(Answering(() => answer), new CaseBuilder(folder).AddJson("dictionary", """{"keys": ["zero"], "values": [0.75]}""").Root).ExitCode;
    }

    [Test]
    public void An_answer_of_another_kind_is_a_failure_that_names_both()
    {
        using TemporaryFolder folder = new();

        Outcome outcome = Verify(Answering(() => "text"), new CaseBuilder(folder).Add([1]).Root);

        Assert.That(outcome.Output, Does.Contain("y: a String, expected a tensor"));
    }

    [Test]
    public void Cases_that_zeros_would_pass_are_counted()
    {
        using TemporaryFolder folder = new();
        string cases = new CaseBuilder(folder).Add([0, 0]).Add([0, 1]).Add([0.0005f], "\"rtol\": 0, \"atol\": 0.001").Root;

        Assert.That(Verify(Answering(0, 0), cases).Lines[^2], Is.EqualTo("2 of 3 cases would pass with an answer of zeros"));
    }

    [Test]
    public void An_unsupported_operation_fails_and_is_the_group()
    {
        using TemporaryFolder folder = new();
        FakeModel model = new() { Answer = _ => throw new UnsupportedOperatorException("lstm") };

        Outcome outcome = Verify(model, new CaseBuilder(folder).Add([1]).Root);

        Assert.That(outcome.ExitCode, Is.EqualTo(1));
        Assert.That(outcome.Lines, Has.Some.Match("^  lstm +1 +1 +"));
    }

    [Test]
    public void A_defect_in_one_case_does_not_hide_the_others()
    {
        using TemporaryFolder folder = new();
        int calls = 0;
        FakeModel model = Answering(() => calls++ == 0 ? throw new InvalidOperationException("wires crossed") : Tensor.FromArray([1f], [1]));

        Outcome outcome = Verify(model, new CaseBuilder(folder).Add([1]).Add([1]).Root);

        Assert.That(outcome.Lines[^1], Is.EqualTo("1 passed, 1 failed"));
        Assert.That(outcome.Output, Does.Contain("wires crossed"));
    }

    [Test]
    public void Failures_are_grouped_by_the_operation_that_fewest_cases_have()
    {
        using TemporaryFolder folder = new();
        string cases = new CaseBuilder(folder)
            .Add([1], "\"ops\": [\"cast\", \"topk\"], \"rtol\": 0, \"atol\": 0")
            .Add([2], "\"ops\": [\"cast\", \"relu\"], \"rtol\": 0, \"atol\": 0")
            .Add([3], "\"ops\": [\"cast\", \"relu\"], \"rtol\": 0, \"atol\": 0").Root;

        string[] lines = Verify(Answering(9), cases).Lines;

        int heading = Array.IndexOf(lines, "Failures");
        Assert.That(lines[heading + 2], Does.Match("^  relu +2 +2 "));
        Assert.That(lines[heading + 3], Does.Match("^  topk +1 +1 "));
    }

    [Test]
    public void Zip_files_are_read_as_folders_are()
    {
        using TemporaryFolder folder = new();

        Assert.That(Verify(Answering(1), new CaseBuilder(folder).Add([1]).Add([2]).Zip()).Lines[^1], Is.EqualTo("1 passed, 1 failed"));
    }

    [Test]
    public void An_entry_that_leaves_the_archive_is_refused()
    {
        using TemporaryFolder folder = new();
        string zip = folder.Path("evil.zip");
        using (ZipArchive archive = ZipFile.Open(zip, ZipArchiveMode.Create)) archive.CreateEntry("../../outside/case.json");

        Outcome outcome = Verify(Answering(1), zip);

        Assert.That(outcome.ExitCode, Is.EqualTo(1));
        Assert.That(outcome.Error, Does.Contain("../../outside/case.json"));
    }

    [Test]
    public void Json_has_the_counts_and_every_failure()
    {
        using TemporaryFolder folder = new();

        JsonElement json = Verify(Answering(0), new CaseBuilder(folder).Add([0]).Add([1]).Root, "--json").Json;

        Assert.That((json.GetProperty("passed").GetInt32(), json.GetProperty("failed").GetInt32(), json.GetProperty("zeros_would_pass").GetInt32()), Is.EqualTo((1, 1, 1)));
        Assert.That(json.GetProperty("failures")[0].GetProperty("operation").GetString(), Is.EqualTo("relu"));
    }

    [Test]
    public void A_folder_without_cases_is_an_error()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.Path("empty"));

        Outcome outcome = Tl.Run("verify", folder.Path("empty"));

        Assert.That(outcome.ExitCode, Is.EqualTo(1));
        Assert.That(outcome.Error, Does.Contain("case.json"));
    }

    [TestCase("mlprogram-images.zip", ExpectedResult = "19 passed, 0 failed")]
    [TestCase("mlprogram-functions.zip", ExpectedResult = "6 passed, 0 failed")]
    public string Recorded_answers_of_the_reference_implementation_pass_at_the_strict_level(string archive) =>
        Tl.Run("verify", TestData.Path("conformance", archive), "--strict").Lines[^1];
}
