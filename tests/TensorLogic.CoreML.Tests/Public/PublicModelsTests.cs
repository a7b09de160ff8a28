using System.Diagnostics;
using System.Text.Json;

namespace TensorLogic.Tests.CoreML.Public;

/// <summary>Models of other people are opened and described.</summary>
public sealed class PublicModelsTests
{
    private TensorLogicRuntime _runtime = null!;

    [OneTimeSetUp]
    public void Start() => _runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();

    [OneTimeTearDown]
    public void Stop() => _runtime.Dispose();

    private static IEnumerable<TestCaseData> Complete() => PublicModels.Where(PublicModels.IsComplete);

    private static IEnumerable<TestCaseData> Sources() => PublicModels.Where(model => PublicModels.IsComplete(model) && model.TryGetProperty("model", out _));

    private static IEnumerable<TestCaseData> Incomplete() => PublicModels.Where(model => !PublicModels.IsComplete(model));

    [TestCaseSource(nameof(Complete))]
    public void A_model_is_opened_and_described_within_two_seconds(JsonElement model)
    {
        long start = Stopwatch.GetTimestamp();
        using IModel opened = _runtime.LoadModel(PublicModels.PathOf(model));

        Assert.That(opened.Metadata.Format, Is.EqualTo(ModelFormat.CoreML));
        Assert.That(opened.Tensors.Count, Is.EqualTo(opened.Metadata.TensorCount));
        Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(2)));
    }

    [TestCaseSource(nameof(Sources))]
    public void Its_kind_version_and_features_are_those_that_the_reference_parser_found(JsonElement model)
    {
        using IModel opened = _runtime.LoadModel(PublicModels.PathOf(model));
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
            using IModel opened = _runtime.LoadModel(PublicModels.PathOf(model));
            opened.Prepare();
        });
        Assert.That(missing.Any(error!.Message.Contains), Is.True, error.Message);
    }
}
