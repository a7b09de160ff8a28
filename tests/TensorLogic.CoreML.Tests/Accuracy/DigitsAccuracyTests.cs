using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tests.CoreML.Accuracy;

/// <summary>All 1,500 test digits through every variant of the model, against the probabilities that PyTorch computed.</summary>
public sealed class DigitsAccuracyTests
{
    private const int Count = 1500, Classes = 10, SameLabels = 1498;
    private const double LargestDifference = 0.01;

    private static readonly string[] s_labels = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

    private TensorLogicRuntime _runtime = null!;
    private IModel _data = null!;
    private Tensor<byte> _images = null!;

    [OneTimeSetUp]
    public void Start()
    {
        _runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();
        _data = SafeTensorsFile.Open(TestData.Path("digits", "digits-test.safetensors"));
        _images = _data.Tensors["images"].Read().As<byte>();
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _images.Dispose();
        _data.Dispose();
        _runtime.Dispose();
    }

    private double[] Recorded(string name) => TensorConversion.ReadDoubles(_data.Tensors[name].Read());

    [TestCase("digits.mlpackage")]
    [TestCase("digits-neuralnetwork.mlmodel")]
    public void A_classifier_labels_pictures_as_PyTorch_does(string name)
    {
        using IModel model = _runtime.LoadModel(TestData.Path("digits", name));
        double[] expected = Recorded("probabilities");
        int same = 0;
        double largest = 0;
        for (int i = 0; i < Count; i++)
        {
            using Tensor picture = _images.Select(0, i);
            using Features results = model.Predict(picture);
            FeatureDictionary probabilities = results["classLabel_probs"].AsDictionary();
            ReadOnlySpan<double> row = expected.AsSpan(i * Classes, Classes);
            if (results["classLabel"].AsString() == s_labels[Difference.Best(row)]) same++;
            for (int k = 0; k < Classes; k++) largest = Math.Max(largest, Math.Abs(probabilities[s_labels[k]] - row[k]));
        }

        Assert.That(same, Is.GreaterThanOrEqualTo(SameLabels));
        Assert.That(largest, Is.LessThanOrEqualTo(LargestDifference));
    }

    [TestCase("digits-tensor.mlpackage", "probabilities")]
    [TestCase("digits-f32.mlpackage", "probabilities")]
    [TestCase("digits-int8.mlpackage", "probabilities_int8")]
    [TestCase("digits-palette4.mlpackage", "probabilities_palette4")]
    [TestCase("digits-flexible.mlpackage", "probabilities")]
    [TestCase("digits-multifunction.mlpackage", "probabilities")]
    public void Every_variant_gives_the_probabilities_of_its_weights(string name, string column)
    {
        using IModel model = _runtime.LoadModel(TestData.Path("digits", name));
        double[] expected = Recorded(column), actual = new double[Count * Classes];
        for (int i = 0; i < Count; i++)
        {
            using Tensor<float> x = Scaled(i, 1);
            using Features results = model.Predict(x);
            TensorConversion.ReadDoubles(results["probabilities"].AsTensor()).CopyTo(actual, i * Classes);
        }

        Assert.That(Enumerable.Range(0, Count).Count(i => Difference.Best(actual.AsSpan(i * Classes, Classes)) == Difference.Best(expected.AsSpan(i * Classes, Classes))), Is.GreaterThanOrEqualTo(SameLabels));
        Assert.That(Difference.Largest(actual, expected), Is.LessThanOrEqualTo(LargestDifference));
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(64)]
    public void A_flexible_batch_gives_what_its_members_give(int batch)
    {
        using IModel model = _runtime.LoadModel(TestData.Path("digits", "digits-flexible.mlpackage"));
        using Tensor<float> x = Scaled(0, batch);

        using Features results = model.Predict(x);

        Assert.That(Difference.Largest(TensorConversion.ReadDoubles(results["probabilities"].AsTensor()), Recorded("probabilities").Take(batch * Classes)), Is.LessThanOrEqualTo(LargestDifference));
    }

    [TestCase(65)]
    [TestCase(0)]
    public void A_batch_outside_the_declared_range_is_refused(int batch)
    {
        using IModel model = _runtime.LoadModel(TestData.Path("digits", "digits-flexible.mlpackage"));
        using Tensor<float> x = Tensor<float>.Create([batch, 1, 28, 28]);

        Assert.That(() => model.Predict(x), Throws.TypeOf<ShapeException>().With.Property("Input").EqualTo("x"));
    }

    [Test]
    public void The_function_features_gives_the_input_of_the_last_layer()
    {
        using IModel model = _runtime.LoadModel(TestData.Path("digits", "digits-multifunction.mlpackage"), new LoadOptions { Function = "features" });
        double[] expected = Recorded("features");
        for (int i = 0; i < 8; i++)
        {
            using Tensor<float> x = Scaled(i, 1);
            using Features results = model.Predict(x);
            Assert.That(Difference.Largest(TensorConversion.ReadDoubles(results["features"].AsTensor()), expected.Skip(i * 256).Take(256)), Is.LessThan(0.01), $"image {i}");
        }
    }

    [Test]
    public void A_state_lives_between_predictions_and_a_fresh_one_begins_anew()
    {
        using IModel model = _runtime.LoadModel(TestData.Path("digits", "digits-state.mlpackage"));
        double[] Mean(ModelState? state, float value)
        {
            using Tensor<float> x = Tensor.FromArray(Enumerable.Repeat(value, 10).ToArray(), [1, 10]);
            using Features results = model.Predict(x, state);
            return TensorConversion.ReadDoubles(results["mean"].AsTensor());
        }

        using ModelState state = model.CreateState();
        Mean(state, 1);
        Mean(state, 2);

        Assert.That(Mean(state, 6), Is.EqualTo(Enumerable.Repeat(3.0, 10)).Within(0.01));
        Assert.That(Mean(null, 6), Is.EqualTo(Enumerable.Repeat(6.0, 10)).Within(0.01));
    }

    [Test]
    public void Halves_and_singles_give_the_same_answer()
    {
        using IModel model = _runtime.LoadModel(TestData.Path("digits", "digits-tensor.mlpackage"));
        using Tensor<float> x = Scaled(3, 1);
        using Tensor<Half> halves = x.To(ElementType.Float16).As<Half>();

        using Features single = model.Predict(x), half = model.Predict(halves);

        Assert.That(half["probabilities"].AsTensor().As<Half>().ToArray(), Is.EqualTo(single["probabilities"].AsTensor().As<Half>().ToArray()));
    }

    // The network takes pixel / 127.5 - 1.
    private Tensor<float> Scaled(int first, int count)
    {
        using Tensor part = _images.Slice(0, first, count);
        double[] pixels = TensorConversion.ReadDoubles(part);
        return Tensor.FromArray(Array.ConvertAll(pixels, pixel => (float)(pixel / 127.5 - 1)), [count, 1, 28, 28]);
    }
}
