using System.Diagnostics;
using System.Text.Json;

namespace TensorLogic.Tests.CoreML;

/// <summary>Models found in public repositories. Their licences keep them out of this one: <c>TENSORLOGIC_PUBLIC_MODELS</c> names a folder with them
/// and their <c>index.json</c>; without it these tests are skipped.</summary>
public sealed class PublicModelsTests
{
    private const string Variable = "TENSORLOGIC_PUBLIC_MODELS";
    private static readonly string? s_folder = Environment.GetEnvironmentVariable(Variable);
    private TensorLogicRuntime _runtime = null!;

    [OneTimeSetUp]
    public void Start() => _runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();

    [OneTimeTearDown]
    public void Stop() => _runtime.Dispose();

    private static IEnumerable<TestCaseData> Models(Func<JsonElement, bool> chosen)
    {
        if (s_folder is null) return [new TestCaseData(default(JsonElement)).SetArgDisplayNames("none").Ignore($"The environment variable {Variable} does not name a folder of public models.")];
        using JsonDocument index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(s_folder, "index.json")));
        return [.. index.RootElement.GetProperty("models").EnumerateArray().Where(chosen).Select(model => new TestCaseData(model.Clone()).SetArgDisplayNames(model.GetProperty("file").GetString()!))];
    }

    private static bool IsComplete(JsonElement model) => model.GetProperty("complete").GetBoolean();

    private static IEnumerable<TestCaseData> Complete() => Models(IsComplete);

    private static IEnumerable<TestCaseData> Sources() => Models(model => IsComplete(model) && model.TryGetProperty("model", out _));

    private static IEnumerable<TestCaseData> Incomplete() => Models(model => !IsComplete(model));

    [TestCaseSource(nameof(Complete))]
    public void A_model_is_opened_and_described_within_two_seconds(JsonElement model)
    {
        long start = Stopwatch.GetTimestamp();
        using IModel opened = _runtime.LoadModel(PathOf(model));

        Assert.That(opened.Metadata.Format, Is.EqualTo(ModelFormat.CoreML));
        Assert.That(opened.Tensors.Count, Is.EqualTo(opened.Metadata.TensorCount));
        Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(2)));
    }

    [TestCaseSource(nameof(Sources))]
    public void Its_kind_version_and_features_are_those_that_the_reference_parser_found(JsonElement model)
    {
        using IModel opened = _runtime.LoadModel(PathOf(model));
        JsonElement found = model.GetProperty("model");

        Assert.That((opened.Metadata.SpecificationVersion, opened.Metadata.Kind), Is.EqualTo((found.GetProperty("spec").GetInt32(), found.GetProperty("type").GetString())));
        Assert.That(opened.Inputs.Select(feature => feature.Name), Is.EquivalentTo(found.GetProperty("inputs").EnumerateObject().Select(feature => feature.Name)));
        Assert.That(opened.Outputs.Select(feature => feature.Name), Is.EquivalentTo(found.GetProperty("outputs").EnumerateObject().Select(feature => feature.Name)));
    }

    [TestCaseSource(nameof(Incomplete))]
    public void A_model_without_its_weights_is_refused_by_an_error_that_names_the_missing_file(JsonElement model)
    {
        IEnumerable<string> missing = model.GetProperty("missing").EnumerateArray().Select(file => Path.GetFileName(file.GetString()!));

        ModelFormatException? error = Assert.Throws<ModelFormatException>(() =>
        {
            using IModel opened = _runtime.LoadModel(PathOf(model));
            opened.Prepare();
        });
        Assert.That(missing.Any(error!.Message.Contains), Is.True, error.Message);
    }

    private static string PathOf(JsonElement model) => Path.Combine(s_folder!, model.GetProperty("file").GetString()!);
}
