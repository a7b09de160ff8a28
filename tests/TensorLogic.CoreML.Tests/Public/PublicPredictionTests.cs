using System.Text.Json;

namespace TensorLogic.Tests.CoreML.Public;

/// <summary>Models of other people run on made-up inputs.</summary>
public sealed class PublicPredictionTests
{
    private const int Seeds = 20;

    // Neighbours without samples answer their default label; a softmax of one number is 1; a mask between 0 and 1 is cut to whole grey values.
    private static readonly string[] s_sameForAll = ["updatable-knn-a.mlmodel", "nn-inner-product-softmax.mlmodel", "small-unet.mlmodel"];

    private TensorLogicRuntime _runtime = null!;

    [OneTimeSetUp]
    public void Start() => _runtime = TensorLogicRuntime.CreateBuilder().AddCoreML(StandInLayers.Register).Build();

    [OneTimeTearDown]
    public void Stop() => _runtime.Dispose();

    private static IEnumerable<TestCaseData> Running() => PublicModels.Where(model => PublicModels.IsComplete(model) && !PublicModels.NeedsPrivateCode(model));

    private static IEnumerable<TestCaseData> Private() => PublicModels.Where(model => PublicModels.IsComplete(model) && PublicModels.NeedsPrivateCode(model));

    private static IEnumerable<TestCaseData> Twins() => PublicModels.Where(model =>
        PublicModels.IsComplete(model) && !PublicModels.NeedsPrivateCode(model) && model.GetProperty("file").GetString()!.EndsWith("mlmodelc", StringComparison.Ordinal) && model.TryGetProperty("same_model_as", out _));

    [TestCaseSource(nameof(Running))]
    public void Answers_are_finite_have_the_declared_shapes_repeat_and_depend_on_the_input(JsonElement entry)
    {
        using IModel model = _runtime.LoadModel(PublicModels.PathOf(entry));
        string file = entry.GetProperty("file").GetString()!;

        using Features first = model.Predict(SyntheticInputs.Make(model, file, 0)), again = model.Predict(SyntheticInputs.Make(model, file, 0));

        Assert.That(first.Keys, Is.EquivalentTo(model.Outputs.Select(output => output.Name)));
        foreach (FeatureDescription output in model.Outputs)
            if (output.Type is TensorFeatureType { Tensor: { IsStatic: true, Rank: > 0 } declared }) Assert.That(first[output.Name].AsTensor().Shape, Is.EqualTo(declared.Shape), output.Name);
        Assert.That(first.Values.SelectMany(Numbers), Is.All.Matches<double>(double.IsFinite));
        Assert.That(Text(again), Is.EqualTo(Text(first)));
        if (!s_sameForAll.Contains(file)) Assert.That(Enumerable.Range(1, Seeds).Any(seed => Answer(model, file, seed) != Text(first)), Is.True, "Every input gives one answer.");
    }

    [TestCaseSource(nameof(Private))]
    public void A_model_on_code_of_Apples_systems_says_so(JsonElement entry)
    {
        UnsupportedOperatorException? error = Assert.Throws<UnsupportedOperatorException>(() =>
        {
            using IModel model = _runtime.LoadModel(PublicModels.PathOf(entry));
            model.Prepare();
        });
        Assert.That(error!.Message, Does.Contain("macOS"));
    }

    /// <remarks>The compiler multiplies batch norms into the weights and rounds these to 16 bits again: 2^-11 / √3 of a weight in the mean, and over n layers √n times
    /// that. Twice as much is allowed, 1e-3 at least.</remarks>
    [TestCaseSource(nameof(Twins))]
    public void A_compiled_model_answers_as_the_model_that_was_compiled(JsonElement entry)
    {
        string source = entry.GetProperty("same_model_as")[0].GetString()!;
        using IModel compiled = _runtime.LoadModel(PublicModels.PathOf(entry)), model = _runtime.LoadModel(PublicModels.PathOf(source));

        using Features expected = model.Predict(SyntheticInputs.Make(model, source, 0)), actual = compiled.Predict(SyntheticInputs.Make(compiled, source, 0));

        double bound = Math.Max(1e-3, 2 * Math.Pow(2, -11) / Math.Sqrt(3) * Math.Sqrt(compiled.Metadata.Operations.GetValueOrDefault("convolution")));
        foreach (string name in expected.Keys)
        {
            double[] numbers = [.. Numbers(expected[name])];
            double size = Math.Max(1, numbers.Select(Math.Abs).DefaultIfEmpty().Max());
            Assert.That(Math.Sqrt(Numbers(actual[name]).Zip(numbers, (a, e) => (a - e) * (a - e)).DefaultIfEmpty().Average()) / size, Is.LessThanOrEqualTo(bound), name);
            if (expected[name].Kind == FeatureKind.String) Assert.That(actual[name].AsString(), Is.EqualTo(expected[name].AsString()));
        }
    }

    private static string Answer(IModel model, string file, int seed)
    {
        using Features results = model.Predict(SyntheticInputs.Make(model, file, seed));
        return Text(results);
    }

    private static IEnumerable<double> Numbers(Feature feature) => feature.Kind switch
    {
        FeatureKind.Tensor => TensorConversion.ReadDoubles(feature.AsTensor()),
        FeatureKind.Double => [feature.AsDouble()],
        FeatureKind.Int64 => [feature.AsInt64()],
        FeatureKind.Dictionary => [.. feature.AsDictionary().Select(entry => entry.Value)],
        _ => [],
    };

    private static string Text(Features features) => string.Join("\n", features.Select(feature => $"{feature.Key}: {string.Join(" ", Numbers(feature.Value))} {Other(feature.Value)}"));

    private static string Other(Feature feature) => feature.Kind switch
    {
        FeatureKind.String => feature.AsString(),
        FeatureKind.Sequence => string.Join(",", feature.AsSequence()),
        FeatureKind.Image => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(feature.AsImage().Pixels.Contiguous().AsBytes())),
        _ => "",
    };
}
