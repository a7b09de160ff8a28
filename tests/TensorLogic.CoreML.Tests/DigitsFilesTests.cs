using System.Collections.Immutable;

namespace TensorLogic.Tests.CoreML;

/// <summary>The same network in every variant, as its data set's description records it.</summary>
public sealed class DigitsFilesTests
{
    private TensorLogicRuntime _runtime = null!;

    [OneTimeSetUp]
    public void Start() => _runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();

    [OneTimeTearDown]
    public void Stop() => _runtime.Dispose();

    private IModel Open(string name) => _runtime.LoadModel(TestData.Path("digits", name));

    [TestCase("digits.mlpackage", "F16")]
    [TestCase("digits-tensor.mlpackage", "F16")]
    [TestCase("digits-f32.mlpackage", "F32")]
    [TestCase("digits-int8.mlpackage", "Int8")]
    [TestCase("digits-palette4.mlpackage", "Palettized4")]
    [TestCase("digits-flexible.mlpackage", "F16")]
    [TestCase("digits-multifunction.mlpackage", "F16")]
    [TestCase("digits-state.mlpackage", "none")]
    [TestCase("digits-neuralnetwork.mlmodel", "F32")]
    public void The_format_and_how_most_weight_bytes_are_stored_are_named(string name, string quantization)
    {
        using IModel model = Open(name);

        Assert.That($"{model.Metadata.Name} {model.Metadata.Format} {model.Metadata.Quantization}", Is.EqualTo($"{name} CoreML {quantization}"));
    }

    [TestCase("digits.mlpackage", 7, "iOS 16, macOS 13", "mlProgram")]
    [TestCase("digits-neuralnetwork.mlmodel", 4, "iOS 13, macOS 10.15", "neuralNetworkClassifier")]
    [TestCase("digits-state.mlpackage", 9, "iOS 18, macOS 15", "mlProgram")]
    public void The_specification_version_tells_the_oldest_system(string name, int version, string systems, string kind)
    {
        using IModel model = Open(name);

        Assert.That((model.Metadata.SpecificationVersion, model.Metadata.MinimumOS, model.Metadata.Kind), Is.EqualTo((version, systems, kind)));
    }

    [TestCase("digits.mlpackage", "image: image 28x28 Grayscale", "classLabel: String; classLabel_probs: dictionary<String, Double>")]
    [TestCase("digits-tensor.mlpackage", "x: f16[1, 1, 28, 28]", "probabilities: f16[1, 10]")]
    [TestCase("digits-f32.mlpackage", "x: f32[1, 1, 28, 28]", "probabilities: f32[1, 10]")]
    [TestCase("digits-flexible.mlpackage", "x: f16[?, 1, 28, 28]", "probabilities: f16[?, 10]")]
    [TestCase("digits-state.mlpackage", "x: f16[1, 10]", "mean: f16[1, 10]")]
    [TestCase("digits-neuralnetwork.mlmodel", "image: image 28x28 Grayscale", "classLabel_probs: dictionary<String, Double>; classLabel: String")]
    public void Inputs_and_outputs_are_those_that_were_converted(string name, string inputs, string outputs)
    {
        using IModel model = Open(name);

        Assert.That((string.Join("; ", model.Inputs), string.Join("; ", model.Outputs)), Is.EqualTo((inputs, outputs)));
    }

    [TestCase("digits.mlpackage", "Opset: CoreML6; Class labels: 10: zero, one, two, three, four, five, six, seven, …")]
    [TestCase("digits-multifunction.mlpackage", "Opset: CoreML8")]
    [TestCase("digits-neuralnetwork.mlmodel", "Preprocessing: image times 0.00784314, plus red 0, green 0, blue 0, grey -1; Class labels: 10: zero, one, two, three, four, five, six, seven, …")]
    public void What_a_kind_of_model_has_besides_is_told_in_words(string name, string details)
    {
        using IModel model = Open(name);

        Assert.That(string.Join("; ", model.Metadata.Details.Select(detail => $"{detail.Key}: {detail.Value}")), Is.EqualTo(details));
    }

    [Test]
    public void A_flexible_input_tells_its_range_and_its_usual_shape()
    {
        using IModel model = Open("digits-flexible.mlpackage");
        var type = (TensorFeatureType)model.Inputs[0].Type;

        Assert.That(type.Ranges, Is.EqualTo(ImmutableArray.Create((1L, 64L), (1L, 1L), (28L, 28L), (28L, 28L))));
        Assert.That(type.DefaultShape, Is.EqualTo(Shape.Create(1, 1, 28, 28)));
    }

    [Test]
    public void States_have_names_and_types()
    {
        using IModel model = Open("digits-state.mlpackage");

        Assert.That(model.States.Select(state => state.ToString()), Is.EquivalentTo(new[] { "sum: f16[1, 10]", "count: f16[1]" }));
    }

    [Test]
    public void The_default_function_is_the_first()
    {
        using IModel model = Open("digits-multifunction.mlpackage");

        Assert.That(model.Functions, Is.EqualTo(new[] { "classify", "features" }));
    }

    [Test]
    public void A_function_can_be_chosen()
    {
        using IModel model = _runtime.LoadModel(TestData.Path("digits", "digits-multifunction.mlpackage"), new LoadOptions { Function = "features" });

        Assert.That(model.Outputs.Select(output => output.ToString()), Is.EqualTo(new[] { "features: f16[1, 256]" }));
    }

    [Test]
    public void A_function_that_is_not_there_is_an_argument_error_that_lists_those_that_are()
    {
        LoadOptions options = new() { Function = "nothing" };

        Assert.That(() => _runtime.LoadModel(TestData.Path("digits", "digits-multifunction.mlpackage"), options), Throws.ArgumentException.With.Message.Contains("classify, features"));
    }

    [Test]
    public void Operations_are_counted_without_constants()
    {
        using IModel model = Open("digits-tensor.mlpackage");

        Assert.That(model.Metadata.Operations, Is.EqualTo(new Dictionary<string, int>
        {
            ["conv"] = 4, ["avg_pool"] = 2, ["relu"] = 2, ["gelu"] = 1, ["linear"] = 1, ["max_pool"] = 1, ["reshape"] = 1, ["softmax"] = 1,
        }));
    }

    [Test]
    public void Layers_are_counted()
    {
        using IModel model = Open("digits-neuralnetwork.mlmodel");

        Assert.That(model.Metadata.Operations, Is.EqualTo(new Dictionary<string, int>
        {
            ["convolution"] = 4, ["pooling"] = 3, ["activation"] = 2, ["gelu"] = 1, ["innerProduct"] = 1, ["reshapeStatic"] = 1, ["softmaxND"] = 1,
        }));
    }

    /// <summary>Layers and biases of the data set's table, with batch normalisation folded: it leaves a bias to each convolution but the depthwise one.</summary>
    private const long Parameters = 16 * 9 + 16 + 16 * 9 + 32 * 16 + 32 + 64 * 32 * 9 + 64 + 10 * 256 + 10;

    [TestCase("digits.mlpackage")]
    [TestCase("digits-tensor.mlpackage")]
    [TestCase("digits-f32.mlpackage")]
    [TestCase("digits-int8.mlpackage")]
    [TestCase("digits-palette4.mlpackage")]
    [TestCase("digits-neuralnetwork.mlmodel")]
    public void Parameters_are_counted_before_compression(string name)
    {
        using IModel model = Open(name);

        Assert.That((model.Metadata.TensorCount, model.Metadata.ParameterCount), Is.EqualTo((9, Parameters)));
    }

    [Test]
    public void A_weight_is_a_view_of_the_file()
    {
        using IModel model = Open("digits-f32.mlpackage");
        using Tensor bias = model.Tensors.Values.Single(tensor => tensor.Dimensions.SequenceEqual([10L])).Read();

        Assert.That(bias.IsWritable, Is.False);
    }

    [TestCase("digits-f32.mlpackage", 1e-7)]
    [TestCase("digits-tensor.mlpackage", 1e-3)]
    [TestCase("digits-int8.mlpackage", 4e-3)]
    public void The_last_layer_s_weights_are_PyTorch_s(string name, double tolerance)
    {
        using IModel model = Open(name);
        using IModel torch = _runtime.LoadModel(TestData.Path("digits", "digits.safetensors"));
        using Tensor expected = torch.Tensors["fc.weight"].Read();
        using Tensor found = model.Tensors.Values.Single(tensor => tensor.Dimensions.SequenceEqual([10L, 256L])).Read();
        using Tensor single = found.To(ElementType.Float32);

        double largest = 0;
        ReadOnlySpan<float> x = expected.As<float>().ReadOnlySpan, y = single.As<float>().Span;
        for (int i = 0; i < x.Length; i++) largest = Math.Max(largest, Math.Abs(x[i] - y[i]));
        Assert.That(largest, Is.LessThanOrEqualTo(tolerance));
    }

    [Test]
    public void A_model_that_was_disposed_gives_no_weights()
    {
        IModel model = Open("digits-tensor.mlpackage");
        ModelTensor tensor = model.Tensors.Values.First();
        model.Dispose();

        Assert.That(() => tensor.Read(), Throws.InstanceOf<ObjectDisposedException>());
    }
}
