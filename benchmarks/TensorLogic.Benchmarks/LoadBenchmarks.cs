using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using TensorLogic.BenchmarkNetworks;

namespace TensorLogic.Benchmarks;

/// <summary>Time from a path to an opened model, and to the first result, in a warm process.</summary>
[MemoryDiagnoser]
[SimpleJob(RunStrategy.Monitoring, warmupCount: 1, iterationCount: 10)]
public class LoadBenchmarks
{
    private readonly TensorLogicRuntime _runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();
    private string _path = "";
    private Features _inputs = null!;

    [ParamsSource(nameof(Networks))]
    public string Network { get; set; } = "";

    public static IEnumerable<string> Networks => BenchmarkNetwork.Names;

    [GlobalSetup]
    public void Setup()
    {
        _path = BenchmarkNetwork.Package(Network);
        using IModel model = _runtime.LoadModel(_path);
        using IModel recorded = _runtime.LoadModel(BenchmarkNetwork.InputsAndOutputs(Network));
        _inputs = [];
        foreach (FeatureDescription input in model.Inputs) _inputs[input.Name] = recorded.Tensors[input.Name].Read();
    }

    [Benchmark(Baseline = true)]
    public void Open() => _runtime.LoadModel(_path).Dispose();

    [Benchmark]
    public void OpenAndPredict()
    {
        using IModel model = _runtime.LoadModel(_path);
        model.Predict(_inputs).Dispose();
    }
}
