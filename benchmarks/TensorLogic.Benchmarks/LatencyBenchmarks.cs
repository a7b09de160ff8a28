using BenchmarkDotNet.Attributes;
using TensorLogic.BenchmarkNetworks;

namespace TensorLogic.Benchmarks;

/// <summary>Time of one prediction, network by network, on each device that is present. Inputs are recorded ones.</summary>
[MemoryDiagnoser]
[MinColumn, MedianColumn, Config(typeof(LatencyConfig))]
public class LatencyBenchmarks
{
    private TensorLogicRuntime _runtime = null!;
    private IModel _model = null!;
    private Features _inputs = null!;

    [ParamsSource(nameof(Networks))]
    public string Network { get; set; } = "";

    /// <summary>Absent devices are listed below the table, never measured as something else.</summary>
    [ParamsSource(nameof(PresentDevices))]
    public Device Device { get; set; }

    public static IEnumerable<string> Networks => BenchmarkNetwork.Names;

    public static IEnumerable<Device> PresentDevices => Devices.Present;

    [GlobalSetup]
    public void Setup()
    {
        _runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().AddMetal().Build();
        _model = _runtime.LoadModel(BenchmarkNetwork.Package(Network), new() { Device = Device });
        using IModel recorded = _runtime.LoadModel(BenchmarkNetwork.InputsAndOutputs(Network));
        _inputs = [];
        foreach (FeatureDescription input in _model.Inputs) _inputs[input.Name] = recorded.Tensors[input.Name].Read();
        _model.Predict(_inputs).Dispose();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _inputs.Dispose();
        _model.Dispose();
        _runtime.Dispose();
    }

    [Benchmark]
    public void Predict() => _model.Predict(_inputs).Dispose();
}
