using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tests.Tool.Commands;

public sealed class PredictCommandTests
{
    private static readonly FeatureDescription X = new() { Name = "x", Type = new TensorFeatureType(new(ElementType.Float16, [2])) };
    private static readonly FeatureDescription Picture = new() { Name = "image", Type = new ImageFeatureType(28, 28, ColorLayout.Grayscale) };
    private static readonly FeatureDescription Y = new() { Name = "y", Type = new TensorFeatureType(new(ElementType.Float32, [2])) };

    private static FeatureDescription Scalar(string name, FeatureKind kind) => new() { Name = name, Type = new ScalarFeatureType(kind) };

    private static FakeModel Echo(FeatureDescription input, List<Features> seen, params (string, Feature)[] outputs) => new()
    {
        Inputs = [input],
        Outputs = [Y],
        Answer = features =>
        {
            seen.Add(features);
            Features answer = [];
            foreach ((string name, Feature feature) in outputs) answer[name] = feature;
            return answer;
        },
    };

    private static Outcome Predict(FakeModel model, TemporaryFolder folder, params string[] options) =>
        Tl.Run(new FakeLoader(model), ["predict", FakeLoader.File(folder), .. options]);

    private static string Tensors(TemporaryFolder folder, params (string, Tensor)[] tensors)
    {
        string path = folder.Path("in.safetensors");
        SafeTensorsFile.Write(path, tensors.Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2)));
        return path;
    }

    [Test]
    public void Tensors_of_a_file_go_to_the_inputs_of_their_names()
    {
        using TemporaryFolder folder = new();
        float[]? given = null;
        FakeModel model = new() { Inputs = [X], Outputs = [Y], Answer = features => { given = features["x"].AsTensor().As<float>().ToArray(); return []; } };

        Predict(model, folder, "--input", Tensors(folder, ("x", Tensor.FromArray([1f, 2f], [2]))));

        Assert.That(given, Is.EqualTo(new[] { 1f, 2f }));
    }

    [Test]
    public void Tensors_that_are_no_input_are_ignored_with_one_note()
    {
        using TemporaryFolder folder = new();
        Tensor tensor = Tensor.FromArray([1f, 2f], [2]);

        Outcome outcome = Predict(Echo(X, []), folder, "--input", Tensors(folder, ("x", tensor), ("a", tensor), ("b", tensor)));

        Assert.That((outcome.ExitCode, outcome.Error), Is.EqualTo((0, "note: ignored, because they are no input: a, b\n")));
    }

    [Test]
    public void A_missing_required_input_is_an_error_that_names_it()
    {
        using TemporaryFolder folder = new();

        Outcome outcome = Predict(Echo(X, []), folder);

        Assert.That(outcome.ExitCode, Is.EqualTo(1));
        Assert.That(outcome.Error, Does.StartWith("The input 'x' is missing."));
    }

    [Test]
    public void An_unknown_name_in_a_pair_is_an_error_that_lists_the_inputs()
    {
        using TemporaryFolder folder = new();

        Outcome outcome = Predict(Echo(X, []), folder, "--input", "z=1");

        Assert.That(outcome.ExitCode, Is.EqualTo(1));
        Assert.That(outcome.Error, Does.Contain("'z'").And.Contain("x: f16[2]"));
    }

    [Test]
    public void A_picture_goes_to_an_image_input()
    {
        using TemporaryFolder folder = new();
        List<Features> seen = [];

        Predict(Echo(Picture, seen), folder, "--input", $"image={TestData.Path("digits", "two.png")}");

        Image image = seen.Single()["image"].AsImage();
        Assert.That((image.Width, image.Height, image.Fit), Is.EqualTo((28, 28, (ImageFit?)ImageFit.Stretch)));
    }

    [Test]
    public void How_a_picture_is_fitted_can_be_chosen()
    {
        using TemporaryFolder folder = new();
        List<Features> seen = [];

        Predict(Echo(Picture, seen), folder, "--fit", "center_crop", "--input", $"image={TestData.Path("digits", "two.png")}");

        Assert.That(seen.Single()["image"].AsImage().Fit, Is.EqualTo(ImageFit.CenterCrop));
    }

    [TestCase(FeatureKind.Double, "2.5", ExpectedResult = "2.5")]
    [TestCase(FeatureKind.Int64, "7", ExpectedResult = "7")]
    [TestCase(FeatureKind.String, "a=b", ExpectedResult = "a=b")]
    public string Numbers_and_strings_are_written_as_they_are(FeatureKind kind, string literal)
    {
        using TemporaryFolder folder = new();
        List<Features> seen = [];

        Predict(Echo(Scalar("v", kind), seen), folder, "--input", $"v={literal}");

        Feature feature = seen.Single()["v"];
        return feature.Kind == kind ? feature.ToString() : feature.Kind.ToString();
    }

    [Test]
    public void A_number_that_is_none_is_an_error_that_quotes_it()
    {
        using TemporaryFolder folder = new();

        Outcome outcome = Predict(Echo(Scalar("v", FeatureKind.Int64), []), folder, "--input", "v=2.5");

        Assert.That((outcome.ExitCode, outcome.Error), Is.EqualTo((1, "The input 'v' takes an integer, not '2.5'.\n")));
    }

    [Test]
    public void A_dictionary_is_given_as_JSON()
    {
        using TemporaryFolder folder = new();
        List<Features> seen = [];
        FeatureDescription input = new() { Name = "d", Type = new DictionaryFeatureType(FeatureKind.Int64) };

        Predict(Echo(input, seen), folder, "--input", """d={"3": 0.5, "1": 2}""");

        Assert.That(seen.Single()["d"].AsDictionary(), Is.EqualTo(new KeyValuePair<object, double>[] { new(3L, 0.5), new(1L, 2) }));
    }

    [Test]
    public void Tensor_outputs_are_tensors_of_the_output_file_and_the_rest_is_JSON_in_its_metadata()
    {
        using TemporaryFolder folder = new();
        string path = folder.Path("out.safetensors");
        FakeModel model = Echo(Scalar("v", FeatureKind.Double), [],
            ("y", Tensor.FromArray([1f, 2f], [2])),
            ("label", "zero"),
            ("probabilities", Feature.Dictionary([new("zero", 0.75), new("one", 0.25)])),
            ("votes", 3L));

        Outcome outcome = Predict(model, folder, "--input", "v=1", "--output", path);

        Assert.That((outcome.ExitCode, outcome.Output, outcome.Error), Is.EqualTo((0, "", "")));
        using IModel file = SafeTensorsFile.Open(path);
        using Tensor y = file.Tensors["y"].Read();
        Assert.That(y.As<float>().ToArray(), Is.EqualTo(new[] { 1f, 2f }));
        Assert.That(file.Metadata.UserDefined, Is.EquivalentTo(new Dictionary<string, object>
        {
            ["json:label"] = "\"zero\"",
            ["json:probabilities"] = "{\"zero\":0.75,\"one\":0.25}",
            ["json:votes"] = "3",
        }));
    }

    [Test]
    public void What_a_prediction_wrote_can_be_the_input_of_the_next()
    {
        using TemporaryFolder folder = new();
        string path = folder.Path("out.safetensors");
        List<Features> seen = [];
        SafeTensorsFile.Write(path, [], [KeyValuePair.Create("json:s", "\"text\"")]);

        Predict(Echo(Scalar("s", FeatureKind.String), seen), folder, "--input", path);

        Assert.That(seen.Single()["s"].AsString(), Is.EqualTo("text"));
    }

    [Test]
    public void Without_an_output_file_the_top_classes_are_bars()
    {
        using TemporaryFolder folder = new();
        FakeModel model = Echo(Scalar("v", FeatureKind.Double), [], ("label", "zero"), ("probabilities", Feature.Dictionary([new("one", 0.25), new("zero", 0.75)])));

        string[] lines = Predict(model, folder, "--input", "v=1").Lines;

        Assert.That(lines[0], Is.EqualTo("label: zero"));
        Assert.That(lines[3], Does.Match("^  zero +75.0 % +█+"));
        Assert.That(lines[4], Does.Match("^  one +25.0 % +█+"));
    }

    [Test]
    public void The_function_and_the_device_reach_the_loader()
    {
        using TemporaryFolder folder = new();
        LoadOptions? seen = null;

        Tl.Run(new FakeLoader(options => { seen = options; return Echo(X, []); }), "predict", FakeLoader.File(folder), "--function", "features", "--device", "cpu");

        Assert.That((seen!.Function, seen.Device), Is.EqualTo(("features", Device.Cpu)));
    }

    [TestCase("gpu")]
    [TestCase("neural_engine")]
    public void An_absent_device_is_an_error_that_names_it(string device)
    {
        using TemporaryFolder folder = new();

        Outcome outcome = Predict(Echo(X, []), folder, "--device", device);

        Assert.That(outcome.ExitCode, Is.EqualTo(1));
        Assert.That(outcome.Error, Does.Contain(device).And.Contain("cpu"));
    }

    [Test]
    public void An_unknown_device_is_wrong_usage()
    {
        using TemporaryFolder folder = new();

        Outcome outcome = Predict(Echo(X, []), folder, "--device", "tpu");

        Assert.That(outcome.ExitCode, Is.EqualTo(2));
        Assert.That(outcome.Error, Does.Contain("tpu").And.Contain("neural_engine"));
    }

    [Test]
    public void A_file_without_operations_cannot_predict()
    {
        Outcome outcome = Tl.Run("predict", TestData.Path("digits", "digits.safetensors"));

        Assert.That(outcome.ExitCode, Is.EqualTo(1));
        Assert.That(outcome.Error, Does.Contain("SafeTensors"));
    }

    [TestCase("zero"), TestCase("one"), TestCase("two"), TestCase("three"), TestCase("four")]
    [TestCase("five"), TestCase("six"), TestCase("seven"), TestCase("eight"), TestCase("nine")]
    public void Digits_are_recognised_from_their_pictures(string label)
    {
        Outcome outcome = Tl.Run("predict", TestData.Example("models", "digits", "digits.mlpackage"), "--input", $"image={TestData.Example("models", "digits", $"{label}.png")}");

        Assert.That(outcome.Lines, Has.Member($"classLabel: {label}").And.Some.Match($@"^  {label} +\d\d\.\d % +█+"));
    }

    [Test]
    public void Other_functions_of_a_model_can_be_run()
    {
        using TemporaryFolder folder = new();
        string input = folder.Path("x.safetensors"), output = folder.Path("out.safetensors");
        using (IModel test = SafeTensorsFile.Open(TestData.Path("digits", "digits-test.safetensors")))
        using (Tensor images = test.Tensors["images"].Read())
        using (Tensor first = images.Slice(0, 0, 1).To(ElementType.Float32))
            SafeTensorsFile.Write(input, [KeyValuePair.Create<string, Tensor>("x", Tensor.FromArray([.. first.As<float>().ToArray().Select(pixel => pixel / 127.5f - 1)], [1, 1, 28, 28]))]);

        Outcome outcome = Tl.Run("predict", TestData.Path("digits", "digits-multifunction.mlpackage"), "--function", "features", "--input", input, "--output", output);

        Assert.That(outcome.ExitCode, Is.Zero, outcome.Error);
        using IModel results = SafeTensorsFile.Open(output), recorded = SafeTensorsFile.Open(TestData.Path("digits", "digits-test.safetensors"));
        using Tensor features = results.Tensors["features"].Read(), expected = recorded.Tensors["features"].Read();
        using Tensor single = features.To(ElementType.Float32);
        float[] actual = single.As<float>().ToArray();
        using Tensor row = expected.Slice(0, 0, 1).Contiguous();
        Assert.That(actual, Is.EqualTo(row.As<float>().ToArray()).Within(0.02));
    }
}
