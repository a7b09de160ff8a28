using Microsoft.ML.OnnxRuntime;
using TensorLogic.BenchmarkNetworks;

namespace TensorLogic.Benchmarks.Peers;

/// <summary>ONNX Runtime's CPU provider on a network, with inputs and outputs bound once.</summary>
internal sealed class Peer : IDisposable
{
    private readonly SessionOptions _options;
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly OrtIoBinding _binding;
    private readonly List<OrtValue> _values = [];
    private readonly float[] _output;

    /// <param name="network">Name of a benchmark network.</param>
    /// <param name="threads">Threads inside an operator.</param>
    /// <param name="inputs">By name.</param>
    /// <param name="output">Name of the output.</param>
    /// <param name="outputShape">Its shape.</param>
    public Peer(string network, int threads, IReadOnlyDictionary<string, Tensor> inputs, string output, Shape outputShape)
    {
        _options = new() { GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL, IntraOpNumThreads = threads, InterOpNumThreads = 1, ExecutionMode = ExecutionMode.ORT_SEQUENTIAL };
        _session = new InferenceSession(BenchmarkNetwork.Onnx(network), _options);
        _binding = _session.CreateIoBinding();
        foreach ((string name, Tensor tensor) in inputs)
        {
            if (!_session.InputNames.Contains(name)) continue;
            long[] shape = [.. tensor.Shape.Sizes.ToArray()];
            OrtValue value = _session.InputMetadata[name].ElementType == typeof(int)
                ? OrtValue.CreateTensorValueFromMemory(tensor.To(ElementType.Int32).As<int>().ToArray(), shape)
                : _session.InputMetadata[name].ElementType == typeof(long)
                    ? OrtValue.CreateTensorValueFromMemory(tensor.To(ElementType.Int64).As<long>().ToArray(), shape)
                    : OrtValue.CreateTensorValueFromMemory(tensor.To(ElementType.Float32).As<float>().ToArray(), shape);
            _values.Add(value);
            _binding.BindInput(name, value);
        }
        _output = new float[outputShape.ElementCount];
        OrtValue bound = OrtValue.CreateTensorValueFromMemory(_output, [.. outputShape.Sizes.ToArray()]);
        _values.Add(bound);
        _binding.BindOutput(output, bound);
    }

    /// <summary>The bound output after a run.</summary>
    public ReadOnlySpan<float> Output => _output;

    /// <summary>The settings, for the table.</summary>
    public static string Settings => "ONNX Runtime 1.31.1, CPU provider, all graph optimisations, sequential, default arena and spinning, bound inputs and outputs";

    public void Run() => _session.RunWithBinding(_run, _binding);

    public void Dispose()
    {
        foreach (OrtValue value in _values) value.Dispose();
        _binding.Dispose();
        _run.Dispose();
        _session.Dispose();
        _options.Dispose();
    }
}
