namespace TensorLogic.Operators;

/// <summary>Pools over sliding windows. Sources: MIL <c>pool</c> (iOS15), PyTorch <c>avg_pool2d</c>.</summary>
internal static partial class Op
{
    /// <summary>One kernel size and stride for each spatial axis; pad: before and after each.</summary>
    public record PoolAttributes(Ints KernelSizes, Ints Strides, PadType PadType, Ints Pad, bool CeilMode) : OperatorAttributes;

    public sealed record AvgPoolAttributes(Ints KernelSizes, Ints Strides, PadType PadType, Ints Pad, bool CeilMode, bool ExcludePaddingFromAverage)
        : PoolAttributes(KernelSizes, Strides, PadType, Pad, CeilMode);

    /// <summary>The largest element of each window; padding does not count.</summary>
    public static readonly Operator<PoolAttributes> MaxPool = Pool<PoolAttributes>("max_pool", double.NegativeInfinity, (max, x) => Math.Max(max, x), (max, _, _, _) => max, gradient: PoolingGradients.OfMaxPool);

    /// <summary>The square root of each window's sum of squares.</summary>
    public static readonly Operator<PoolAttributes> L2Pool = Pool<PoolAttributes>("l2_pool", 0, (sum, x) => sum + x * x, (sum, _, _, _) => Math.Sqrt(sum));

    /// <summary>The mean of each window. Padding counts as zeros, unless it is excluded; what a window covers beyond the padding never counts.</summary>
    public static readonly Operator<AvgPoolAttributes> AvgPool = Pool<AvgPoolAttributes>("avg_pool", 0, (sum, x) => sum + x,
        (sum, a, inside, padded) => sum / (a.ExcludePaddingFromAverage ? inside : padded), gradient: PoolingGradients.OfAvgPool);

    private static Operator<TAttributes> Pool<TAttributes>(string name, double start, Func<double, double, double> step, Func<double, TAttributes, int, int, double> finish, Action<GradientContext, TAttributes>? gradient = null)
        where TAttributes : PoolAttributes => new(name)
        {
            DifferentiateWith = gradient,
            Inputs = [new("x", ElementTypes.Floats)],
            InferWith = static (context, a) =>
            {
                TensorType x = context.Input(0);
                context.Require(x.Rank is >= 3 and <= 5, 0, "a tensor [N, C, spatial…] with 1 to 3 spatial axes");
                return Inference.One(x.ElementType, [x.Dimensions[0], x.Dimensions[1], .. Spatial.OutputSizes(context, x, a.KernelSizes.Span, a.Strides, a.PadType, a.Pad, [], a.CeilMode)]);
            },
            EvaluateWith = (context, a) => Pool(context, a, start, step, finish),
        };

    // x: [N, C, spatial…]   y: [N, C, windows…]
    private static void Pool<TAttributes>(EvaluationContext context, TAttributes a, double start, Func<double, double, double> step, Func<double, TAttributes, int, int, double> finish)
        where TAttributes : PoolAttributes
    {
        Shape shape = context.Input(0).Shape;
        int axes = shape.Rank - 2;
        int[] size = Padded(shape.Sizes[2..], 1), kernel = Padded(a.KernelSizes.Span, 1), stride = Padded(a.Strides.Span, 1);
        int[] before = new int[3], after = new int[3], output = [1, 1, 1];
        for (int axis = 0; axis < axes; axis++)
        {
            int k = 3 - axes + axis;
            (before[k], after[k]) = Spatial.Padding(a.PadType, a.Pad, axis, size[k], kernel[k], stride[k], 1);
            output[k] = Spatial.OutputSize(a.PadType, a.Pad, axis, size[k], kernel[k], stride[k], 1, a.CeilMode);
        }
        double[] x = context.Doubles(0);
        Shape result = Shape.Create([shape[0], shape[1], .. output.AsSpan(3 - axes)]);
        var y = new double[result.ElementCount];
        int at = 0;
        for (int plane = 0; plane < shape[0] * shape[1]; plane++)
        for (int d = 0; d < output[0]; d++)
        for (int h = 0; h < output[1]; h++)
        for (int w = 0; w < output[2]; w++)
        {
            if (w == 0) context.Cancellation.ThrowIfCancellationRequested();
            double state = start;
            int inside = 0, padded = 0;
            for (int i = 0; i < kernel[0]; i++)
            for (int j = 0; j < kernel[1]; j++)
            for (int k = 0; k < kernel[2]; k++)
            {
                int z = d * stride[0] + i - before[0], v = h * stride[1] + j - before[1], u = w * stride[2] + k - before[2];
                if (z < size[0] + after[0] && v < size[1] + after[1] && u < size[2] + after[2]) padded++;
                if ((uint)z >= (uint)size[0] || (uint)v >= (uint)size[1] || (uint)u >= (uint)size[2]) continue;
                inside++;
                state = step(state, x[((plane * size[0] + z) * size[1] + v) * size[2] + u]);
            }
            y[at++] = finish(state, a, inside, padded);
        }
        context.Write(0, result, y);
    }
}
