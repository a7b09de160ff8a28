using System.Runtime.Intrinsics;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Cpu;

/// <summary>The portable CPU runtime.</summary>
internal sealed class CpuBackend(int threads) : IBackend
{
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
        throw new UnsupportedOperatorException(@operator.Name);

    public IExecutable Compile(Graph graph, CompileOptions options) => throw new UnsupportedOperatorException(graph.Name);

    public void Dispose()
    {
    }
}
