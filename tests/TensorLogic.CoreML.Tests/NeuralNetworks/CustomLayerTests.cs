using TensorLogic.CoreML.Protobuf;

namespace TensorLogic.Tests.CoreML.NeuralNetworks;

/// <summary>Layers that a host implements, by the name of their class.</summary>
public sealed class CustomLayerTests
{
    private string _file = null!;

    /// <summary>A network x[3] → custom layer "Affine" with a weight, a count, a switch and a text → y.</summary>
    [OneTimeSetUp]
    public void Write()
    {
        ProtobufWriter Array(string name) => new ProtobufWriter().Text(1, name).Message(3, new ProtobufWriter().Message(5, new ProtobufWriter().Integers(1, 3).Integer(2, 65568)));
        ProtobufWriter Parameter(string name, Action<ProtobufWriter> value)
        {
            ProtobufWriter message = new();
            value(message);
            return new ProtobufWriter().Text(1, name).Message(2, message);
        }
        ProtobufWriter custom = new ProtobufWriter().Text(10, "Affine").Message(20, new ProtobufWriter().Numbers(1, 10, 20, 30))
            .Message(30, Parameter("times", value => value.Integer(30, 2))).Message(30, Parameter("negative", value => value.Integer(50, 1))).Message(30, Parameter("title", value => value.Text(20, "affine")));
        ProtobufWriter layer = new ProtobufWriter().Text(1, "affine_1").Text(2, "x").Text(3, "y").Message(500, custom);
        ProtobufWriter model = new ProtobufWriter().Integer(1, 4).Message(2, new ProtobufWriter().Message(1, Array("x")).Message(10, Array("y"))).Message(500, new ProtobufWriter().Message(1, layer).Integer(5, 1));
        _file = Path.Combine(Directory.CreateTempSubdirectory("tensorlogic-").FullName, "custom.mlmodel");
        File.WriteAllBytes(_file, model.Written.ToArray());
    }

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    [Test]
    public void The_registered_implementation_gets_parameters_and_weights_and_computes()
    {
        CustomLayerDescription? told = null;
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML(options => options.CustomLayers["Affine"] = description => new Affine(told = description)).Build();
        using IModel model = runtime.LoadModel(_file);

        using Features results = model.Predict(Tensor.FromSpan<float>([1, 2, 3], [3]));

        Assert.That(TensorConversion.ReadDoubles(results["y"].AsTensor()), Is.EqualTo(new double[] { -12, -24, -36 }));
        Assert.That((told!.ClassName, told.LayerName, told.Parameters["times"], told.Parameters["negative"], told.Parameters["title"]), Is.EqualTo(("Affine", "affine_1", (object)2L, (object)true, (object)"affine")));
    }

    [Test]
    public void A_class_that_nobody_registered_is_named()
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();
        using IModel model = runtime.LoadModel(_file);

        Assert.That(() => model.Prepare(), Throws.TypeOf<UnsupportedOperatorException>().With.Message.Contains("Affine"));
    }

    [Test]
    public void Failures_of_an_implementation_reach_the_caller()
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML(options => options.CustomLayers["Affine"] = _ => new Failing()).Build();
        using IModel model = runtime.LoadModel(_file);

        Assert.That(() => model.Predict(Tensor.FromSpan<float>([1, 2, 3], [3])), Throws.InstanceOf<TimeoutException>().Or.InnerException.InstanceOf<TimeoutException>());
    }

    private sealed class Affine(CustomLayerDescription description) : CustomLayer
    {
        public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs) => [inputs[0]];

        public override void Evaluate(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> outputs, CancellationToken cancellation)
        {
            double[] x = TensorConversion.ReadDoubles(inputs[0]), w = TensorConversion.ReadDoubles(description.Weights[0]);
            double sign = (bool)description.Parameters["negative"] ? -1 : 1;
            TensorConversion.Write(outputs[0], [.. x.Select((value, i) => sign * (value * (long)description.Parameters["times"] + w[i]))]);
        }
    }

    private sealed class Failing : CustomLayer
    {
        public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs) => [inputs[0]];

        public override void Evaluate(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> outputs, CancellationToken cancellation) => throw new TimeoutException("The device did not answer.");
    }
}
