namespace TensorLogic.Operators;

/// <summary>Operators whose settings a neural network may compute. Source: Core ML <c>NeuralNetwork.proto</c>.</summary>
internal static partial class Op
{
    /// <summary>Axes that are dropped, as in <see cref="SliceByIndexAttributes"/>.</summary>
    public sealed record SqueezeMaskAttributes(Ints SqueezeMask) : OperatorAttributes;

    /// <summary><see cref="SliceByIndex"/> with steps and masks as inputs.</summary>
    public static readonly Operator<SqueezeMaskAttributes> SliceDynamic = new("slice_dynamic")
    {
        Inputs = [new("x", ElementTypes.Any), new("begin", ElementTypes.Integers), new("end", ElementTypes.Integers), new("stride", ElementTypes.Integers),
                  new("begin_mask", ElementTypes.Integers), new("end_mask", ElementTypes.Integers)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0);
            for (int input = 1; input < 6; input++)
                context.Require(context.Input(input).Rank == 1 && Inference.MayEqual(context.Input(input).Dimensions[0], x.Rank), input, $"a vector of {x.Rank} numbers");
            context.Require(a.SqueezeMask.Count == 0 || a.SqueezeMask.Count == x.Rank, 0, $"a tensor with {a.SqueezeMask.Count} axes");
            return Inference.One(x.ElementType, Enumerable.Repeat(Dimension.Unknown, x.Rank - a.SqueezeMask.Count(flag => flag != 0)));
        },
        EvaluateWith = static (context, a) =>
        {
            long[] stride = context.Longs(3);
            if (stride.Any(step => step is 0 or < -int.MaxValue or > int.MaxValue)) throw context.Error(3, $"[{string.Join(", ", stride)}]", "steps other than 0");
            SliceByIndex!.EvaluateWith(context, new([.. stride.Select(step => (int)step)], Flags(context, 4), Flags(context, 5), a.SqueezeMask));

            static Ints Flags(EvaluationContext context, int input) => [.. context.Longs(input).Select(flag => flag != 0 ? 1 : 0)];
        },
    };

    /// <summary><see cref="NonMaximumSuppression"/> with thresholds and the number of boxes as inputs, where they are given.</summary>
    public static readonly Operator<SuppressionAttributes> SuppressDynamic = new("suppress_dynamic")
    {
        Inputs = [new("boxes", ElementTypes.Floats), new("scores", ElementTypes.Floats), new("iou_threshold", ElementTypes.Floats, Optional: true), new("score_threshold", ElementTypes.Floats, Optional: true),
                  new("max_boxes", ElementTypes.Numbers, Optional: true)],
        InferWith = static (context, a) =>
        {
            for (int input = 2; input < 5; input++)
                if (context.Has(input)) context.Require(MayBeOne(context.Input(input)), input, "one number");
            TensorType boxes = context.Input(0), scores = context.Input(1);
            context.Require(boxes.Rank == 3 && Inference.MayEqual(boxes.Dimensions[2], 4), 0, "boxes of 4 coordinates in batches");
            context.Require(scores.Rank == 3 && Inference.MayEqual(scores.Dimensions[0], boxes.Dimensions[0]) && Inference.MayEqual(scores.Dimensions[1], boxes.Dimensions[1]), 1, $"scores for the boxes of {boxes}");
            Dimension count = context.Has(4) ? Dimension.Unknown : a.MaxBoxes;
            return [new TensorValueType(new(boxes.ElementType, [boxes.Dimensions[0], count, 4])), new TensorValueType(new(scores.ElementType, [boxes.Dimensions[0], count, scores.Dimensions[2]])),
                new TensorValueType(new(ElementType.Int32, [boxes.Dimensions[0], count])), new TensorValueType(new(ElementType.Int32, [boxes.Dimensions[0]]))];
        },
        EvaluateWith = static (context, a) =>
        {
            double max = context.Has(4) ? One(context, 4) : a.MaxBoxes;
            if (!(max is >= 0 and <= 1 << 24)) throw context.Error(context.Has(4) ? 4 : 0, $"{max} boxes", $"0 to {1 << 24} boxes");
            NonMaximumSuppression!.EvaluateWith(context, a with
            {
                IouThreshold = context.Has(2) ? One(context, 2) : a.IouThreshold,
                ScoreThreshold = context.Has(3) ? One(context, 3) : a.ScoreThreshold,
                MaxBoxes = (int)max,
            });

            static double One(EvaluationContext context, int input) => context.Doubles(input) is [var only] ? only : throw context.Error(input, context.Input(input).ToString(), "one number");
        },
    };
}
