namespace TensorLogic.Operators;

/// <summary>Gradients of pools: each window hands its gradient to the elements it covers.</summary>
internal static class PoolingGradients
{
    private delegate void Share(ReadOnlySpan<int> window, int padded, double y, double upstream, double[] x, double[] gradient);

    /// <summary>The largest element of a window has its gradient; ties share it equally.</summary>
    public static void OfMaxPool(GradientContext g, Op.PoolAttributes a) => g.Set(0, g.Run(s_max, a, g.Cast(g.X, g.Upstream.ElementType), g.Cast(g.Y, g.Upstream.ElementType), g.Upstream));

    public static void OfAvgPool(GradientContext g, Op.AvgPoolAttributes a) => g.Set(0, g.Run(s_average, a, g.Cast(g.X, g.Upstream.ElementType), g.Cast(g.Y, g.Upstream.ElementType), g.Upstream));

    private static readonly Operator<Op.PoolAttributes> s_max = Gradient<Op.PoolAttributes>("max_pool_gradient", static _ => static (window, _, y, upstream, x, gradient) =>
    {
        int ties = 0;
        foreach (int i in window) if (x[i] == y) ties++;
        foreach (int i in window) if (x[i] == y) gradient[i] += upstream / ties;
    });

    private static readonly Operator<Op.AvgPoolAttributes> s_average = Gradient<Op.AvgPoolAttributes>("avg_pool_gradient", static a => (window, padded, _, upstream, _, gradient) =>
    {
        foreach (int i in window) gradient[i] += upstream / (a.ExcludePaddingFromAverage ? window.Length : padded);
    });

    private static Operator<TAttributes> Gradient<TAttributes>(string name, Func<TAttributes, Share> share) where TAttributes : Op.PoolAttributes => new(name)
    {
        Inputs = [new("x", ElementTypes.Floats), new("y", ElementTypes.Floats), new("upstream", ElementTypes.Floats)],
        InferWith = static (context, _) => Inference.Same(context),
        EvaluateWith = (context, a) => Spread(context, a, share(a)),
    };

    // x: [N, C, spatial…]   y, upstream: [N, C, windows…]
    private static void Spread(EvaluationContext context, Op.PoolAttributes a, Share share)
    {
        Shape shape = context.Input(0).Shape, windows = context.Input(1).Shape;
        int axes = shape.Rank - 2;
        int[] size = Sizes(shape.Sizes[2..]), output = Sizes(windows.Sizes[2..]), kernel = Sizes(a.KernelSizes.Span), stride = Sizes(a.Strides.Span), before = new int[3], after = new int[3];
        for (int axis = 0; axis < axes; axis++)
        {
            int k = 3 - axes + axis;
            (before[k], after[k]) = Spatial.Padding(a.PadType, a.Pad, axis, size[k], kernel[k], stride[k], 1);
        }
        double[] x = context.Doubles(0), y = context.Doubles(1), upstream = context.Doubles(2), gradient = new double[x.Length];
        var window = new int[kernel[0] * kernel[1] * kernel[2]];
        int at = 0;
        for (int plane = 0; plane < shape[0] * shape[1]; plane++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            for (int d = 0; d < output[0]; d++)
            for (int h = 0; h < output[1]; h++)
            for (int w = 0; w < output[2]; w++, at++)
            {
                int inside = 0, padded = 0;
                for (int i = 0; i < kernel[0]; i++)
                for (int j = 0; j < kernel[1]; j++)
                for (int k = 0; k < kernel[2]; k++)
                {
                    int z = d * stride[0] + i - before[0], v = h * stride[1] + j - before[1], u = w * stride[2] + k - before[2];
                    if (z < size[0] + after[0] && v < size[1] + after[1] && u < size[2] + after[2]) padded++;
                    if ((uint)z < (uint)size[0] && (uint)v < (uint)size[1] && (uint)u < (uint)size[2]) window[inside++] = ((plane * size[0] + z) * size[1] + v) * size[2] + u;
                }
                share(window.AsSpan(0, inside), padded, y[at], upstream[at], x, gradient);
            }
        }
        context.Write(0, shape, gradient);
    }

    // One and two spatial axes are three with leading sizes of 1.
    private static int[] Sizes(ReadOnlySpan<int> sizes) => [.. Enumerable.Repeat(1, 3 - sizes.Length), .. sizes];
}
