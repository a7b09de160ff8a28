using TensorLogic.Formats.Gguf;
using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tests.Tool.Commands;

public sealed class ConvertCommandTests
{
    [TestCase("digits/digits.mlpackage")]
    [TestCase("digits/digits-int8.mlpackage")]
    [TestCase("digits/digits-neuralnetwork.mlmodel")]
    [TestCase("digits/digits.gguf")]
    public void Weights_are_the_same_in_either_format(string model)
    {
        using TemporaryFolder folder = new();
        string safe = folder.Path("out.safetensors"), gguf = folder.Path("out.gguf");

        Outcome first = Tl.Run("convert", TestData.Path(model), safe), second = Tl.Run("convert", TestData.Path(model), gguf);

        Assert.That((first.ExitCode, second.ExitCode), Is.EqualTo((0, 0)), first.Error + second.Error);
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();
        using IModel source = runtime.LoadModel(TestData.Path(model)), a = SafeTensorsFile.Open(safe), b = GgufFile.Open(gguf);
        Assert.That(a.Tensors.Keys.Order(StringComparer.Ordinal), Is.EqualTo(source.Tensors.Keys.Order(StringComparer.Ordinal)));
        Assert.That(b.Tensors.Keys.Order(StringComparer.Ordinal), Is.EqualTo(source.Tensors.Keys.Order(StringComparer.Ordinal)));
        foreach ((string name, ModelTensor tensor) in source.Tensors)
            foreach (IModel copy in (IModel[])[a, b])
            {
                using Tensor expected = tensor.Read(), actual = copy.Tensors[name].Read();
                Assert.That(actual.Shape, Is.EqualTo(expected.Shape));
                Assert.That(TensorConversion.ReadDoubles(actual), Is.EqualTo(TensorConversion.ReadDoubles(expected)));
            }
    }

    [Test]
    public void Another_ending_is_wrong_usage()
    {
        Outcome outcome = Tl.Run("convert", TestData.Path("digits", "digits.mlpackage"), "out.onnx");

        Assert.That((outcome.ExitCode, outcome.Error), Is.EqualTo((2, outcome.Error)));
        Assert.That(outcome.Error, Does.Contain(".safetensors"));
    }
}
