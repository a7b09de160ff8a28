using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tests.Formats.SafeTensors;

/// <summary>A state dictionary and a test set as PyTorch users have them.</summary>
public sealed class DigitsFileTests
{
    [Test]
    public void The_state_dictionary_is_described()
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().Build();
        using IModel model = runtime.LoadModel(TestData.Path("digits", "digits.safetensors"));
        ModelMetadata metadata = model.Metadata;

        Assert.Multiple(() =>
        {
            Assert.That($"{metadata.Name} {metadata.Format} {metadata.Quantization}", Is.EqualTo("digits.safetensors SafeTensors F32"));
            Assert.That(metadata.WeightBytes, Is.EquivalentTo(new Dictionary<Quantization, long> { [new("F32")] = 4 * 22330, [new("Int64")] = 3 * 8 }));
            Assert.That((metadata.TensorCount, metadata.ParameterCount), Is.EqualTo((23, 22330 + 3)));
            Assert.That(metadata.UserDefined, Is.EqualTo(new Dictionary<string, object> { ["format"] = "pt", ["architecture"] = "digits" }));
            Assert.That(model.Tensors["conv1.weight"].ToString(), Is.EqualTo("conv1.weight: F32 [16, 1, 3, 3]"));
        });
    }

    [Test]
    public void A_file_of_tensors_cannot_be_run_and_says_so()
    {
        using IModel model = SafeTensorsFile.Open(TestData.Path("digits", "digits.safetensors"));

        Assert.That(() => model.Predict(new Features()), Throws.TypeOf<UnsupportedOperatorException>().With.Message.Contains("SafeTensors"));
    }

    [Test]
    public void The_test_set_holds_150_images_or_so_of_each_digit()
    {
        using IModel model = SafeTensorsFile.Open(TestData.Path("digits", "digits-test.safetensors"));
        using Tensor labels = model.Tensors["labels"].Read();

        Assert.That(labels.As<long>().ToArray().GroupBy(label => label).OrderBy(group => group.Key).Select(group => (group.Key, group.Count() is > 130 and < 170)),
            Is.EqualTo(Enumerable.Range(0, 10).Select(digit => ((long)digit, true))));
    }

    [Test]
    public void The_probabilities_of_every_image_add_up_to_one()
    {
        using IModel model = SafeTensorsFile.Open(TestData.Path("digits", "digits-test.safetensors"));
        using Tensor probabilities = model.Tensors["probabilities"].Read();

        Assert.That(probabilities.As<float>().ToArray().Chunk(10).Select(row => row.Sum()), Is.All.EqualTo(1f).Within(1e-5f));
    }

    [Test]
    public void The_most_probable_digit_is_the_label_in_as_many_images_as_recorded()
    {
        using IModel model = SafeTensorsFile.Open(TestData.Path("digits", "digits-test.safetensors"));
        using Tensor labels = model.Tensors["labels"].Read(), probabilities = model.Tensors["probabilities"].Read();
        int right = probabilities.As<float>().ToArray().Chunk(10).Zip(labels.As<long>().ToArray())
            .Count(pair => Array.IndexOf(pair.First, pair.First.Max()) == pair.Second);

        Assert.That(right / 1500.0, Is.EqualTo(0.9887).Within(0.00005));
    }
}
