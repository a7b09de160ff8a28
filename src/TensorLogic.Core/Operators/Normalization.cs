namespace TensorLogic.Operators;

/// <summary>Normalisations. Sources: MIL <c>normalization</c> (iOS15).</summary>
internal static partial class Op
{
    public sealed record LayerNormAttributes(Ints Axes, double Epsilon) : OperatorAttributes;

    /// <summary>(x - mean[c]) / √(variance[c] + epsilon) · gamma[c] + beta[c], with the given statistics for each channel (axis 1).</summary>
    public static readonly Operator<EpsilonAttributes> BatchNorm = new("batch_norm")
    {
        DifferentiateWith = NormalizationGradients.OfBatchNorm,
        Inputs = [new("x", ElementTypes.Floats), new("mean", ElementTypes.Floats), new("variance", ElementTypes.Floats),
                  new("gamma", ElementTypes.Floats, Optional: true), new("beta", ElementTypes.Floats, Optional: true)],
        InferWith = static (context, _) =>
        {
            TensorType x = context.Input(0);
            context.Require(x.Rank >= 2, 0, "a tensor [N, C, …]");
            for (int input = 1; input < 5; input++)
                if (context.Has(input))
                    context.Require(context.Input(input).Rank == 1 && Inference.MayEqual(context.Input(input).Dimensions[0], x.Dimensions[1]), input, $"a vector [{x.Dimensions[1]}]");
            return Inference.Same(context);
        },
        EvaluateWith = static (context, a) =>
        {
            Shape shape = context.Input(0).Shape;
            double[] x = context.Doubles(0), mean = context.Doubles(1), variance = context.Doubles(2);
            double[]? gamma = context.Has(3) ? context.Doubles(3) : null, beta = context.Has(4) ? context.Doubles(4) : null;
            (_, int channels, int inner) = Reduction.Split(shape, 1);
            for (int i = 0; i < x.Length; i++)
            {
                int c = i / inner % channels;
                x[i] = (x[i] - mean[c]) / Math.Sqrt(variance[c] + a.Epsilon) * (gamma?[c] ?? 1) + (beta?[c] ?? 0);
            }
            context.Write(0, shape, x);
        },
    };

    /// <summary>(x - mean) / √(var + epsilon) · gamma[c] + beta[c], with the statistics of each sample and channel.</summary>
    public static readonly Operator<EpsilonAttributes> InstanceNorm = new("instance_norm")
    {
        DifferentiateWith = static (g, a) => NormalizationGradients.OfStandardized(g, [.. Enumerable.Range(2, g.X.Rank - 2)], [1], a.Epsilon),
        Inputs = [new("x", ElementTypes.Floats), new("gamma", ElementTypes.Floats, Optional: true), new("beta", ElementTypes.Floats, Optional: true)],
        InferWith = static (context, _) =>
        {
            TensorType x = context.Input(0);
            context.Require(x.Rank >= 3, 0, "a tensor [N, C, …]");
            for (int input = 1; input < 3; input++)
                if (context.Has(input))
                    context.Require(context.Input(input).Rank == 1 && Inference.MayEqual(context.Input(input).Dimensions[0], x.Dimensions[1]), input, $"a vector [{x.Dimensions[1]}]");
            return Inference.Same(context);
        },
        EvaluateWith = static (context, a) =>
        {
            Shape shape = context.Input(0).Shape;
            double[] x = context.Doubles(0);
            double[]? gamma = context.Has(1) ? context.Doubles(1) : null, beta = context.Has(2) ? context.Doubles(2) : null;
            (int samples, int channels, int inner) = Reduction.Split(shape, 1);
            for (int plane = 0; plane < samples * channels; plane++)
            {
                Span<double> row = x.AsSpan(plane * inner, inner);
                Standardize(row, a.Epsilon);
                int c = plane % channels;
                for (int i = 0; i < inner; i++) row[i] = row[i] * (gamma?[c] ?? 1) + (beta?[c] ?? 0);
            }
            context.Write(0, shape, x);
        },
    };

    /// <summary>(x - mean) / √(var + epsilon) · gamma + beta, with the statistics over the axes; gamma and beta have the sizes of the axes.</summary>
    public static readonly Operator<LayerNormAttributes> LayerNorm = new("layer_norm")
    {
        DifferentiateWith = static (g, a) =>
        {
            int[] axes = a.Axes.Count == 0 ? [.. Enumerable.Range(0, g.X.Rank)] : [.. a.Axes.Select(axis => g.X.Shape.Axis(axis)).Order()];
            NormalizationGradients.OfStandardized(g, axes, axes, a.Epsilon);
        },
        Inputs = [new("x", ElementTypes.Floats), new("gamma", ElementTypes.Floats, Optional: true), new("beta", ElementTypes.Floats, Optional: true)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0);
            int[] axes = Inference.Axes(context, 0, a.Axes, x.Rank);
            for (int input = 1; input < 3; input++)
                if (context.Has(input))
                    context.Require(context.Input(input).Rank == axes.Length && axes.Index().All(axis => Inference.MayEqual(context.Input(input).Dimensions[axis.Index], x.Dimensions[axis.Item])),
                        input, $"a tensor [{string.Join(", ", axes.Select(axis => x.Dimensions[axis]))}]");
            return Inference.Same(context);
        },
        EvaluateWith = static (context, a) =>
        {
            Tensor x = context.Input(0);
            int[] axes = a.Axes.Count == 0 ? [.. Enumerable.Range(0, x.Rank)] : [.. a.Axes.Select(axis => x.Shape.Axis(axis)).Order()];
            int[] order = [.. Enumerable.Range(0, x.Rank).Except(axes), .. axes];
            using Tensor moved = x.Transpose(order);
            double[] values = TensorConversion.ReadDoubles(moved);
            double[]? gamma = context.Has(1) ? context.Doubles(1) : null, beta = context.Has(2) ? context.Doubles(2) : null;
            int count = axes.Aggregate(1, (product, axis) => product * x.Shape[axis]);
            for (int start = 0; start < values.Length; start += count)
            {
                Span<double> row = values.AsSpan(start, count);
                Standardize(row, a.Epsilon);
                for (int i = 0; i < count; i++) row[i] = row[i] * (gamma?[i] ?? 1) + (beta?[i] ?? 0);
            }
            // Back to the order of x.
            using Tensor result = Tensor.Create(ElementType.Float64, moved.Shape);
            TensorConversion.Write(result, values);
            var inverse = new int[order.Length];
            for (int k = 0; k < order.Length; k++) inverse[order[k]] = k;
            using Tensor back = result.Transpose(inverse);
            back.CopyTo(context.Output(0, x.Shape));
        },
    };

    private static void Standardize(Span<double> row, double epsilon)
    {
        double sum = 0, squares = 0;
        foreach (double x in row) sum += x;
        double mean = sum / row.Length;
        foreach (double x in row) squares += (x - mean) * (x - mean);
        double scale = 1 / Math.Sqrt(squares / row.Length + epsilon);
        for (int i = 0; i < row.Length; i++) row[i] = (row[i] - mean) * scale;
    }
}
