using System.Runtime.Intrinsics;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Cpu;

/// <summary>The portable CPU runtime.</summary>
internal sealed class CpuBackend(int threads) : IBackend
{
    private readonly Lazy<Workers> _workers = new(() => new Workers(threads));

    public Device Device => Device.Cpu;

    public int Threads => threads;

    public string Description
    {
        get
        {
            int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;
            return $"CPU, {threads} {(threads == 1 ? "thread" : "threads")}, {(bits == 0 ? "scalar" : $"{bits}-bit vectors")}";
        }
    }

    public Tensor[] Run(Operator @operator, OperatorAttributes attributes, ReadOnlySpan<Tensor?> inputs, CancellationToken cancellation = default) =>
        OperatorRun.Evaluate(@operator, attributes, inputs.ToArray(), "", cancellation);

    public IExecutable Compile(Graph graph, CompileOptions options) => new CpuExecutable(graph, options, _workers.Value);

    public void Dispose()
    {
        if (_workers.IsValueCreated) _workers.Value.Dispose();
    }
}
