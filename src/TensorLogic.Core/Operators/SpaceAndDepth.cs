namespace TensorLogic.Operators;

/// <summary>Operators that move blocks of pixels between axes, x being [n, c, h, w]. Sources: MIL <c>tensor_transformation</c> (iOS15, iOS16).</summary>
internal static partial class Op
{
    /// <summary>Edge of a square block.</summary>
    public sealed record BlockAttributes(int Size) : OperatorAttributes;

    /// <summary>Edges of a block, and pixels before and after each spatial axis that are padded or cropped.</summary>
    public sealed record BatchBlockAttributes(Ints Block, Ints Margins) : OperatorAttributes;

    /// <summary>[n, c·r·r, h, w] to [n, c, h·r, w·r]; channels are ordered (c, row, column).</summary>
    public static readonly Operator<BlockAttributes> PixelShuffle = Up("pixel_shuffle", channelsFirst: true);

    /// <summary>[n, c·r·r, h, w] to [n, c, h·r, w·r]; channels are ordered (row, column, c).</summary>
    public static readonly Operator<BlockAttributes> DepthToSpace = Up("depth_to_space", channelsFirst: false);

    /// <summary>[n, c, h·r, w·r] to [n, c·r·r, h, w]; channels are ordered (c, row, column).</summary>
    public static readonly Operator<BlockAttributes> PixelUnshuffle = Down("pixel_unshuffle", channelsFirst: true);

    /// <summary>[n, c, h·r, w·r] to [n, c·r·r, h, w]; channels are ordered (row, column, c).</summary>
    public static readonly Operator<BlockAttributes> SpaceToDepth = Down("space_to_depth", channelsFirst: false);

    /// <summary>Zeros around the image, then each pixel of a block to a batch of its own: [n, c, h, w] to [b0·b1·n, c, h / b0, w / b1].</summary>
    public static readonly Operator<BatchBlockAttributes> SpaceToBatch = new("space_to_batch")
    {
        Inputs = [new("x", ElementTypes.Any)],
        InferWith = static (context, a) =>
        {
            TensorType x = Image(context, a);
            (int b0, int b1) = (a.Block[0], a.Block[1]);
            return Inference.One(x.ElementType, Times(x.Dimensions[0], (long)b0 * b1), x.Dimensions[1],
                Divided(context, Plus(x.Dimensions[2], (long)a.Margins[0] + a.Margins[1]), b0), Divided(context, Plus(x.Dimensions[3], (long)a.Margins[2] + a.Margins[3]), b1));
        },
        EvaluateWith = static (context, a) =>
        {
            Tensor x = context.Input(0);
            (int n, int c, int b0, int b1) = (x.Shape[0], x.Shape[1], a.Block[0], a.Block[1]);
            (long h, long w) = ((long)x.Shape[2] + a.Margins[0] + a.Margins[1], (long)x.Shape[3] + a.Margins[2] + a.Margins[3]);
            if (h % b0 != 0 || w % b1 != 0 || h > int.MaxValue || w > int.MaxValue) throw context.Error(0, x.ToString(), $"an image that divides into blocks of {a.Block} with its padding");
            using Tensor padded = Tensor.Create(x.ElementType, Shape.Create(n, c, (int)h, (int)w));
            using (Tensor rows = padded.Slice(2, a.Margins[0], x.Shape[2]))
            using (Tensor inner = rows.Slice(3, a.Margins[2], x.Shape[3]))
                x.CopyTo(inner);
            Regroup(context, padded, [n, c, (int)h / b0, b0, (int)w / b1, b1], [3, 5, 0, 1, 2, 4], [n * b0 * b1, c, (int)h / b0, (int)w / b1]);
        },
    };

    /// <summary>The inverse: batches to the pixels of blocks, then the margins cropped.</summary>
    public static readonly Operator<BatchBlockAttributes> BatchToSpace = new("batch_to_space")
    {
        Inputs = [new("x", ElementTypes.Any)],
        InferWith = static (context, a) =>
        {
            TensorType x = Image(context, a);
            Dimension h = Plus(Times(x.Dimensions[2], a.Block[0]), -((long)a.Margins[0] + a.Margins[1])), w = Plus(Times(x.Dimensions[3], a.Block[1]), -((long)a.Margins[2] + a.Margins[3]));
            context.Require(h.Size is not < 0 && w.Size is not < 0, 0, "an image larger than what is cropped");
            return Inference.One(x.ElementType, Divided(context, x.Dimensions[0], (long)a.Block[0] * a.Block[1]), x.Dimensions[1], h, w);
        },
        EvaluateWith = static (context, a) =>
        {
            Tensor x = context.Input(0);
            (int n, int c, int h, int w, int b0, int b1) = (x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], a.Block[0], a.Block[1]);
            (long height, long width) = ((long)h * b0 - a.Margins[0] - a.Margins[1], (long)w * b1 - a.Margins[2] - a.Margins[3]);
            if (n % ((long)b0 * b1) != 0 || height < 0 || width < 0) throw context.Error(0, x.ToString(), $"batches that make blocks of {a.Block}, larger than what is cropped");
            using Tensor split = x.Reshape(b0, b1, n / (b0 * b1), c, h, w);
            using Tensor ordered = split.Transpose(2, 3, 4, 0, 5, 1);
            using Tensor image = ordered.Reshape(n / (b0 * b1), c, h * b0, w * b1);
            using Tensor rows = image.Slice(2, a.Margins[0], (int)height);
            context.SetOutput(0, rows.Slice(3, a.Margins[2], (int)width));
        },
    };

    private static Operator<BlockAttributes> Up(string name, bool channelsFirst) => new(name)
    {
        Inputs = [new("x", ElementTypes.Any)],
        InferWith = static (context, a) =>
        {
            TensorType x = Image(context, a.Size);
            return Inference.One(x.ElementType, x.Dimensions[0], Divided(context, x.Dimensions[1], (long)a.Size * a.Size), Times(x.Dimensions[2], a.Size), Times(x.Dimensions[3], a.Size));
        },
        EvaluateWith = (context, a) =>
        {
            Tensor x = context.Input(0);
            (int n, int c, int h, int w, int r) = (x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], a.Size);
            if (c % ((long)r * r) != 0) throw context.Error(0, x.ToString(), $"channels that divide by {(long)r * r}");
            c /= r * r;
            if (channelsFirst) Regroup(context, x, [n, c, r, r, h, w], [0, 1, 4, 2, 5, 3], [n, c, h * r, w * r]);
            else Regroup(context, x, [n, r, r, c, h, w], [0, 3, 4, 1, 5, 2], [n, c, h * r, w * r]);
        },
    };

    private static Operator<BlockAttributes> Down(string name, bool channelsFirst) => new(name)
    {
        Inputs = [new("x", ElementTypes.Any)],
        InferWith = static (context, a) =>
        {
            TensorType x = Image(context, a.Size);
            return Inference.One(x.ElementType, x.Dimensions[0], Times(x.Dimensions[1], (long)a.Size * a.Size), Divided(context, x.Dimensions[2], a.Size), Divided(context, x.Dimensions[3], a.Size));
        },
        EvaluateWith = (context, a) =>
        {
            Tensor x = context.Input(0);
            (int n, int c, int h, int w, int r) = (x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], a.Size);
            if (h % r != 0 || w % r != 0) throw context.Error(0, x.ToString(), $"a height and a width that divide by {r}");
            Regroup(context, x, [n, c, h / r, r, w / r, r], channelsFirst ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4], [n, c * r * r, h / r, w / r]);
        },
    };

    private static void Regroup(EvaluationContext context, Tensor x, int[] split, int[] perm, int[] shape)
    {
        using Tensor parts = x.Reshape(split);
        using Tensor ordered = parts.Transpose(perm);
        context.SetOutput(0, ordered.Reshape(shape));
    }

    private static TensorType Image(InferenceContext context, int block)
    {
        TensorType x = context.Input(0);
        context.Require(x.Rank == 4, 0, "a tensor with 4 axes");
        context.Require(block is > 0 and < 1 << 15, 0, $"a tensor and a block size from 1 to {(1 << 15) - 1}, not {block}");
        return x;
    }

    private static TensorType Image(InferenceContext context, BatchBlockAttributes a)
    {
        context.Require(a.Block.Count == 2 && a.Margins.Count == 4 && a.Margins.All(margin => margin >= 0), 0, "a tensor, two block sizes and four margins of 0 or more");
        Image(context, a.Block[0]);
        return Image(context, a.Block[1]);
    }

    private static Dimension Times(Dimension size, long factor) => size.Size is int known ? checked((int)Math.Min(known * factor, int.MaxValue)) : Dimension.Unknown;

    private static Dimension Plus(Dimension size, long more) => size.Size is int known ? (int)Math.Clamp(known + more, int.MinValue, int.MaxValue) : Dimension.Unknown;

    private static Dimension Divided(InferenceContext context, Dimension size, long divisor)
    {
        if (size.Size is not int known) return Dimension.Unknown;
        context.Require(known % divisor == 0, 0, $"a tensor whose size {known} divides by {divisor}");
        return (int)(known / divisor);
    }
}
