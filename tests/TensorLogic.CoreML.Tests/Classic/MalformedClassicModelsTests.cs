using System.Text.Json;

namespace TensorLogic.Tests.CoreML.Classic;

public sealed class MalformedClassicModelsTests
{
    private static IEnumerable<TestCaseData> Files()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestData.Path("coreml-malformed", "expected.json")));
        foreach (JsonElement file in document.RootElement.GetProperty("files").EnumerateArray())
        {
            string name = file.GetProperty("file").GetString()!;
            if (name.StartsWith("classic/", StringComparison.Ordinal)) yield return new TestCaseData(name, file.GetProperty("must").GetString()!).SetArgDisplayNames(name);
        }
    }

    [TestCaseSource(nameof(Files))]
    public void A_broken_model_is_refused_when_it_is_prepared_at_the_latest(string file, string must)
    {
        Exception? error = Prepare(TestData.Path("coreml-malformed", file));

        switch (must)
        {
            case "load": Assert.That(error, Is.Null); break;
            case "reject": Assert.That(error, Is.InstanceOf<ModelFormatException>().Or.InstanceOf<ModelLimitException>()); break;
            case "reject-or-unsupported": Assert.That(error, Is.InstanceOf<ModelFormatException>().Or.InstanceOf<ModelLimitException>().Or.InstanceOf<UnsupportedOperatorException>()); break;
            default: Assert.That(error, Is.Null.Or.InstanceOf<TensorLogicException>()); break;
        }
    }

    [TestCase("classic/ok-knn.mlmodel")]
    [TestCase("classic/ok-one-hot.mlmodel")]
    [TestCase("classic/ok-pipeline.mlmodel")]
    [TestCase("classic/ok-svm.mlmodel")]
    [TestCase("classic/ok-tree-regressor.mlmodel")]
    public void No_prefix_of_a_model_is_taken_for_a_model(string file)
    {
        byte[] whole = File.ReadAllBytes(TestData.Path("coreml-malformed", file));
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.mlmodel");
        try
        {
            int[] accepted = [.. Enumerable.Range(0, whole.Length).Where(length =>
            {
                File.WriteAllBytes(path, whole[..length]);
                return Prepare(path) is not TensorLogicException;
            })];

            Assert.That(accepted, Is.Empty);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Exception? Prepare(string path)
    {
        try
        {
            using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();
            using IModel model = runtime.LoadModel(path, new LoadOptions { Device = Device.Cpu });
            model.Prepare();
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }
}
