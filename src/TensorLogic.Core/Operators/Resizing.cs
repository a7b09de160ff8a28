namespace TensorLogic.Operators;

/// <summary>Resizing of the last axes by interpolation. Sources: MIL <c>image_resizing</c> (iOS15 to iOS17).</summary>
internal static partial class Op
{
    /// <summary>Where along an axis of n elements the output's elements are sampled; o is the output's size.</summary>
    public enum SamplingMode
    {
        /// <summary>i · n / o.</summary>
        Default,
        /// <summary>i · (n - 1) / (o - 1); 0 for o = 1.</summary>
        StrictAlignCorners,
        /// <summary>As <see cref="StrictAlignCorners"/>; the middle for o = 1.</summary>
        AlignCorners,
        /// <summary>(i + 1/2) · n / o - 1/2.</summary>
        UnalignCorners,
        /// <summary>(i + 1/2) · max(1, n - 1) / o.</summary>
        OffsetCorners,
    }

    /// <summary>Axes: how many of the last axes are resized. Floor: the nearest element is the one at or before the position.</summary>
    public sealed record ResizeAttributes(int Axes, SamplingMode Mode, bool Nearest, bool Floor = false) : OperatorAttributes;

    /// <summary>Scale factors of the last axes.</summary>
    public sealed record UpsampleAttributes(double Height, double Width, SamplingMode Mode, bool Nearest) : OperatorAttributes;

    /// <summary>Elements dropped at both ends of the last two axes.</summary>
    public sealed record CropAttributes(Ints Height, Ints Width) : OperatorAttributes;

    /// <summary>x with its last axes resized to the last sizes of shape; 0 keeps a size.</summary>
    public static readonly Operator<ResizeAttributes> Resize = new("resize")
    {
        Inputs = [new("x", ElementTypes.Numbers), new("shape", ElementTypes.Integers)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0), shape = context.Input(1);
            context.Require(a.Axes >= 0 && a.Axes <= x.Rank, 0, $"a tensor with at least {a.Axes} axes");
            context.Require(shape.Rank == 1 && (shape.Dimensions[0].Size is not int count || count >= a.Axes), 1, $"a vector of at least {a.Axes} sizes");
            int[]? target = context.Integers(1);
            context.Require(target is null || target.All(size => size >= 0), 1, "sizes of 0 or more");
            return Inference.One(x.ElementType, x.Dimensions.Select((size, axis) => axis < x.Rank - a.Axes ? size
                : target is null ? Dimension.Unknown : target[^(x.Rank - axis)] is > 0 and var given ? given : size));
        },
        EvaluateWith = static (context, a) =>
        {
            Shape x = context.Input(0).Shape;
            long[] target = context.Longs(1);
            if (target.Length < a.Axes || target.Any(size => size is < 0 or > int.MaxValue)) throw context.Error(1, $"[{string.Join(", ", target)}]", $"{a.Axes} sizes of 0 or more");
            int[] sizes = [.. x.Select((size, axis) => axis < x.Rank - a.Axes || target[^(x.Rank - axis)] == 0 ? size : (int)target[^(x.Rank - axis)])];
            Interpolate(context, sizes, x.Rank - a.Axes, a.Mode, a.Nearest, a.Floor);
        },
    };

    /// <summary>x with its last two axes scaled: sizes are rounded down, and positions are those of the sizes.</summary>
    public static readonly Operator<UpsampleAttributes> Upsample = new("upsample")
    {
        Inputs = [new("x", ElementTypes.Floats)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0);
            context.Require(x.Rank >= 2, 0, "a tensor with at least 2 axes");
            return Inference.One(x.ElementType, [.. x.Dimensions[..^2], Scaled(x.Dimensions[^2], a.Height), Scaled(x.Dimensions[^1], a.Width)]);

            Dimension Scaled(Dimension size, double factor)
            {
                if (size.Size is not int known) return Dimension.Unknown;
                context.Require(ScaledSize(known, factor) is int, 0, $"a tensor that can be scaled by {factor}");
                return ScaledSize(known, factor)!.Value;
            }
        },
        EvaluateWith = static (context, a) =>
        {
            Tensor x = context.Input(0);
            if (ScaledSize(x.Shape[-2], a.Height) is not int height || ScaledSize(x.Shape[-1], a.Width) is not int width) throw context.Error(0, x.ToString(), $"a tensor that can be scaled by {a.Height} and {a.Width}");
            Interpolate(context, [.. x.Shape.Sizes[..^2], height, width], x.Rank - 2, a.Mode, a.Nearest, true);
        },
    };

    /// <summary>x without the first and last elements of the last two axes.</summary>
    public static readonly Operator<CropAttributes> Crop = new("crop")
    {
        Inputs = [new("x", ElementTypes.Any)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0);
            context.Require(x.Rank >= 2 && a.Height.Count == 2 && a.Width.Count == 2 && a.Height.Concat(a.Width).All(amount => amount >= 0), 0, "a tensor with at least 2 axes, and two amounts of 0 or more for each of the last two");
            Dimension height = Plus(x.Dimensions[^2], -((long)a.Height[0] + a.Height[1])), width = Plus(x.Dimensions[^1], -((long)a.Width[0] + a.Width[1]));
            context.Require(height.Size is not < 0 && width.Size is not < 0, 0, "a tensor larger than what is cropped");
            return Inference.One(x.ElementType, [.. x.Dimensions[..^2], height, width]);
        },
        EvaluateWith = static (context, a) =>
        {
            Tensor x = context.Input(0);
            long height = x.Shape[-2] - (long)a.Height[0] - a.Height[1], width = x.Shape[-1] - (long)a.Width[0] - a.Width[1];
            if (height < 0 || width < 0) throw context.Error(0, x.ToString(), "a tensor larger than what is cropped");
            using Tensor rows = x.Slice(x.Rank - 2, height == 0 ? 0 : a.Height[0], (int)height);
            context.SetOutput(0, rows.Slice(x.Rank - 1, width == 0 ? 0 : a.Width[0], (int)width));
        },
    };

    private static int? ScaledSize(int size, double factor)
    {
        double scaled = Math.Floor(size * factor);
        return factor > 0 && scaled <= int.MaxValue ? (int)scaled : null;
    }

    /// <summary>Where output element i of <paramref name="count"/> lies on an axis whose elements stand at 0 to <paramref name="size"/> - 1.</summary>
    private static double SamplePosition(SamplingMode mode, int i, double size, int count)
    {
        double position = mode switch
        {
            SamplingMode.StrictAlignCorners => count == 1 ? 0 : i * (size - 1) / (count - 1),
            SamplingMode.AlignCorners => count == 1 ? (size - 1) / 2 : i * (size - 1) / (count - 1),
            SamplingMode.UnalignCorners => (i + 0.5) * size / count - 0.5,
            SamplingMode.OffsetCorners => (i + 0.5) * Math.Max(1, size - 1) / count,
            _ => i * size / count,
        };
        return Math.Min(Math.Max(position, 0), Math.Max(size - 1, 0));
    }

    // One axis after another: linear interpolation over several axes is the product of that over each.
    private static void Interpolate(EvaluationContext context, int[] sizes, int first, SamplingMode mode, bool nearest, bool floor)
    {
        int[] shape = [.. context.Input(0).Shape];
        double[] values = context.Doubles(0);
        for (int axis = first; axis < shape.Length; axis++)
        {
            // With equal sizes every mode but one samples the elements themselves.
            if (sizes[axis] == shape[axis] && (mode != SamplingMode.OffsetCorners || shape[axis] == 0)) continue;
            if (shape[axis] == 0) throw context.Error(0, context.Input(0).ToString(), $"an element along axis {axis} to sample");
            values = Interpolated(context, values, shape, axis, sizes[axis], mode, nearest, floor);
            shape[axis] = sizes[axis];
        }
        context.Write(0, Shape.Create(shape), values);
    }

    private static double[] Interpolated(EvaluationContext context, double[] x, int[] shape, int axis, int count, SamplingMode mode, bool nearest, bool floor)
    {
        long outer = 1, inner = 1, size = shape[axis];
        foreach (int n in shape.AsSpan(0, axis)) outer *= n;
        foreach (int n in shape.AsSpan(axis + 1)) inner *= n;
        var y = new double[checked(outer * count * inner)];
        for (int i = 0; i < count; i++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            double position = SamplePosition(mode, i, size, count);
            // The exact quotient decides, so that no rounding error moves a sample to its neighbour.
            long low = nearest ? floor ? (long)i * size / count : (long)Math.Floor(position + 0.5) : (long)Math.Floor(position);
            low = Math.Clamp(low, 0, size - 1);
            double part = nearest ? 0 : position - low;
            long high = Math.Min(low + 1, size - 1);
            for (long o = 0; o < outer; o++)
            for (long k = 0; k < inner; k++)
            {
                double a = x[(o * size + low) * inner + k];
                y[(o * count + i) * inner + k] = part == 0 ? a : a * (1 - part) + x[(o * size + high) * inner + k] * part;
            }
        }
        return y;
    }
}
