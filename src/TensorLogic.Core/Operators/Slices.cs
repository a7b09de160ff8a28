namespace TensorLogic.Operators;

/// <summary>Slices, padding and repetition. Sources: MIL <c>slice_by_index</c>, <c>slice_by_size</c>, <c>pad</c>, <c>tile</c>, <c>reverse</c>, <c>fill</c> (iOS15).</summary>
internal static partial class Op
{
    /// <summary>Steps and masks by axis; an empty list stands for steps of 1 and for no mask. A mask is 0 or 1: where it is 1, begin or end is
    /// the axis's own, or (squeeze) the axis is dropped and only the element at begin kept.</summary>
    public sealed record SliceByIndexAttributes(Ints Stride, Ints BeginMask, Ints EndMask, Ints SqueezeMask) : OperatorAttributes;

    public enum PadMode
    {
        Constant,
        Reflect,
        Replicate,
    }

    public sealed record PadAttributes(PadMode Mode) : OperatorAttributes;

    /// <summary>x[begin : end : stride] along each axis, with Python's rules for negative and outlying values.</summary>
    public static readonly Operator<SliceByIndexAttributes> SliceByIndex = new("slice_by_index")
    {
        DifferentiateWith = static (g, a) => g.Set(0, g.Run(SliceUpdate, a, g.ZerosOf(g.X.Shape), g.Upstream, g.Input(1), g.Input(2))),
        Inputs = [new("x", ElementTypes.Any), new("begin", ElementTypes.Integers), new("end", ElementTypes.Integers)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0);
            for (int input = 1; input <= 2; input++)
                context.Require(context.Input(input).Rank == 1 && Inference.MayEqual(context.Input(input).Dimensions[0], x.Rank), input, $"a vector of {x.Rank} indices");
            foreach (Ints list in (Ints[])[a.Stride, a.BeginMask, a.EndMask, a.SqueezeMask])
                context.Require(list.Count == 0 || list.Count == x.Rank, 0, $"a tensor with {list.Count} axes, as strides and masks have entries");
            context.Require(!a.Stride.Contains(0), 0, "strides other than 0");
            int[]? begin = context.Integers(1), end = context.Integers(2);
            List<Dimension> sizes = [];
            for (int axis = 0; axis < x.Rank; axis++)
            {
                if (Flag(a.SqueezeMask, axis)) continue;
                bool whole = Flag(a.BeginMask, axis) && Flag(a.EndMask, axis);
                if (x.Dimensions[axis].Size is int size && (begin is not null && end is not null || whole))
                    sizes.Add(Bounds(a, axis, size, begin?[axis] ?? 0, end?[axis] ?? 0).Count);
                else
                    sizes.Add(whole && Math.Abs(Step(a, axis)) == 1 ? x.Dimensions[axis] : Dimension.Unknown);
            }
            return Inference.One(x.ElementType, sizes);
        },
        EvaluateWith = static (context, a) =>
        {
            Tensor x = context.Input(0);
            long[] begin = context.Longs(1), end = context.Longs(2);
            Tensor view = x.Contiguous();
            List<int> kept = [];
            for (int axis = 0; axis < x.Rank; axis++)
            {
                (int start, int count) = Bounds(a, axis, x.Shape[axis], begin[axis], end[axis]);
                if (Flag(a.SqueezeMask, axis) && count == 0) throw context.Error(1, $"{begin[axis]} along axis {axis}", $"an index into {x}");
                Tensor next = view.Slice(axis, count == 0 ? 0 : start, count, count <= 1 ? 1 : Step(a, axis));
                view.Dispose();
                view = next;
                if (!Flag(a.SqueezeMask, axis)) kept.Add(count);
            }
            Tensor result = view.Reshape([.. kept]);
            view.Dispose();
            context.SetOutput(0, result);
        },
    };

    /// <summary>size elements from begin along each axis; a size of -1 takes all that follow.</summary>
    public static readonly Operator<NoAttributes> SliceBySize = new("slice_by_size")
    {
        Inputs = [new("x", ElementTypes.Any), new("begin", ElementTypes.Integers), new("size", ElementTypes.Integers)],
        InferWith = static (context, _) =>
        {
            TensorType x = context.Input(0);
            for (int input = 1; input <= 2; input++)
                context.Require(context.Input(input).Rank == 1 && Inference.MayEqual(context.Input(input).Dimensions[0], x.Rank), input, $"a vector with {x.Rank} elements");
            int[]? begin = context.Integers(1), size = context.Integers(2);
            for (int axis = 0; axis < x.Rank && begin is not null && size is not null; axis++)
            {
                if (x.Dimensions[axis].Size is not int known) continue;
                long start = begin[axis] < 0 ? (long)begin[axis] + known : begin[axis];
                context.Require(start >= 0 && start + Math.Max(size[axis], 0) <= known, 2, $"a part of the {known} elements of axis {axis}");
            }
            return Inference.One(x.ElementType, x.Dimensions.Select((whole, axis) => size is null ? Dimension.Unknown
                : size[axis] >= 0 ? size[axis]
                : begin is not null && whole.Size is int known ? Math.Max(0, known - (begin[axis] < 0 ? begin[axis] + known : begin[axis]))
                : Dimension.Unknown));
        },
        EvaluateWith = static (context, _) =>
        {
            Tensor x = context.Input(0);
            long[] begin = context.Longs(1), size = context.Longs(2);
            Tensor view = x.Contiguous();
            for (int axis = 0; axis < x.Rank; axis++)
            {
                int whole = x.Shape[axis];
                long start = begin[axis] < 0 ? begin[axis] + whole : begin[axis];
                long count = size[axis] == -1 ? whole - start : size[axis];
                if (start < 0 || count < 0 || start + count > whole)
                    throw context.Error(2, $"{size[axis]} elements from {begin[axis]} along axis {axis}", $"elements inside {x}");
                Tensor next = view.Slice(axis, count == 0 ? 0 : (int)start, (int)count);
                view.Dispose();
                view = next;
            }
            context.SetOutput(0, view);
        },
    };

    /// <summary>Elements before and after the last axes: a constant, a mirror image without the edge, or the edge repeated.</summary>
    public static readonly Operator<PadAttributes> Pad = new("pad")
    {
        DifferentiateWith = static (g, a) =>
        {
            if (a.Mode != PadMode.Constant) throw new UnsupportedOperatorException("pad", "its gradient exists for constant padding only");
            Tensor part = g.Upstream;
            long[] pad = TensorConversion.ReadLongs(g.Input(1));
            int first = g.X.Rank - pad.Length / 2;
            for (int axis = first; axis < g.X.Rank; axis++) part = g.Slice(part, axis, (int)pad[2 * (axis - first)], g.X.Shape[axis]);
            g.Set(0, part);
        },
        Inputs = [new("x", ElementTypes.Any), new("pad", ElementTypes.Integers), new("constant_val", ElementTypes.Any, Optional: true)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0), pads = context.Input(1);
            context.Require(pads.Rank == 1 && pads.Dimensions[0].Size is int n && n % 2 == 0 && n <= 2 * x.Rank, 1, $"pairs for at most {x.Rank} axes");
            if (context.Integers(1) is not { } pad) return Inference.One(x.ElementType, Enumerable.Repeat(Dimension.Unknown, x.Rank));
            int first = x.Rank - pad.Length / 2;
            return Inference.One(x.ElementType, x.Dimensions.Select((size, axis) =>
            {
                if (axis < first) return size;
                (int before, int after) = (pad[2 * (axis - first)], pad[2 * (axis - first) + 1]);
                if (before == 0 && after == 0) return size;
                context.Require(before >= 0 && after >= 0, 1, "amounts of 0 or more");
                if (size.Size is not int known) return Dimension.Unknown;
                if (a.Mode == PadMode.Reflect) context.Require(Math.Max(before, after) < known, 1, $"less than {known} along axis {axis} to reflect");
                if (a.Mode == PadMode.Replicate) context.Require(known > 0, 0, $"an element along axis {axis} to repeat");
                context.Require((long)known + before + after <= int.MaxValue, 1, "a result with sizes below 2^31");
                return known + before + after;
            }));
        },
        EvaluateWith = static (context, a) =>
        {
            Tensor x = context.Input(0);
            long[] pad = context.Longs(1);
            int first = x.Rank - pad.Length / 2;
            var maps = new int[x.Rank][];
            for (int axis = 0; axis < x.Rank; axis++)
            {
                int size = x.Shape[axis];
                (long before, long after) = axis < first ? (0, 0) : (pad[2 * (axis - first)], pad[2 * (axis - first) + 1]);
                if (before < 0 || after < 0 || size + before + after > int.MaxValue || a.Mode == PadMode.Reflect && Math.Max(before, after) >= Math.Max(size, 1) || a.Mode == PadMode.Replicate && size == 0)
                    throw context.Error(1, $"[{string.Join(", ", pad)}]", $"amounts that suit {x}");
                maps[axis] = [.. Enumerable.Range(0, (int)(size + before + after)).Select(i => Source((int)(i - before), size, a.Mode))];
            }
            Rearrange(context, maps, context.Has(2) ? context.Doubles(2)[0] : 0);

            static int Source(int i, int size, PadMode mode) => (uint)i < (uint)size ? i : mode switch
            {
                PadMode.Reflect => i < 0 ? -i : 2 * (size - 1) - i,
                PadMode.Replicate => Math.Clamp(i, 0, size - 1),
                _ => -1,
            };
        },
    };

    /// <summary>x repeated reps times along each axis.</summary>
    public static readonly Operator<NoAttributes> Tile = new("tile")
    {
        DifferentiateWith = static (g, _) =>
        {
            long[] reps = TensorConversion.ReadLongs(g.Input(1));
            int[] sizes = [.. g.X.Shape.SelectMany((size, axis) => (int[])[(int)reps[axis], size])];
            g.Set(0, g.Reshape(g.Sum(g.Reshape(g.Upstream, sizes), [.. Enumerable.Range(0, reps.Length).Select(axis => 2 * axis)]), g.X.Shape.Sizes));
        },
        Inputs = [new("x", ElementTypes.Any), new("reps", ElementTypes.Integers)],
        InferWith = static (context, _) =>
        {
            TensorType x = context.Input(0);
            context.Require(context.Input(1).Rank == 1 && Inference.MayEqual(context.Input(1).Dimensions[0], x.Rank), 1, $"a vector with {x.Rank} counts");
            int[]? reps = context.Integers(1);
            return Inference.One(x.ElementType, x.Dimensions.Select((size, axis) =>
            {
                if (reps is null) return Dimension.Unknown;
                context.Require(reps[axis] >= 0, 1, "counts of 0 or more");
                if (reps[axis] == 1) return size;
                if (size.Size is not int known) return Dimension.Unknown;
                context.Require((long)known * reps[axis] <= int.MaxValue, 1, "a result with sizes below 2^31");
                return known * reps[axis];
            }));
        },
        EvaluateWith = static (context, _) =>
        {
            Tensor x = context.Input(0);
            long[] reps = context.Longs(1);
            var maps = new int[x.Rank][];
            for (int axis = 0; axis < x.Rank; axis++)
            {
                int size = x.Shape[axis];
                if (reps[axis] < 0 || reps[axis] * size > int.MaxValue) throw context.Error(1, $"[{string.Join(", ", reps)}]", "counts of 0 or more and a result with sizes below 2^31");
                maps[axis] = [.. Enumerable.Range(0, (int)reps[axis] * size).Select(i => i % size)];
            }
            Rearrange(context, maps, 0);
        },
    };

    /// <summary>x with the order along some axes reversed; along all where none are given.</summary>
    public static readonly Operator<AxesAttributes> Reverse = new("reverse")
    {
        DifferentiateWith = static (g, a) => g.Set(0, g.Run(Reverse!, a, g.Upstream)),
        Inputs = [new("x", ElementTypes.Any)],
        InferWith = static (context, a) =>
        {
            Inference.Axes(context, 0, a.Axes, context.Input(0).Rank);
            return Inference.Same(context);
        },
        EvaluateWith = static (context, a) =>
        {
            Tensor x = context.Input(0);
            int[] axes = a.Axes.Count == 0 ? [.. Enumerable.Range(0, x.Rank)] : [.. a.Axes.Select(axis => x.Shape.Axis(axis))];
            Rearrange(context, [.. x.Shape.Select((size, axis) => (int[])[.. Enumerable.Range(0, size).Select(i => axes.Contains(axis) ? size - 1 - i : i)])], 0);
        },
    };

    /// <summary>A tensor of one value.</summary>
    public static readonly Operator<NoAttributes> Fill = new("fill")
    {
        Inputs = [new("shape", ElementTypes.Integers), new("value", ElementTypes.Any)],
        InferWith = static (context, _) =>
        {
            TensorType value = context.Input(1);
            int axes = context.Axes(0);
            context.Require(value.Rank == 0 || value.IsStatic && value.Shape.ElementCount == 1, 1, "one element");
            if (context.Integers(0) is not { } sizes) return Inference.One(value.ElementType, Enumerable.Repeat(Dimension.Unknown, axes));
            context.Require(sizes.All(size => size >= 0), 0, "sizes of 0 or more");
            return Inference.One(value.ElementType, sizes.Select(size => (Dimension)size));
        },
        EvaluateWith = static (context, _) =>
        {
            long[] sizes = context.Longs(0);
            if (sizes.Any(size => size is < 0 or > int.MaxValue)) throw context.Error(0, $"[{string.Join(", ", sizes)}]", "sizes from 0 to 2^31 - 1");
            using Tensor one = context.Input(1).Reshape([.. Enumerable.Repeat(1, sizes.Length)]);
            Tensor y = context.Output(0, Shape.Create(Array.ConvertAll(sizes, size => (int)size)));
            using Tensor all = one.BroadcastTo(y.Shape);
            all.CopyTo(y);
        },
    };

    private static bool Flag(Ints mask, int axis) => mask.Count > 0 && mask[axis] != 0;

    private static int Step(SliceByIndexAttributes a, int axis) => a.Stride.Count > 0 && !Flag(a.SqueezeMask, axis) ? a.Stride[axis] : 1;

    private static (int Start, int Count) Bounds(SliceByIndexAttributes a, int axis, int size, long begin, long end)
    {
        if (begin < 0) begin += size;
        if (Flag(a.SqueezeMask, axis)) return (int)begin is int only && (ulong)begin < (ulong)size ? (only, 1) : (0, 0);
        if (end < 0) end += size;
        int step = Step(a, axis);
        if (step > 0)
        {
            long from = Flag(a.BeginMask, axis) ? 0 : Math.Clamp(begin, 0, size), to = Flag(a.EndMask, axis) ? size : Math.Clamp(end, 0, size);
            return ((int)from, to <= from ? 0 : (int)((to - from + step - 1) / step));
        }
        long last = Flag(a.BeginMask, axis) ? size - 1 : Math.Clamp(begin, -1, size - 1), stop = Flag(a.EndMask, axis) ? -1 : Math.Clamp(end, -1, size - 1);
        return ((int)Math.Max(last, 0), last <= stop ? 0 : (int)((last - stop - step - 1L) / -(long)step));
    }

    /// <summary>y[i, j, …] = x[maps[0][i], maps[1][j], …]; where a map says -1, the value given.</summary>
    private static void Rearrange(EvaluationContext context, int[][] maps, double fill)
    {
        Tensor x = context.Input(0);
        Shape shape = Shape.Create([.. maps.Select(map => map.Length)]);
        long[] strides = x.Shape.RowMajorStrides();
        // Where each output element comes from, grown axis by axis; -1 stays -1.
        long[] sources = [0];
        for (int axis = 0; axis < maps.Length; axis++)
        {
            long stride = strides[axis];
            int[] map = maps[axis];
            sources = [.. sources.SelectMany(source => map.Select(i => source < 0 || i < 0 ? -1 : source + i * stride))];
        }
        if (x.ElementType.IsFloat)
        {
            double[] values = context.Doubles(0);
            context.Write(0, shape, Array.ConvertAll(sources, source => source < 0 ? fill : values[source]));
        }
        else
        {
            long[] values = context.Longs(0);
            context.Write(0, shape, Array.ConvertAll(sources, source => source < 0 ? (long)fill : values[source]));
        }
    }
}
