using TensorLogic.BenchmarkNetworks;
using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tests.CoreML.Accuracy;

/// <summary>The four benchmark networks against PyTorch in f32.</summary>
public sealed class BenchmarkNetworkTests
{
    private const double LeastPeakSignalToNoise = 40, LeastCosine = 0.9999;

    private static IEnumerable<string> Names => BenchmarkNetwork.Names;

    [TestCaseSource(nameof(Names))]
    public void A_network_answers_as_PyTorch_does(string name)
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();
        using IModel model = runtime.LoadModel(BenchmarkNetwork.Package(name)), recorded = SafeTensorsFile.Open(BenchmarkNetwork.InputsAndOutputs(name));
        using Features inputs = new();
        foreach (FeatureDescription input in model.Inputs) inputs[input.Name] = recorded.Tensors[input.Name].Read();

        using Features results = model.Predict(inputs);

        string output = model.Outputs[0].Name;
        double[] actual = TensorConversion.ReadDoubles(results[output].AsTensor()), expected = TensorConversion.ReadDoubles(recorded.Tensors[output].Read());
        TestContext.Out.WriteLine($"{name}: PSNR {Difference.PeakSignalToNoise(actual, expected):0.0} dB, cosine {Difference.Cosine(actual, expected):0.0000000}");
        Assert.That(Difference.PeakSignalToNoise(actual, expected), Is.GreaterThanOrEqualTo(LeastPeakSignalToNoise));
        Assert.That(Difference.Cosine(actual, expected), Is.GreaterThanOrEqualTo(LeastCosine));
    }
}
