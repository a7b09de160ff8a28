namespace TensorLogic.Operators;

/// <summary>Running sums. Sources: MIL <c>cumsum</c> (iOS15).</summary>
internal static partial class Op
{
    /// <param name="Axis">Along which to add.</param>
    /// <param name="Exclusive">An element is not part of its own sum.</param>
    /// <param name="Reverse">From the end.</param>
    public sealed record CumSumAttributes(int Axis, bool Exclusive, bool Reverse) : OperatorAttributes;

    /// <summary>The sums of all elements up to each along an axis.</summary>
    public static readonly Operator<CumSumAttributes> CumSum = new("cumsum")
    {
        DifferentiateWith = static (g, a) => g.Set(0, g.Run(CumSum!, a with { Reverse = !a.Reverse }, g.Upstream)),
        Inputs = [new("x", ElementTypes.Numbers)],
        InferWith = static (context, a) =>
        {
            Inference.Axis(context, 0, a.Axis, context.Input(0).Rank);
            return Inference.Same(context);
        },
        EvaluateWith = static (context, a) =>
        {
            Shape shape = context.Input(0).Shape;
            (int outer, int n, int inner) = Reduction.Split(shape, shape.Axis(a.Axis));
            if (context.Input(0).ElementType.IsFloat)
            {
                double[] x = context.Doubles(0);
                Scan<double>(x, outer, n, inner, a, context.Cancellation);
                context.Write(0, shape, x);
            }
            else
            {
                long[] x = context.Longs(0);
                Scan<long>(x, outer, n, inner, a, context.Cancellation);
                context.Write(0, shape, x);
            }
        },
    };

    // x: [outer, n, inner]
    private static void Scan<T>(T[] x, int outer, int n, int inner, CumSumAttributes a, CancellationToken cancellation) where T : System.Numerics.INumber<T>
    {
        for (int o = 0; o < outer; o++)
        for (int i = 0; i < inner; i++)
        {
            if ((i & 1023) == 0) cancellation.ThrowIfCancellationRequested();
            T sum = T.Zero;
            for (int step = 0; step < n; step++)
            {
                ref T element = ref x[(o * n + (a.Reverse ? n - 1 - step : step)) * inner + i];
                T before = sum;
                sum += element;
                element = a.Exclusive ? before : sum;
            }
        }
    }
}
