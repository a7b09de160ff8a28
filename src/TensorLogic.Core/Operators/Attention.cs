using System.Numerics.Tensors;

namespace TensorLogic.Operators;

/// <summary>Attention. Sources: MIL <c>scaled_dot_product_attention</c> (iOS18), PyTorch <c>nn.functional.scaled_dot_product_attention</c>.</summary>
internal static partial class Op
{
    /// <summary>softmax(Q Kᵀ / √E + mask) V; a mask of truth values excludes where it is false.</summary>
    // query: [batch…, L, E]   key: [batch…, S, E]   value: [batch…, S, V]   attn_mask: broadcasts to [batch…, L, S]   y: [batch…, L, V]
    public static readonly Operator<NoAttributes> ScaledDotProductAttention = new("scaled_dot_product_attention")
    {
        DifferentiateWith = static (g, _) => AttentionGradients(g),
        Inputs = [new("query", ElementTypes.Floats), new("key", ElementTypes.Floats), new("value", ElementTypes.Floats), new("attn_mask", ElementTypes.Floats | ElementTypes.Bool, Optional: true)],
        InferWith = static (context, _) =>
        {
            TensorType query = context.Input(0), key = context.Input(1), value = context.Input(2);
            context.Require(query.Rank >= 3, 0, "a tensor [batch…, length, embedding]");
            for (int input = 1; input <= 2; input++)
                context.Require(context.Input(input).Rank == query.Rank && Enumerable.Range(0, query.Rank - 2).All(axis => Inference.MayEqual(context.Input(input).Dimensions[axis], query.Dimensions[axis])), input,
                    $"the leading axes of {query}");
            context.Require(Inference.MayEqual(key.Dimensions[^1], query.Dimensions[^1]), 1, $"an embedding of {query.Dimensions[^1]}");
            context.Require(Inference.MayEqual(value.Dimensions[^2], key.Dimensions[^2]), 2, $"a sequence of {key.Dimensions[^2]}");
            if (context.Has(3))
                context.Require(Inference.Broadcast(context.Input(3).Dimensions, [.. query.Dimensions[..^1], key.Dimensions[^2]]) is { } scores && scores.Length == query.Rank, 3,
                    $"a tensor that broadcasts to [{string.Join(", ", query.Dimensions[..^1])}, {key.Dimensions[^2]}]");
            return Inference.One(query.ElementType, [.. query.Dimensions[..^1], value.Dimensions[^1]]);
        },
        EvaluateWith = static (context, _) =>
        {
            Shape q = context.Input(0).Shape, k = context.Input(1).Shape, v = context.Input(2).Shape;
            int length = q[-2], embedding = q[-1], sources = k[-2], width = v[-1];
            if (k[-1] != embedding || !k.Sizes[..^2].SequenceEqual(q.Sizes[..^2])) throw context.Error(1, k.ToString(), $"the leading axes and embedding of {q}");
            if (v[-2] != sources || !v.Sizes[..^2].SequenceEqual(q.Sizes[..^2])) throw context.Error(2, v.ToString(), $"the leading axes and length of {k}");
            double[] query = context.Doubles(0), key = context.Doubles(1), value = context.Doubles(2);
            double[]? mask = Mask(context, Shape.Create([.. q.Sizes[..^1], sources]));
            Shape result = Shape.Create([.. q.Sizes[..^1], width]);
            var y = new double[result.ElementCount];
            var scores = new double[sources];
            double scale = 1 / Math.Sqrt(embedding);
            for (int row = 0; row < (length == 0 || sources == 0 ? 0 : key.Length / Math.Max(sources * embedding, 1) * length); row++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                int batch = row / length;
                double max = double.NegativeInfinity, sum = 0;
                for (int s = 0; s < sources; s++)
                {
                    scores[s] = TensorPrimitives.Dot<double>(query.AsSpan(row * embedding, embedding), key.AsSpan((batch * sources + s) * embedding, embedding)) * scale + (mask?[row * sources + s] ?? 0);
                    max = Math.Max(max, scores[s]);
                }
                for (int s = 0; s < sources; s++) sum += scores[s] = Math.Exp(scores[s] - max);
                Span<double> to = y.AsSpan(row * width, width);
                for (int s = 0; s < sources; s++) TensorPrimitives.MultiplyAdd(value.AsSpan((batch * sources + s) * width, width), scores[s] / sum, to, to);
            }
            context.Write(0, result, y);
        },
    };

    private static double[]? Mask(EvaluationContext context, Shape scores)
    {
        if (!context.Has(3)) return null;
        if (!Shape.TryBroadcast(context.Input(3).Shape, scores, out Shape both) || both != scores) throw context.Error(3, context.Input(3).ToString(), $"a tensor that broadcasts to {scores}");
        double[] mask = Elementwise.DoublesAs(context, 3, scores);
        if (context.Input(3).ElementType != ElementType.Bool) return mask;
        for (int i = 0; i < mask.Length; i++) mask[i] = mask[i] != 0 ? 0 : double.NegativeInfinity;
        return mask;
    }

    private static void AttentionGradients(GradientContext g)
    {
        Tensor query = g.X, key = g.Input(1), value = g.Input(2);
        double scale = 1 / Math.Sqrt(query.Shape[-1]);
        Tensor scores = g.Mul(g.MatMul(query, key, transposeY: true), scale);
        if (g.Optional(3) is { } mask) scores = mask.ElementType == ElementType.Bool ? g.Select(mask, scores, g.Scalar(double.NegativeInfinity)) : g.Add(scores, mask);
        Tensor shares = g.Run(Softmax, new AxisAttributes(-1), scores);
        Tensor dShares = g.MatMul(g.Upstream, value, transposeY: true);
        Tensor dScores = g.Mul(shares, g.Sub(dShares, g.Sum(g.Mul(dShares, shares), -1)));
        g.Set(2, g.MatMul(shares, g.Upstream, transposeX: true));
        g.Set(0, g.Mul(g.MatMul(dScores, key), scale));
        g.Set(1, g.Mul(g.MatMul(dScores, query, transposeX: true), scale));
        if (g.Needs(3)) g.Set(3, dScores);
    }
}
