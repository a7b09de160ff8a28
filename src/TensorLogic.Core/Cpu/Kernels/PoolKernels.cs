using System.Numerics;
using System.Runtime.CompilerServices;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary><c>max_pool</c> and <c>avg_pool</c> over one or two spatial axes: tap by tap over whole rows of padded planes.</summary>
internal static unsafe class PoolKernels
{
    public static void Register(Dictionary<Operator, Func<KernelRequest, CpuKernel?>> kernels)
    {
        kernels.Add(Op.MaxPool, request => Create(request, false, false));
        kernels.Add(Op.AvgPool, request => Create(request, true, request.As<Op.AvgPoolAttributes>().ExcludePaddingFromAverage));
    }

    private static CpuKernel? Create(KernelRequest request, bool average, bool exclude)
    {
        var attributes = request.As<Op.PoolAttributes>();
        return request.IsFloat32 && request.Inputs[0]!.Rank is 3 or 4 ? new CpuKernel("window rows", context => Run(context, attributes, average, exclude)) : null;
    }

    private static void Run(KernelContext context, Op.PoolAttributes a, bool average, bool exclude)
    {
        using Tensor x = context.Dense(0);
        Window window = new(x.Shape, a.KernelSizes.Span, a.Strides, a.PadType, a.Pad, [], a.CeilMode);
        Tensor y = context.Output(0, Shape.Create([window.Images, window.Channels, .. x.Rank == 3 ? [window.OutputWidth] : (int[])[window.OutputHeight, window.OutputWidth]]));
        if (y.ElementCount == 0) return;
        float* from = (float*)x.Pointer, to = (float*)y.Pointer;
        long planes = (long)window.Images * window.Channels;
        int size = window.Height * window.Width;
        if (window is { Outputs: 1, NeedsPadding: false } && window.Taps == size)
        {
            context.ForEach(planes, 10 + size * 0.15, (start, end, _) =>
            {
                for (long plane = start; plane < end; plane++) to[plane] = average ? VectorSums.Sum(from + plane * size, size) / size : VectorSums.Max(from + plane * size, size);
            });
            return;
        }
        long[] offsets = window.TapOffsets();
        float[] rows = Counts(window.OutputHeight, window.StrideY, window.KernelHeight, window.Top, window.Height, exclude ? 0 : window.Bottom, exclude);
        float[] columns = Counts(window.OutputWidth, window.StrideX, window.KernelWidth, window.Left, window.Width, exclude ? 0 : window.Right, exclude);
        long scratchElements = window.PlaneElements + WindowColumns.Slack;
        using Tensor memory = context.Pool.Rent(ElementType.UInt8, Shape.Create(checked((int)(scratchElements * context.Workers.Count * sizeof(float)))));
        float* scratch = (float*)memory.Pointer;
        context.ForEach(planes, window.PlaneElements * 0.3 + window.Outputs * window.Taps * 0.08, (start, end, worker) =>
        {
            float* padded = scratch + worker * scratchElements;
            fixed (long* taps = offsets)
            fixed (float* counts = columns)
                for (long plane = start; plane < end; plane++)
                {
                    window.Pad(from + plane * size, padded, average ? 0 : float.NegativeInfinity);
                    for (int row = 0; row < window.OutputHeight; row++)
                    {
                        float* source = padded + (long)row * window.PhaseWidth, result = to + plane * window.Outputs + (long)row * window.OutputWidth;
                        if (average) AverageRow(source, taps, offsets.Length, rows[row], counts, result, window.OutputWidth);
                        else MaxRow(source, taps, offsets.Length, result, window.OutputWidth);
                    }
                }
        });
    }

    // Elements that each window along an axis counts: inside the input, or inside the input and its padding. Room for whole vectors.
    private static float[] Counts(int outputs, int stride, int kernel, int before, int size, int after, bool exclude)
    {
        var counts = new float[outputs + WindowColumns.Slack];
        Array.Fill(counts, 1);
        for (int i = 0; i < outputs; i++)
        {
            int first = i * stride - before, end = Math.Min(first + kernel, size + after);
            counts[i] = end - (exclude ? Math.Max(first, 0) : first);
        }
        return counts;
    }

    // In bounds: the taps of all outputs lie in the padded plane, behind which whole vectors may read Slack floats.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MaxRow(float* x, long* taps, int count, float* y, int outputs)
    {
        for (int i = 0; i < outputs; i += Vector<float>.Count)
        {
            Vector<float> max = new(float.NegativeInfinity);
            for (int tap = 0; tap < count; tap++) max = Vector.Max(max, Vector.Load(x + taps[tap] + i));
            Store(max, y, i, outputs);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AverageRow(float* x, long* taps, int count, float rows, float* columns, float* y, int outputs)
    {
        Vector<float> height = new(rows);
        for (int i = 0; i < outputs; i += Vector<float>.Count)
        {
            Vector<float> sum = default;
            for (int tap = 0; tap < count; tap++) sum += Vector.Load(x + taps[tap] + i);
            Store(sum / (height * Vector.Load(columns + i)), y, i, outputs);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector<float> result, float* y, int i, int outputs)
    {
        if (i + Vector<float>.Count <= outputs) Vector.Store(result, y + i);
        else
            for (int k = i; k < outputs; k++) y[k] = result[k - i];
    }
}
