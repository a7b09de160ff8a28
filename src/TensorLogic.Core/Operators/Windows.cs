namespace TensorLogic.Operators;

/// <summary>Reshapes by other tensors, windows, bands and sequences. Sources: MIL <c>tensor_transformation</c>, <c>tensor_operation</c> (iOS15, iOS16).</summary>
internal static partial class Op
{
    public sealed record ReshapeLikeAttributes(Ints Begins, Ints Ends, Ints EndMasks) : OperatorAttributes;

    public sealed record SlidingWindowsAttributes(int Axis, int Size, int Stride = 1) : OperatorAttributes;

    public sealed record ReverseSequenceAttributes(int SequenceAxis = 0, int BatchAxis = 0) : OperatorAttributes;

    /// <summary>Diagonals kept below and above the main one; negative: all.</summary>
    public sealed record BandPartAttributes(int Lower = -1, int Upper = -1) : OperatorAttributes;

    /// <summary>Two axes: those before axis, and the others.</summary>
    public static readonly Operator<AxisAttributes> Flatten2d = new("flatten2d")
    {
        DifferentiateWith = static (g, _) => g.Set(0, g.Reshape(g.Upstream, g.X.Shape.Sizes)),
        Inputs = [new("x", ElementTypes.Any)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0);
            int axis = FlattenAxis(a.Axis, x.Rank);
            context.Require(axis >= 0 && axis <= x.Rank, 0, $"a tensor with an axis {a.Axis}");
            return Inference.One(x.ElementType, Product(x.Dimensions[..axis]), Product(x.Dimensions[axis..]));
        },
        EvaluateWith = static (context, a) =>
        {
            Tensor x = context.Input(0);
            int axis = FlattenAxis(a.Axis, x.Rank);
            int rows = 1, columns = 1;
            foreach (int size in x.Shape.Sizes[..axis]) rows = checked(rows * size);
            foreach (int size in x.Shape.Sizes[axis..]) columns = checked(columns * size);
            context.SetOutput(0, x.Reshape(rows, columns));
        },
    };

    /// <summary>x under the shape that slices of the shapes of the other tensors make one after another.</summary>
    public static readonly Operator<ReshapeLikeAttributes> ReshapeLike = new("reshape_like")
    {
        Inputs = [new("x", ElementTypes.Any), new("ref_tensors", ElementTypes.Any, Variadic: true)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0);
            int count = context.InputCount - 1;
            context.Require(a.Begins.Count == count && a.Ends.Count == count && (a.EndMasks.Count == 0 || a.EndMasks.Count == count), 0, $"a tensor, and begins and ends for {count} tensors");
            Dimension[] sizes = [.. Enumerable.Range(0, count).SelectMany(i =>
            {
                TensorType like = context.Input(i + 1);
                (int begin, int end) = Part(a, i, like.Rank);
                context.Require(begin >= 0 && end >= begin && end <= like.Rank, i + 1, $"a tensor with axes from {a.Begins[i]} to {a.Ends[i]}");
                return like.Dimensions[begin..end];
            })];
            context.Require(sizes.Length <= Shape.MaxRank, 1, $"at most {Shape.MaxRank} axes together");
            if (x.IsStatic && sizes.All(size => size.IsKnown))
                context.Require(sizes.Aggregate((Int128)1, (product, size) => product * size.Size!.Value) == x.Shape.ElementCount, 0, $"as many elements as [{string.Join(", ", sizes)}]");
            return Inference.One(x.ElementType, sizes);
        },
        EvaluateWith = static (context, a) =>
        {
            Tensor x = context.Input(0);
            int[] sizes = [.. Enumerable.Range(0, context.InputCount - 1).SelectMany(i =>
            {
                Shape like = context.Input(i + 1).Shape;
                (int begin, int end) = Part(a, i, like.Rank);
                return like.Sizes[begin..end].ToArray();
            })];
            if (sizes.Aggregate((Int128)1, (product, size) => product * size) != x.ElementCount) throw context.Error(0, x.ToString(), $"as many elements as [{string.Join(", ", sizes)}]");
            context.SetOutput(0, x.Reshape(sizes));
        },
    };

    /// <summary>Windows along an axis: [.., windows, size, ..].</summary>
    public static readonly Operator<SlidingWindowsAttributes> SlidingWindows = new("sliding_windows")
    {
        Inputs = [new("x", ElementTypes.Any)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0);
            int axis = Inference.Axis(context, 0, a.Axis, x.Rank);
            context.Require(x.Rank < Shape.MaxRank && a.Size > 0 && a.Stride > 0, 0, $"a tensor of at most {Shape.MaxRank - 1} axes, and a size and a stride above 0");
            Dimension windows = Dimension.Unknown;
            if (x.Dimensions[axis].Size is int size)
            {
                context.Require(size >= a.Size, 0, $"a tensor with at least {a.Size} elements along axis {axis}");
                windows = (size - a.Size) / a.Stride + 1;
            }
            return Inference.One(x.ElementType, [.. x.Dimensions[..axis], windows, a.Size, .. x.Dimensions[(axis + 1)..]]);
        },
        EvaluateWith = static (context, a) =>
        {
            Tensor x = context.Input(0);
            int axis = x.Shape.Axis(a.Axis), size = x.Shape[axis];
            if (size < a.Size) throw context.Error(0, x.ToString(), $"at least {a.Size} elements along axis {axis}");
            int windows = (size - a.Size) / a.Stride + 1;
            Tensor y = context.Output(0, Shape.Create([.. x.Shape.Sizes[..axis], windows, a.Size, .. x.Shape.Sizes[(axis + 1)..]]));
            for (int i = 0; i < windows; i++)
            {
                using Tensor from = x.Slice(axis, i * a.Stride, a.Size), to = y.Select(axis, i);
                from.CopyTo(to);
            }
        },
    };

    /// <summary>The first lengths[b] elements along the sequence axis in reverse, for each b along the batch axis.</summary>
    public static readonly Operator<ReverseSequenceAttributes> ReverseSequence = new("reverse_sequence")
    {
        Inputs = [new("x", ElementTypes.Any), new("lengths", ElementTypes.Integers)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0);
            Inference.Axis(context, 0, a.SequenceAxis, x.Rank);
            int batch = Inference.Axis(context, 0, a.BatchAxis, x.Rank);
            context.Require(context.Input(1).Rank == 1 && Inference.MayEqual(context.Input(1).Dimensions[0], x.Dimensions[batch]), 1, $"a vector of {x.Dimensions[batch]} lengths");
            return Inference.Same(context);
        },
        EvaluateWith = static (context, a) =>
        {
            Tensor x = context.Input(0);
            int sequence = x.Shape.Axis(a.SequenceAxis), batch = x.Shape.Axis(a.BatchAxis);
            long[] lengths = context.Longs(1);
            if (lengths.Length != x.Shape[batch] || lengths.Any(length => length < 0 || length > x.Shape[sequence])) throw context.Error(1, $"[{string.Join(", ", lengths)}]", $"a length from 0 to {x.Shape[sequence]} for each of {x.Shape[batch]} sequences");
            MapElements(context, x.Shape, (index, _) =>
            {
                long length = lengths[index[batch]];
                if (index[sequence] < length) index[sequence] = (int)length - 1 - index[sequence];
                return true;
            });
        },
    };

    /// <summary>Each matrix of the last two axes, with zeros outside a band around its diagonal.</summary>
    public static readonly Operator<BandPartAttributes> BandPart = new("band_part")
    {
        DifferentiateWith = static (g, a) => g.Set(0, g.Run(BandPart!, a, g.Upstream)),
        Inputs = [new("x", ElementTypes.Any)],
        InferWith = static (context, _) =>
        {
            context.Require(context.Input(0).Rank >= 2, 0, "a tensor with at least 2 axes");
            return Inference.Same(context);
        },
        EvaluateWith = static (context, a) => MapElements(context, context.Input(0).Shape, (index, rank) =>
        {
            int below = index[rank - 2] - index[rank - 1];
            return (a.Lower < 0 || below <= a.Lower) && (a.Upper < 0 || -below <= a.Upper);
        }),
    };

    /// <summary>Changes the index of an output element to that of the input element it shows; false for zero.</summary>
    private delegate bool ElementMap(int[] index, int rank);

    // y[i] = x[map(i)]: x and y have as many axes.
    private static void MapElements(EvaluationContext context, Shape shape, ElementMap map)
    {
        using Tensor x = context.Input(0).Contiguous();
        long[] strides = x.Shape.RowMajorStrides();
        long[] sources = new long[shape.ElementCount];
        int[] at = new int[shape.Rank], index = new int[shape.Rank];
        for (long i = 0; i < sources.Length; i++)
        {
            at.CopyTo(index, 0);
            sources[i] = -1;
            if (map(index, shape.Rank))
            {
                sources[i] = 0;
                for (int axis = 0; axis < index.Length; axis++) sources[i] += index[axis] * strides[axis];
            }
            Advance(at, shape);
        }
        if (x.ElementType.IsFloat)
        {
            double[] values = TensorConversion.ReadDoubles(x);
            context.Write(0, shape, Array.ConvertAll(sources, source => source < 0 ? 0 : values[source]));
        }
        else
        {
            long[] values = TensorConversion.ReadLongs(x);
            context.Write(0, shape, Array.ConvertAll(sources, source => source < 0 ? 0 : values[source]));
        }
    }

    /// <summary>The next index in row-major order.</summary>
    private static void Advance(int[] index, Shape shape)
    {
        for (int axis = index.Length - 1; axis >= 0; axis--)
        {
            if (++index[axis] < shape[axis]) return;
            index[axis] = 0;
        }
    }

    private static (int Begin, int End) Part(ReshapeLikeAttributes a, int i, int rank)
    {
        int begin = a.Begins[i] < 0 ? a.Begins[i] + rank : a.Begins[i], end = a.Ends[i] < 0 ? a.Ends[i] + rank : a.Ends[i];
        return (begin, a.EndMasks.Count > 0 && a.EndMasks[i] != 0 ? rank : end);
    }

    private static int FlattenAxis(int axis, int rank) => axis < 0 ? axis + rank : axis;

    private static Dimension Product(IEnumerable<Dimension> sizes)
    {
        long product = 1;
        foreach (Dimension size in sizes)
        {
            if (size.Size is not int known) return Dimension.Unknown;
            product = Math.Min(product * known, int.MaxValue);
        }
        return (int)product;
    }
}
