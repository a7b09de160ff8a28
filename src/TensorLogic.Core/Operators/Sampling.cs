namespace TensorLogic.Operators;

/// <summary>Images sampled at computed positions. Sources: MIL <c>affine</c>, <c>resample</c>, <c>crop_resize</c> (iOS15 to iOS17).</summary>
internal static partial class Op
{
    /// <summary>What lies outside of an image.</summary>
    public enum BorderMode
    {
        /// <summary>One value.</summary>
        Constant,
        /// <summary>The nearest edge.</summary>
        Border,
        /// <summary>The mirror image about the edge elements: 3 2 | 1 2 3 | 2 1.</summary>
        Reflection,
        /// <summary>The mirror image with the edge elements: 2 1 | 1 2 3 | 3 2.</summary>
        Symmetric,
    }

    public enum CoordinateMode
    {
        Unnormalized,
        MinusOneToOne,
        ZeroToOne,
    }

    public sealed record ResampleAttributes(bool Nearest, BorderMode Border, double PaddingValue, CoordinateMode Coordinates, bool AlignCorners) : OperatorAttributes;

    public sealed record AffineAttributes(int Height, int Width, bool Nearest, BorderMode Border, double PaddingValue, CoordinateMode Coordinates, bool AlignCorners) : OperatorAttributes;

    /// <summary>CenterSize: boxes are given by centre and size instead of corners; WidthFirst: x before y.</summary>
    public sealed record CropResizeAttributes(int Height, int Width, bool Normalized, double SpatialScale, bool CenterSize, bool WidthFirst, SamplingMode Mode, double PadValue) : OperatorAttributes;

    /// <summary>x [n, c, h, w] at coordinates [n, h2, w2, (x, y)].</summary>
    public static readonly Operator<ResampleAttributes> Resample = new("resample")
    {
        Inputs = [new("x", ElementTypes.Floats), new("coordinates", ElementTypes.Numbers)],
        InferWith = static (context, _) =>
        {
            TensorType x = context.Input(0), at = context.Input(1);
            context.Require(x.Rank == 4, 0, "a tensor with 4 axes");
            context.Require(at.Rank == 4 && Inference.MayEqual(at.Dimensions[3], 2) && Inference.MayEqual(at.Dimensions[0], x.Dimensions[0]), 1, $"pairs of coordinates, [{x.Dimensions[0]}, height, width, 2]");
            return Inference.One(x.ElementType, x.Dimensions[0], x.Dimensions[1], at.Dimensions[1], at.Dimensions[2]);
        },
        EvaluateWith = static (context, a) =>
        {
            Shape x = context.Input(0).Shape, at = context.Input(1).Shape;
            if (at[0] != x[0] || at[3] != 2) throw context.Error(1, context.Input(1).ToString(), $"pairs of coordinates for {x[0]} images");
            double[] coordinates = context.Doubles(1);
            (int height, int width) = (at[1], at[2]);
            Sample(context, height, width, a.Nearest, a.Border, a.PaddingValue, (n, row, column) =>
            {
                long i = (((long)n * height + row) * width + column) * 2;
                return (Unnormalized(coordinates[i + 1], x[2], a.Coordinates, a.AlignCorners), Unnormalized(coordinates[i], x[3], a.Coordinates, a.AlignCorners));
            });
        },
    };

    /// <summary>x [n, c, h, w] at positions that a matrix [a0, a1, a2, b0, b1, b2] for each image, or for all, gives for the output's.</summary>
    public static readonly Operator<AffineAttributes> Affine = new("affine")
    {
        Inputs = [new("x", ElementTypes.Floats), new("transform_matrix", ElementTypes.Floats)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0), matrix = context.Input(1);
            context.Require(x.Rank == 4 && a.Height > 0 && a.Width > 0, 0, "a tensor with 4 axes, and an output size above 0");
            context.Require(matrix.Rank == 2 && Inference.MayEqual(matrix.Dimensions[1], 6) && (Inference.MayEqual(matrix.Dimensions[0], 1) || Inference.MayEqual(matrix.Dimensions[0], x.Dimensions[0])), 1, "6 numbers for each image or for all");
            return Inference.One(x.ElementType, x.Dimensions[0], x.Dimensions[1], a.Height, a.Width);
        },
        EvaluateWith = static (context, a) =>
        {
            Shape x = context.Input(0).Shape, shape = context.Input(1).Shape;
            if (shape[1] != 6 || shape[0] != 1 && shape[0] != x[0]) throw context.Error(1, context.Input(1).ToString(), $"6 numbers for each of {x[0]} images or for all");
            double[] m = context.Doubles(1);
            Sample(context, a.Height, a.Width, a.Nearest, a.Border, a.PaddingValue, (n, row, column) =>
            {
                int k = shape[0] == 1 ? 0 : 6 * n;
                double across = Normalized(column, a.Width, a.Coordinates, a.AlignCorners), down = Normalized(row, a.Height, a.Coordinates, a.AlignCorners);
                double left = m[k] * across + m[k + 1] * down + m[k + 2], top = m[k + 3] * across + m[k + 4] * down + m[k + 5];
                return (Unnormalized(top, x[2], a.Coordinates, a.AlignCorners), Unnormalized(left, x[3], a.Coordinates, a.AlignCorners));
            });
        },
    };

    /// <summary>Boxes of images, each resized. Boxes [k, 1, 4, 1, 1] are taken from every image, [k, 1, 5, 1, 1] from the image that comes first
    /// (result [k, n or 1, c, height, width]); boxes [k, 4] from the images that box_indices names, else box i from image i (result [k, c, height, width]).</summary>
    public static readonly Operator<CropResizeAttributes> CropResize = new("crop_resize")
    {
        Inputs = [new("x", ElementTypes.Floats), new("boxes", ElementTypes.Numbers), new("box_indices", ElementTypes.Integers, Optional: true)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0), boxes = context.Input(1);
            context.Require(x.Rank == 4 && a.Height > 0 && a.Width > 0, 0, "a tensor with 4 axes, and a target size above 0");
            if (boxes.Rank == 2)
            {
                context.Require(Inference.MayEqual(boxes.Dimensions[1], 4), 1, "boxes of 4 coordinates");
                if (context.Has(2)) context.Require(context.Input(2).Rank == 1 && Inference.MayEqual(context.Input(2).Dimensions[0], boxes.Dimensions[0]), 2, $"an index for each of {boxes.Dimensions[0]} boxes");
                return Inference.One(x.ElementType, boxes.Dimensions[0], x.Dimensions[1], a.Height, a.Width);
            }
            context.Require(boxes.Rank == 5 && boxes.Dimensions[2].Size is 4 or 5 && Inference.MayEqual(boxes.Dimensions[1], 1) && Inference.MayEqual(boxes.Dimensions[3], 1) && Inference.MayEqual(boxes.Dimensions[4], 1), 1, "boxes [k, 1, 4 or 5, 1, 1]");
            return Inference.One(x.ElementType, boxes.Dimensions[0], boxes.Dimensions[2].Size == 5 ? 1 : x.Dimensions[0], x.Dimensions[1], a.Height, a.Width);
        },
        EvaluateWith = static (context, a) =>
        {
            Shape x = context.Input(0).Shape, shape = context.Input(1).Shape;
            double[] boxes = context.Doubles(1), values = context.Doubles(0);
            int count = shape[0], width = shape.Rank == 2 ? 4 : shape[2];
            if (boxes.Length != (long)count * width || width is not (4 or 5)) throw context.Error(1, context.Input(1).ToString(), "boxes of 4 coordinates");
            bool every = shape.Rank == 5 && width == 4;
            int repeats = every ? x[0] : 1;
            long[]? images = context.Has(2) ? context.Longs(2) : null;
            if (images is not null && images.Length != count) throw context.Error(2, context.Input(2).ToString(), $"an index for each of {count} boxes");
            long plane = (long)x[2] * x[3];
            var y = new double[checked((long)count * repeats * x[1] * a.Height * a.Width)];
            long at = 0;
            for (int k = 0; k < count; k++)
            for (int repeat = 0; repeat < repeats; repeat++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                double image = every ? repeat : width == 5 ? boxes[k * 5] : images?[k] ?? k;
                if (!(image >= 0 && image < x[0])) throw context.Error(width == 5 ? 1 : 2, $"image {image}", $"one of {x[0]} images");
                double[] rows = BoxPositions(boxes.AsSpan(k * width + width - 4, 4), a, vertical: true, x[2]), columns = BoxPositions(boxes.AsSpan(k * width + width - 4, 4), a, vertical: false, x[3]);
                for (int c = 0; c < x[1]; c++)
                {
                    ReadOnlyMemory<double> source = values.AsMemory((int)(((long)image * x[1] + c) * plane), (int)plane);
                    foreach (double row in rows)
                    foreach (double column in columns)
                        y[at++] = row < 0 || column < 0 || row > x[2] - 1 || column > x[3] - 1 || double.IsNaN(row + column) ? a.PadValue : Tap(source.Span, x[2], x[3], row, column, false, BorderMode.Border, 0);
                }
            }
            context.Write(0, shape.Rank == 2 ? [count, x[1], a.Height, a.Width] : [count, repeats, x[1], a.Height, a.Width], y);
        },
    };

    // Where the crop's rows or columns lie in the image.
    private static double[] BoxPositions(ReadOnlySpan<double> box, CropResizeAttributes a, bool vertical, int size)
    {
        int first = vertical == a.WidthFirst ? 1 : 0, count = vertical ? a.Height : a.Width;
        double start = box[first], end = box[first + 2];
        if (a.CenterSize) (start, end) = (start - end / 2, start + end / 2);
        // A box without extent is not a region of the image: Core ML then takes all of it. Recorded for this mode alone.
        if (a.Mode == SamplingMode.UnalignCorners && start > end) return [.. Enumerable.Range(0, count).Select(i => SamplePosition(a.Mode, i, size, count))];
        double scale = a.SpatialScale * (a.Normalized ? size - 1 : 1);
        (start, end) = (start * scale, end * scale);
        double length = end - start;
        var positions = new double[count];
        for (int i = 0; i < count; i++)
            positions[i] = a.Mode switch
            {
                SamplingMode.StrictAlignCorners => count == 1 ? start : start + i * length / (count - 1),
                SamplingMode.AlignCorners => count == 1 ? start + length / 2 : start + i * length / (count - 1),
                SamplingMode.OffsetCorners => start + (i + 0.5) * Math.Max(1, length) / count,
                SamplingMode.UnalignCorners => Math.Min(Math.Max((i + 0.5) * (length + 1) / count - 0.5, 0), Math.Max(length, 0)) + start,
                _ => Math.Min(i * (length + 1) / count, Math.Max(length, 0)) + start,
            };
        return positions;
    }

    private static double Unnormalized(double position, int size, CoordinateMode mode, bool align) => mode switch
    {
        CoordinateMode.MinusOneToOne => align ? (position + 1) / 2 * (size - 1) : ((position + 1) * size - 1) / 2,
        CoordinateMode.ZeroToOne => align ? position * (size - 1) : position * size - 0.5,
        _ => position,
    };

    private static double Normalized(double position, int size, CoordinateMode mode, bool align)
    {
        if (mode == CoordinateMode.Unnormalized) return position;
        double share = align ? size == 1 ? 0 : position / (size - 1) : (position + 0.5) / size;
        return mode == CoordinateMode.ZeroToOne ? share : 2 * share - 1;
    }

    // y[n, c, row, column] = x[n, c] at the position given.
    private static void Sample(EvaluationContext context, int height, int width, bool nearest, BorderMode border, double padding, Func<int, int, int, (double Row, double Column)> position)
    {
        Shape x = context.Input(0).Shape;
        double[] values = context.Doubles(0);
        Shape shape = [x[0], x[1], height, width];
        var y = new double[shape.ElementCount];
        int plane = checked(x[2] * x[3]);
        for (int n = 0; n < x[0]; n++)
        for (int row = 0; row < height; row++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            for (int column = 0; column < width; column++)
            {
                (double down, double across) = position(n, row, column);
                for (int c = 0; c < x[1]; c++)
                    y[(((long)n * x[1] + c) * height + row) * width + column] = Tap(values.AsSpan((n * x[1] + c) * plane, plane), x[2], x[3], down, across, nearest, border, padding);
            }
        }
        context.Write(0, shape, y);
    }

    private static double Tap(ReadOnlySpan<double> image, int height, int width, double row, double column, bool nearest, BorderMode border, double padding)
    {
        if (height == 0 || width == 0 || double.IsNaN(row) || double.IsNaN(column)) return padding;
        (row, column) = (Math.Clamp(row, -1e9, 1e9), Math.Clamp(column, -1e9, 1e9));
        if (nearest) return Element(image, height, width, (int)Math.Floor(row + 0.5), (int)Math.Floor(column + 0.5), border, padding);
        int top = (int)Math.Floor(row), left = (int)Math.Floor(column);
        double down = row - top, across = column - left;
        double y = 0;
        for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
        {
            double weight = (i == 0 ? 1 - down : down) * (j == 0 ? 1 - across : across);
            if (weight != 0) y += weight * Element(image, height, width, top + i, left + j, border, padding);
        }
        return y;
    }

    private static double Element(ReadOnlySpan<double> image, int height, int width, int row, int column, BorderMode border, double padding)
    {
        (row, column) = (Inside(row, height, border), Inside(column, width, border));
        return row < 0 || column < 0 ? padding : image[row * width + column];
    }

    // The element that stands at an index; -1 for none.
    private static int Inside(int index, int size, BorderMode border)
    {
        if ((uint)index < (uint)size) return index;
        switch (border)
        {
            case BorderMode.Border: return Math.Clamp(index, 0, size - 1);
            case BorderMode.Reflection when size == 1: return 0;
            case BorderMode.Reflection:
                long around = (index % (2L * size - 2) + 2L * size - 2) % (2L * size - 2);
                return (int)(around < size ? around : 2L * size - 2 - around);
            case BorderMode.Symmetric:
                long twice = (index % (2L * size) + 2L * size) % (2L * size);
                return (int)(twice < size ? twice : 2L * size - 1 - twice);
            default: return -1;
        }
    }
}
