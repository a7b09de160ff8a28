using System.Diagnostics;
using TensorLogic.BenchmarkNetworks;
using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Benchmarks.Peers;

/// <summary>Times of one network in milliseconds: medians, and the median of the ratios pair by pair.</summary>
internal sealed record ComparisonRow(string Network, int Threads, double Peer, double Ours, double Ratio, double Cosine, double PeerCosine);

/// <summary>Runs a network here and in ONNX Runtime in turn, in one process, on the same inputs.</summary>
internal static class Comparison
{
    private const int WarmUps = 10;

    public static ComparisonRow Run(string network, int threads, int pairs, int pause)
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().UseThreads(threads).Build();
        using IModel model = runtime.LoadModel(BenchmarkNetwork.Package(network)), recorded = SafeTensorsFile.Open(BenchmarkNetwork.InputsAndOutputs(network));
        using Features inputs = [];
        Dictionary<string, Tensor> tensors = [];
        foreach (FeatureDescription input in model.Inputs) inputs[input.Name] = tensors[input.Name] = recorded.Tensors[input.Name].Read();
        string output = model.Outputs[0].Name;
        using Tensor expected = recorded.Tensors[output].Read();
        using Peer peer = new(network, threads, tensors, output, expected.Shape);

        float[] ours = [];
        for (int i = 0; i < WarmUps; i++)
        {
            using Features results = model.Predict(inputs);
            ours = results[output].AsTensor().To(ElementType.Float32).As<float>().ToArray();
            peer.Run();
        }
        double[] peerTimes = new double[pairs], ourTimes = new double[pairs];
        for (int i = 0; i < pairs; i++)
        {
            peerTimes[i] = Time(peer.Run, pause);
            ourTimes[i] = Time(() => model.Predict(inputs).Dispose(), pause);
        }
        float[] reference = expected.To(ElementType.Float32).As<float>().ToArray();
        return new(network, threads, Median(peerTimes), Median(ourTimes), Median([.. peerTimes.Zip(ourTimes, (a, b) => a / b)]), Cosine(ours, reference), Cosine(peer.Output, reference));
    }

    // The threads of the one who ran before still spin for a while; whoever comes next must not share the cores with them.
    private static double Time(Action run, int pause)
    {
        Thread.Sleep(pause);
        run();
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        int half = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    private static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double product = 0, squareA = 0, squareB = 0;
        for (int i = 0; i < a.Length; i++)
        {
            product += (double)a[i] * b[i];
            squareA += (double)a[i] * a[i];
            squareB += (double)b[i] * b[i];
        }
        return product / Math.Sqrt(squareA * squareB);
    }
}
