namespace TensorLogic.Operators;

/// <summary>Selection of boxes. Sources: MIL <c>non_maximum_suppression</c> (iOS15, iOS17).</summary>
internal static partial class Op
{
    /// <summary>BoxesLast: boxes stand along the last axis, as iOS17 has them; without it along the middle one, and a count of boxes is given too.</summary>
    public sealed record SuppressionAttributes(double IouThreshold, double ScoreThreshold, int MaxBoxes, bool PerClass, bool BoxesLast) : OperatorAttributes;

    /// <summary>The boxes with the best scores, none of which overlaps a better one by more than a threshold. Boxes are (x, y, width, height)
    /// around their centre. What is missing up to max_boxes is 0, as index -1.</summary>
    public static readonly Operator<SuppressionAttributes> NonMaximumSuppression = new("non_maximum_suppression")
    {
        Inputs = [new("boxes", ElementTypes.Floats), new("scores", ElementTypes.Floats)],
        InferWith = static (context, a) =>
        {
            TensorType boxes = context.Input(0), scores = context.Input(1);
            (int count, int part) = a.BoxesLast ? (2, 1) : (1, 2);
            context.Require(boxes.Rank == 3 && Inference.MayEqual(boxes.Dimensions[part], 4), 0, "boxes of 4 coordinates in batches");
            context.Require(scores.Rank == 3 && Inference.MayEqual(scores.Dimensions[0], boxes.Dimensions[0]) && Inference.MayEqual(scores.Dimensions[count], boxes.Dimensions[count]), 1, $"scores for the boxes of {boxes}");
            context.Require(a.MaxBoxes is >= 0 and <= 1 << 24, 0, $"boxes, and a maximum from 0 to {1 << 24} for them");
            ValueType chosen = new TensorValueType(new(boxes.ElementType, boxes.Dimensions.SetItem(count, a.MaxBoxes)));
            ValueType rated = new TensorValueType(new(scores.ElementType, scores.Dimensions.SetItem(count, a.MaxBoxes)));
            ValueType indices = new TensorValueType(new(ElementType.Int32, [boxes.Dimensions[0], a.MaxBoxes]));
            return a.BoxesLast ? [chosen, rated, indices] : [chosen, rated, indices, new TensorValueType(new(ElementType.Int32, [boxes.Dimensions[0]]))];
        },
        EvaluateWith = static (context, a) =>
        {
            using Tensor boxes = a.BoxesLast ? context.Input(0).Transpose(0, 2, 1) : Reference(context.Input(0));
            using Tensor scores = a.BoxesLast ? context.Input(1).Transpose(0, 2, 1) : Reference(context.Input(1));
            (int batches, int count, int classes, int max) = (boxes.Shape[0], boxes.Shape[1], scores.Shape[2], a.MaxBoxes);
            if (boxes.Shape[2] != 4 || scores.Shape[0] != batches || scores.Shape[1] != count || classes == 0) throw context.Error(1, context.Input(1).ToString(), $"scores of at least one class for {context.Input(0)}");
            double[] b = TensorConversion.ReadDoubles(boxes), s = TensorConversion.ReadDoubles(scores);
            double[] chosen = new double[batches * (long)max * 4], rated = new double[batches * (long)max * classes];
            long[] indices = new long[batches * (long)max], counts = new long[batches];
            Array.Fill(indices, -1);
            for (int n = 0; n < batches; n++)
            {
                int[] kept = Suppressed(context, a, b.AsMemory(n * count * 4, count * 4), s.AsMemory(n * count * classes, count * classes), count, classes);
                counts[n] = kept.Length;
                for (int i = 0; i < kept.Length; i++)
                {
                    long to = n * (long)max + i, from = n * (long)count + kept[i];
                    indices[to] = kept[i];
                    Array.Copy(b, from * 4, chosen, to * 4, 4);
                    Array.Copy(s, from * classes, rated, to * classes, classes);
                }
            }
            Give(0, chosen, 4);
            Give(1, rated, classes);
            context.Write(2, [batches, max], indices);
            if (!a.BoxesLast) context.Write(3, [batches], counts);

            void Give(int output, double[] values, int width)
            {
                using Tensor<double> rows = Tensor.FromArray(values, [batches, max, width]);
                Tensor y = context.Output(output, a.BoxesLast ? [batches, width, max] : [batches, max, width]);
                using Tensor ordered = a.BoxesLast ? rows.Transpose(0, 2, 1) : Reference(rows);
                TensorConversion.Write(y, TensorConversion.ReadDoubles(ordered));
            }
        },
    };

    private static int[] Suppressed(EvaluationContext context, SuppressionAttributes a, ReadOnlyMemory<double> boxes, ReadOnlyMemory<double> scores, int count, int classes)
    {
        int[] label = new int[count];
        double[] best = new double[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<double> row = scores.Span.Slice(i * classes, classes);
            for (int k = 1; k < classes; k++)
                if (row[k] > row[label[i]]) label[i] = k;
            best[i] = row[label[i]];
        }
        List<int> kept = [];
        foreach (int i in Enumerable.Range(0, count).Where(i => best[i] >= a.ScoreThreshold).OrderByDescending(i => best[i]))
        {
            if (kept.Count == a.MaxBoxes) break;
            context.Cancellation.ThrowIfCancellationRequested();
            if (kept.TrueForAll(j => a.PerClass && label[i] != label[j] || Overlap(boxes.Span.Slice(4 * i, 4), boxes.Span.Slice(4 * j, 4)) <= a.IouThreshold)) kept.Add(i);
        }
        // One box is always given: the best, even if its score is too low.
        if (kept.Count == 0 && count > 0 && a.MaxBoxes > 0) kept.Add(Array.IndexOf(best, best.Max()));
        return [.. kept];
    }

    /// <summary>Intersection over union of two boxes.</summary>
    private static double Overlap(ReadOnlySpan<double> p, ReadOnlySpan<double> q)
    {
        double width = Math.Min(p[0] + p[2] / 2, q[0] + q[2] / 2) - Math.Max(p[0] - p[2] / 2, q[0] - q[2] / 2);
        double height = Math.Min(p[1] + p[3] / 2, q[1] + q[3] / 2) - Math.Max(p[1] - p[3] / 2, q[1] - q[3] / 2);
        double both = Math.Max(width, 0) * Math.Max(height, 0), either = p[2] * p[3] + q[2] * q[3] - both;
        return either <= 0 ? 0 : both / either;
    }
}
