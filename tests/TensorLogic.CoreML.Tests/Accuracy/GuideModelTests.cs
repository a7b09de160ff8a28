using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tests.CoreML.Accuracy;

/// <summary>The guide's image model on pictures, against PyTorch.</summary>
public sealed class GuideModelTests
{
    [TestCase("model.mlpackage", "china-224.png", "china", 0.005)]
    [TestCase("model.mlpackage", "flower-224.png", "flower", 0.005)]
    [TestCase("model-bgr.mlpackage", "china-224.png", "china_bgr", 0.005)]
    [TestCase("model.mlpackage", "china-640x427.jpg", "china", 0.02)]
    public void A_picture_gets_the_scores_that_PyTorch_gives_it(string package, string picture, string column, double tolerance)
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();
        using IModel model = runtime.LoadModel(TestData.Path("guide", package));
        using IModel expected = SafeTensorsFile.Open(TestData.Path("guide", "expected.safetensors"));

        using Features results = model.Predict(ImageFile.Load(TestData.Path("guide", picture)));

        Assert.That(Difference.Largest(TensorConversion.ReadDoubles(results["scores"].AsTensor()), TensorConversion.ReadDoubles(expected.Tensors[column].Read())), Is.LessThanOrEqualTo(tolerance));
    }

    [Test]
    public void A_picture_without_a_fit_must_have_the_declared_size()
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();
        using IModel model = runtime.LoadModel(TestData.Path("guide", "model.mlpackage"));
        Image small = new(Tensor<byte>.Create([100, 224, 3]));

        Assert.That(() => model.Predict(small), Throws.TypeOf<ShapeException>().With.Message.Contains("100"));
    }
}
