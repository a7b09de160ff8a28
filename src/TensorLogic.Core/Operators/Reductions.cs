namespace TensorLogic.Operators;

/// <summary>Index arithmetic of reductions.</summary>
internal static class Reduction
{
    /// <summary>A shape as [outer, size of the axis, inner].</summary>
    public static (int Outer, int Size, int Inner) Split(Shape shape, int axis)
    {
        int outer = 1, inner = 1;
        for (int k = 0; k < axis; k++) outer *= shape.Sizes[k];
        for (int k = axis + 1; k < shape.Rank; k++) inner *= shape.Sizes[k];
        return (outer, shape.Sizes[axis], inner);
    }

    /// <summary>The elements of an input with the reduced axes moved last: [kept elements, reduced elements], and the result's shape.</summary>
    public static (double[] Values, int Count, Shape Result) Rows(EvaluationContext context, Ints axes, bool keepDims)
    {
        Tensor x = context.Input(0);
        int[] reduced = axes.Count == 0 ? [.. Enumerable.Range(0, x.Rank)] : [.. axes.Select(axis => x.Shape.Axis(axis)).Order()];
        int[] kept = [.. Enumerable.Range(0, x.Rank).Except(reduced)];
        using Tensor moved = x.Transpose([.. kept, .. reduced]);
        int count = reduced.Aggregate(1, (product, axis) => product * x.Shape[axis]);
        int[] sizes = keepDims
            ? [.. Enumerable.Range(0, x.Rank).Select(axis => reduced.Contains(axis) ? 1 : x.Shape[axis])]
            : [.. kept.Select(axis => x.Shape[axis])];
        return (TensorConversion.ReadDoubles(moved), count, Shape.Create(sizes));
    }
}

/// <summary>Reductions. Sources: MIL <c>reduction</c> (iOS15, iOS17).</summary>
internal static partial class Op
{
    /// <summary>Axes to reduce (none: all) and whether they stay with size 1.</summary>
    public sealed record ReduceAttributes(Ints Axes, bool KeepDims) : OperatorAttributes;

    /// <summary>Axis to search, whether it stays with size 1, and the type of the indices.</summary>
    public sealed record ArgAttributes(int Axis, bool KeepDims, ElementType Type = ElementType.Int32) : OperatorAttributes;

    public static readonly Operator<ReduceAttributes> ReduceSum = Reduce("reduce_sum", 0, (sum, x) => sum + x, (sum, _) => sum, (g, up, _, _) => up);
    public static readonly Operator<ReduceAttributes> ReduceMean = Reduce("reduce_mean", 0, (sum, x) => sum + x, (sum, n) => sum / n, (g, up, y, _) => g.Mul(up, (double)y.ElementCount / g.X.ElementCount));
    public static readonly Operator<ReduceAttributes> ReduceProd = Reduce("reduce_prod", 1, (product, x) => product * x, (product, _) => product, (g, up, _, axes) => g.Mul(up, g.Run(ProductOfOthers!, new ReduceAttributes(Ints.Create(axes), false), g.X)));
    public static readonly Operator<ReduceAttributes> ReduceMax = Reduce("reduce_max", double.NegativeInfinity, Math.Max, (max, _) => max, ExtremeGradient);
    public static readonly Operator<ReduceAttributes> ReduceMin = Reduce("reduce_min", double.PositiveInfinity, Math.Min, (min, _) => min, ExtremeGradient);
    public static readonly Operator<ReduceAttributes> ReduceL1Norm = Reduce("reduce_l1_norm", 0, (sum, x) => sum + Math.Abs(x), (sum, _) => sum, (g, up, _, _) => g.Mul(up, g.Run(Sign, g.X)));
    public static readonly Operator<ReduceAttributes> ReduceL2Norm = Reduce("reduce_l2_norm", 0, (sum, x) => sum + x * x, (sum, _) => Math.Sqrt(sum), (g, up, y, _) => g.Mul(g.X, g.Div(up, y)));
    public static readonly Operator<ReduceAttributes> ReduceSumSquare = Reduce("reduce_sum_square", 0, (sum, x) => sum + x * x, (sum, _) => sum, (g, up, _, _) => g.Mul(g.X, g.Mul(up, 2)));
    public static readonly Operator<ReduceAttributes> ReduceLogSum = Reduce("reduce_log_sum", 0, (sum, x) => sum + x, (sum, _) => Math.Log(sum), (g, up, y, _) => g.Div(up, g.Run(Exp, y)));

    /// <summary>ln Σ e^x, shifted by the maximum.</summary>
    public static readonly Operator<ReduceAttributes> ReduceLogSumExp = Reduce("reduce_log_sum_exp", static row =>
    {
        double max = double.NegativeInfinity, sum = 0;
        foreach (double x in row) max = Math.Max(max, x);
        if (double.IsInfinity(max)) return max;
        foreach (double x in row) sum += Math.Exp(x - max);
        return max + Math.Log(sum);
    }, (g, up, y, _) => g.Mul(up, g.Run(Exp, g.Sub(g.X, y))));

    /// <summary>Index of the first largest element along an axis.</summary>
    public static readonly Operator<ArgAttributes> ReduceArgmax = Argument("reduce_argmax", (x, best) => x > best);

    /// <summary>Index of the first smallest element along an axis.</summary>
    public static readonly Operator<ArgAttributes> ReduceArgmin = Argument("reduce_argmin", (x, best) => x < best);

    private delegate double RowFunction(ReadOnlySpan<double> row);

    /// <summary>The gradient of x, up to broadcasting, from those of the results; upstream and y have the reduced axes with size 1.</summary>
    private delegate Tensor ReductionGradient(GradientContext g, Tensor upstream, Tensor y, int[] axes);

    // Ties share the gradient equally.
    private static Tensor ExtremeGradient(GradientContext g, Tensor upstream, Tensor y, int[] axes)
    {
        Tensor chosen = g.Number(g.Run(Equal, g.X, y));
        return g.Mul(chosen, g.Div(upstream, g.Sum(chosen, axes)));
    }

    /// <summary>For each element the product of the others that it is reduced with.</summary>
    private static readonly Operator<ReduceAttributes> ProductOfOthers = new("product_of_others")
    {
        Inputs = [new("x", ElementTypes.Floats)],
        InferWith = static (context, _) => Inference.Same(context),
        EvaluateWith = static (context, a) =>
        {
            Tensor x = context.Input(0);
            int[] reduced = [.. a.Axes.Select(axis => x.Shape.Axis(axis)).Order()], order = [.. Enumerable.Range(0, x.Rank).Except(reduced), .. reduced];
            (double[] values, int count, _) = Reduction.Rows(context, a.Axes, keepDims: false);
            var others = new double[values.Length];
            for (int start = 0; start < values.Length; start += count)
            {
                double product = 1;
                for (int i = start; i < start + count; product *= values[i++]) others[i] = product;
                product = 1;
                for (int i = start + count - 1; i >= start; product *= values[i--]) others[i] *= product;
            }
            using Tensor moved = Tensor.Create(ElementType.Float64, Shape.Create([.. order.Select(axis => x.Shape[axis])]));
            TensorConversion.Write(moved, others);
            using Tensor back = moved.Transpose([.. Enumerable.Range(0, x.Rank).Select(axis => Array.IndexOf(order, axis))]);
            back.CopyTo(context.Output(0, x.Shape));
        },
    };

    private static Operator<ReduceAttributes> Reduce(string name, double start, Func<double, double, double> step, Func<double, int, double> finish, ReductionGradient gradient) => Reduce(name, row =>
    {
        double state = start;
        foreach (double x in row) state = step(state, x);
        return finish(state, row.Length);
    }, gradient);

    private static Operator<ReduceAttributes> Reduce(string name, RowFunction reduce, ReductionGradient gradient) => new(name)
    {
        DifferentiateWith = (g, a) =>
        {
            int[] axes = a.Axes.Count == 0 ? [.. Enumerable.Range(0, g.X.Rank)] : [.. a.Axes.Select(axis => g.X.Shape.Axis(axis))];
            int[] kept = [.. g.X.Shape.Select((size, axis) => axes.Contains(axis) ? 1 : size)];
            g.Set(0, g.Broadcast(gradient(g, g.Reshape(g.Upstream, kept), g.Reshape(g.Y, kept), axes), g.X.Shape));
        },
        Inputs = [new("x", ElementTypes.Numbers)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0);
            return Inference.One(x.ElementType, Reduced(x, Inference.Axes(context, 0, a.Axes, x.Rank), a.KeepDims));
        },
        EvaluateWith = (context, a) =>
        {
            (double[] values, int count, Shape result) = Reduction.Rows(context, a.Axes, a.KeepDims);
            var y = new double[result.ElementCount];
            for (int i = 0; i < y.Length; i++)
            {
                if ((i & 1023) == 0 || count > 1024) context.Cancellation.ThrowIfCancellationRequested();
                y[i] = reduce(values.AsSpan(i * count, count));
            }
            context.Write(0, result, y);
        },
    };

    private static Operator<ArgAttributes> Argument(string name, Func<double, double, bool> better) => new(name)
    {
        Inputs = [new("x", ElementTypes.Numbers)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0);
            context.Require(a.Type.IsInteger, 0, $"an integer type for indices, found {a.Type.Name}");
            return Inference.One(a.Type, Reduced(x, [Inference.Axis(context, 0, a.Axis, x.Rank)], a.KeepDims));
        },
        EvaluateWith = (context, a) =>
        {
            (double[] values, int count, Shape result) = Reduction.Rows(context, [a.Axis], a.KeepDims);
            var y = new long[result.ElementCount];
            for (int i = 0; i < y.Length; i++)
            {
                int best = 0;
                for (int k = 1; k < count; k++)
                    if (better(values[i * count + k], values[i * count + best])) best = k;
                y[i] = best;
            }
            context.Write(0, result, y);
        },
    };

    private static IEnumerable<Dimension> Reduced(TensorType x, int[] axes, bool keepDims)
    {
        for (int axis = 0; axis < x.Rank; axis++)
            if (!axes.Contains(axis)) yield return x.Dimensions[axis];
            else if (keepDims) yield return 1;
    }
}
