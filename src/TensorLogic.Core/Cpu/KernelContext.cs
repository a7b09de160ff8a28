using TensorLogic.Operators;

namespace TensorLogic.Cpu;

/// <summary>What a fast kernel works with beyond the reference kernel's context: threads and scratch memory.</summary>
internal abstract class KernelContext : EvaluationContext
{
    /// <summary>The threads.</summary>
    public abstract Workers Workers { get; }

    /// <summary>Memory for intermediate results.</summary>
    public abstract BufferPool Pool { get; }

    /// <summary>A constant input as the graph holds it, any other as it is stored.</summary>
    public abstract Tensor Original(int index);

    /// <summary>An input with contiguous elements: the tensor itself or a copy. The caller disposes it.</summary>
    public Tensor Dense(int index)
    {
        Tensor input = Input(index);
        if (input.IsContiguous) return input.Contiguous();
        Tensor copy = Pool.Rent(input.ElementType, input.Shape);
        TensorCopy.Copy(input, copy);
        return copy;
    }

    /// <summary>Splits <paramref name="count"/> items of similar cost into pieces and runs them on the threads.</summary>
    /// <param name="count">Number of items.</param>
    /// <param name="cost">Cost of one item, about in nanoseconds.</param>
    /// <param name="body">Receives the first item, the end, and the thread's number.</param>
    public void ForEach(long count, double cost, Action<long, long, int> body)
    {
        const double pieceCost = 5_000;
        if (count == 0) return;
        // At most 64 pieces: enough for the threads, whatever their number, and the cut is the same for every number of them.
        // Handing out a piece costs less than a microsecond while the threads spin.
        int pieces = (int)Math.Clamp(count * cost / pieceCost, 1, Math.Min(64, count));
        if (pieces == 1)
        {
            Cancellation.ThrowIfCancellationRequested();
            body(0, count, 0);
            return;
        }
        Workers.Run(pieces, (piece, worker) => body(count * piece / pieces, count * (piece + 1) / pieces, worker), Cancellation);
    }
}

/// <summary>A kernel of the CPU for a node: chosen once, with what it prepares from the node's constants.</summary>
/// <param name="name">For the plan's text.</param>
/// <param name="run">Computes the outputs.</param>
/// <param name="prepared">What goes when the kernel does, such as packed weights.</param>
internal sealed class CpuKernel(string name, Action<KernelContext> run, IDisposable? prepared = null) : IDisposable
{
    public string Name => name;

    public void Run(KernelContext context) => run(context);

    public void Dispose() => prepared?.Dispose();
}
