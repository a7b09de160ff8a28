using System.Numerics;
using System.Runtime.CompilerServices;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Blocked;

/// <summary><c>max_pool</c>, <c>avg_pool</c> and the mean over whole planes.</summary>
internal static unsafe class BlockedPooling
{
    public static void Register(Dictionary<Operator, Func<KernelRequest, bool[], BlockedOperation?>> operations)
    {
        operations.Add(Op.MaxPool, (request, blocked) => blocked[0] ? Pool(request.As<Op.PoolAttributes>(), false, false) : null);
        operations.Add(Op.AvgPool, (request, blocked) => blocked[0] ? Pool(request.As<Op.AvgPoolAttributes>(), true, request.As<Op.AvgPoolAttributes>().ExcludePaddingFromAverage) : null);
        operations.Add(Op.ReduceMean, (request, blocked) => blocked[0] && IsOverPlanes(request.As<Op.ReduceAttributes>()) ? Mean(request.Outputs[0]!.Dimensions[1].Size!.Value) : null);
    }

    private static BlockedOperation Pool(Op.PoolAttributes a, bool average, bool exclude) =>
        new([InputLayout.Blocked], true, border => new("blocked windows", context => Run(context, a, average, exclude, border)));

    private static BlockedOperation Mean(int channels) => new([InputLayout.Blocked], false, _ => new("blocked planes", context => RunMean(context, channels)));

    private static bool IsOverPlanes(Op.ReduceAttributes a) => a.KeepDims && a.Axes.Count == 2 && a.Axes.Select(axis => axis < 0 ? axis + 4 : axis).Order().SequenceEqual([2, 3]);

    private static void Run(KernelContext context, Op.PoolAttributes a, bool average, bool exclude, Border border)
    {
        Planes x = new(context.Input(0));
        int kernelHeight = a.KernelSizes[0], kernelWidth = a.KernelSizes[1];
        Window2D window = Window2D.Of(x.Height, x.Width, kernelHeight, kernelWidth, a.Strides, a.PadType, a.Pad, [], a.CeilMode);
        // Windows count what lies inside the input, or inside the input and its padding.
        int bottom = Spatial.Padding(a.PadType, a.Pad, 0, x.Height, kernelHeight, window.StrideY, 1).After, right = Spatial.Padding(a.PadType, a.Pad, 1, x.Width, kernelWidth, window.StrideX, 1).After;
        Planes y = Planes.Output(context, x.Images, x.Blocks * Planes.Lanes, window.OutputHeight, window.OutputWidth, border);
        context.ForEach((long)y.Images * y.Blocks * y.Height, y.Width * (2 + kernelHeight * kernelWidth * 0.5), (start, end, _) =>
        {
            for (long item = start; item < end; item++)
            {
                int row = (int)(item % y.Height), plane = (int)(item / y.Height), image = plane / y.Blocks, block = plane % y.Blocks;
                int top = row * window.StrideY - window.Top, first = Math.Max(top, 0), last = Math.Min(top + kernelHeight, x.Height);
                float* input = x.Plane(image, block), output = y.Plane(image, block) + row * y.RowStride;
                for (int column = 0; column < y.Width; column++, output += Planes.Lanes)
                {
                    int left = column * window.StrideX - window.Left, from = Math.Max(left, 0), to = Math.Min(left + kernelWidth, x.Width);
                    if (!average)
                    {
                        Max(input + first * x.RowStride + from * Planes.Lanes, x.RowStride, last - first, to - from, output);
                        continue;
                    }
                    int counted = exclude ? (last - first) * (to - from)
                        : (Math.Min(top + kernelHeight, x.Height + bottom) - top) * (Math.Min(left + kernelWidth, x.Width + right) - left);
                    Sum(input + first * x.RowStride + from * Planes.Lanes, x.RowStride, last - first, to - from, counted, output);
                }
            }
        });
    }

    // y: [N, C, 1, 1], plain
    private static void RunMean(KernelContext context, int channels)
    {
        Planes x = new(context.Input(0));
        Tensor y = context.Output(0, Shape.Create(x.Images, channels, 1, 1));
        float* means = (float*)y.Pointer;
        context.ForEach((long)x.Images * x.Blocks, x.Height * x.Width * 0.6, (start, end, _) =>
        {
            float* mean = stackalloc float[Planes.Lanes];
            for (long plane = start; plane < end; plane++)
            {
                int image = (int)(plane / x.Blocks), block = (int)(plane % x.Blocks), count = Math.Min(Planes.Lanes, channels - block * Planes.Lanes);
                Sum(x.Plane(image, block), x.RowStride, x.Height, x.Width, x.Height * x.Width, mean);
                new ReadOnlySpan<float>(mean, count).CopyTo(new Span<float>(means + (long)image * channels + block * Planes.Lanes, count));
            }
        });
    }

    // In bounds: rows and columns were cut to the plane. An empty window gives the least number.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Max(float* x, nint rowStride, int rows, int columns, float* y)
    {
        for (int lane = 0; lane < Planes.Lanes; lane += Vector<float>.Count)
        {
            Vector<float> max = new(float.NegativeInfinity);
            for (int row = 0; row < rows; row++)
                for (int column = 0; column < columns; column++) max = Vector.Max(max, Vector.Load(x + row * rowStride + column * Planes.Lanes + lane));
            Vector.Store(max, y + lane);
        }
    }

    // Four sums hide the latency of the addition.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Sum(float* x, nint rowStride, int rows, int columns, int count, float* y)
    {
        for (int lane = 0; lane < Planes.Lanes; lane += Vector<float>.Count)
        {
            Vector<float> a = default, b = default, c = default, d = default;
            for (int row = 0; row < rows; row++)
            {
                float* at = x + row * rowStride + lane;
                int column = 0;
                for (; column <= columns - 4; column += 4, at += 4 * Planes.Lanes)
                {
                    a += Vector.Load(at);
                    b += Vector.Load(at + Planes.Lanes);
                    c += Vector.Load(at + 2 * Planes.Lanes);
                    d += Vector.Load(at + 3 * Planes.Lanes);
                }
                for (; column < columns; column++, at += Planes.Lanes) a += Vector.Load(at);
            }
            Vector.Store((a + b + (c + d)) / new Vector<float>(count), y + lane);
        }
    }
}
