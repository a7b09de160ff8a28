using System.Collections.Immutable;

namespace TensorLogic.Operators;

/// <summary>Selection and change of single elements and slices by index tensors. Sources: MIL <c>scatter_gather</c> (iOS15 to iOS17), <c>slice_update</c> (iOS18).</summary>
/// <remarks>A negative index counts from the end, unless indices are validated; any other index outside its axis is an error.</remarks>
internal static partial class Op
{
    /// <summary>How an update meets the element that is there; repeated indices meet it one after another.</summary>
    public enum ScatterMode
    {
        Update,
        Add,
        Sub,
        Mul,
        Div,
        Max,
        Min,
    }

    public sealed record ScatterAttributes(int Axis = 0, ScatterMode Mode = ScatterMode.Add, bool ValidateIndices = false) : OperatorAttributes;

    public sealed record GatherNdAttributes(int BatchDims = 0, bool ValidateIndices = false) : OperatorAttributes;

    /// <summary>y[i, j, …] = x with the index along the axis replaced by indices[i, j, …].</summary>
    public static readonly Operator<GatherAttributes> GatherAlongAxis = new("gather_along_axis")
    {
        DifferentiateWith = static (g, a) => g.Set(0, g.Run(ScatterAlongAxis, new ScatterAttributes(a.Axis), g.ZerosOf(g.X.Shape), g.Input(1), g.Upstream)),
        Inputs = [new("x", ElementTypes.Any), new("indices", ElementTypes.Integers)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0), indices = context.Input(1);
            int axis = Inference.Axis(context, 0, a.Axis, x.Rank);
            AlongAxis(context, 1, x, indices, axis);
            Inference.CheckIndices(context, 1, [x.Dimensions[axis]], a.ValidateIndices);
            return Inference.One(x.ElementType, indices.Dimensions);
        },
        EvaluateWith = static (context, a) =>
        {
            using Tensor x = context.Input(0).Contiguous();
            Shape shape = context.Input(1).Shape;
            long[] places = PlacesAlongAxis(context, x.Shape, x.Shape.Axis(a.Axis), a.ValidateIndices);
            Pick(context, x, shape, places, 1);
        },
    };

    /// <summary>Slices of x by the vectors along the last axis of indices: shape indices[:-1] + x[batch_dims + K:].</summary>
    public static readonly Operator<GatherNdAttributes> GatherNd = new("gather_nd")
    {
        DifferentiateWith = static (g, a) =>
        {
            if (a.BatchDims != 0) throw new UnsupportedOperatorException("gather_nd", "its gradient exists without batch axes only");
            g.Set(0, g.Run(ScatterNd, new ScatterAttributes(), g.ZerosOf(g.X.Shape), g.Input(1), g.Upstream));
        },
        Inputs = [new("x", ElementTypes.Any), new("indices", ElementTypes.Integers)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0), indices = context.Input(1);
            int depth = Depth(context, indices, x.Rank - a.BatchDims);
            context.Require(a.BatchDims >= 0 && a.BatchDims < indices.Rank, 1, $"more than {a.BatchDims} axes, as batch_dims says");
            for (int k = 0; k < a.BatchDims; k++) context.Require(Inference.MayEqual(x.Dimensions[k], indices.Dimensions[k]), 1, $"size {x.Dimensions[k]} along batch axis {k}");
            context.Require(indices.Rank - 1 + x.Rank - a.BatchDims - depth <= Shape.MaxRank, 1, $"a result with at most {Shape.MaxRank} axes");
            Inference.CheckIndices(context, 1, x.Dimensions.AsSpan(a.BatchDims, depth), a.ValidateIndices);
            return Inference.One(x.ElementType, [.. indices.Dimensions[..^1], .. x.Dimensions[(a.BatchDims + depth)..]]);
        },
        EvaluateWith = static (context, a) =>
        {
            using Tensor x = context.Input(0).Contiguous();
            Shape indices = context.Input(1).Shape;
            int depth = indices[-1];
            long[] places = PlacesNd(context, x.Shape, a.BatchDims, a.ValidateIndices, out long inner);
            Pick(context, x, Shape.Create([.. indices.Sizes[..^1], .. x.Shape.Sizes[(a.BatchDims + depth)..]]), places, inner);
        },
    };

    /// <summary>data with slices along an axis changed: updates has the shape data[:axis] + indices + data[axis + 1:].</summary>
    public static readonly Operator<ScatterAttributes> Scatter = new("scatter")
    {
        DifferentiateWith = static (g, a) => ScatterGradients(g, a, Scatter!, (x, indices) => g.Run(Gather, new GatherAttributes(a.Axis), x, indices)),
        Inputs = [new("data", ElementTypes.Any), new("indices", ElementTypes.Integers), new("updates", ElementTypes.Any)],
        InferWith = static (context, a) =>
        {
            TensorType data = context.Input(0), indices = context.Input(1);
            int axis = Inference.Axis(context, 0, a.Axis, data.Rank);
            Updates(context, data, [.. data.Dimensions[..axis], .. indices.Dimensions, .. data.Dimensions[(axis + 1)..]]);
            Inference.CheckIndices(context, 1, [data.Dimensions[axis]], a.ValidateIndices);
            return Inference.Same(context);
        },
        EvaluateWith = static (context, a) =>
        {
            Shape shape = context.Input(0).Shape;
            int axis = shape.Axis(a.Axis), size = shape[axis];
            long outer = 1, inner = 1;
            foreach (int n in shape.Sizes[..axis]) outer *= n;
            foreach (int n in shape.Sizes[(axis + 1)..]) inner *= n;
            long[] indices = context.Longs(1);
            var places = new long[checked(outer * indices.Length)];
            for (int i = 0; i < indices.Length; i++)
            {
                long index = Checked(context, indices[i], size, axis, a.ValidateIndices);
                for (long o = 0; o < outer; o++) places[o * indices.Length + i] = (o * size + index) * inner;
            }
            Apply(context, places, inner, a.Mode);
        },
    };

    /// <summary>data with single elements changed: those that gather_along_axis would select.</summary>
    public static readonly Operator<ScatterAttributes> ScatterAlongAxis = new("scatter_along_axis")
    {
        DifferentiateWith = static (g, a) => ScatterGradients(g, a, ScatterAlongAxis!, (x, indices) => g.Run(GatherAlongAxis, new GatherAttributes(a.Axis), x, indices)),
        Inputs = [new("data", ElementTypes.Any), new("indices", ElementTypes.Integers), new("updates", ElementTypes.Any)],
        InferWith = static (context, a) =>
        {
            TensorType data = context.Input(0), indices = context.Input(1);
            int axis = Inference.Axis(context, 0, a.Axis, data.Rank);
            AlongAxis(context, 1, data, indices, axis);
            Inference.CheckIndices(context, 1, [data.Dimensions[axis]], a.ValidateIndices);
            Updates(context, data, indices.Dimensions);
            return Inference.Same(context);
        },
        EvaluateWith = static (context, a) =>
        {
            Shape shape = context.Input(0).Shape;
            Apply(context, PlacesAlongAxis(context, shape, shape.Axis(a.Axis), a.ValidateIndices), 1, a.Mode);
        },
    };

    /// <summary>data with slices changed: those that gather_nd would select.</summary>
    public static readonly Operator<ScatterAttributes> ScatterNd = new("scatter_nd")
    {
        DifferentiateWith = static (g, a) => ScatterGradients(g, a, ScatterNd!, (x, indices) => g.Run(GatherNd, new GatherNdAttributes(), x, indices)),
        Inputs = [new("data", ElementTypes.Any), new("indices", ElementTypes.Integers), new("updates", ElementTypes.Any)],
        InferWith = static (context, a) =>
        {
            TensorType data = context.Input(0), indices = context.Input(1);
            int depth = Depth(context, indices, data.Rank);
            Updates(context, data, [.. indices.Dimensions[..^1], .. data.Dimensions[depth..]]);
            Inference.CheckIndices(context, 1, data.Dimensions.AsSpan(0, depth), a.ValidateIndices);
            return Inference.Same(context);
        },
        EvaluateWith = static (context, a) =>
        {
            long[] places = PlacesNd(context, context.Input(0).Shape, 0, a.ValidateIndices, out long inner);
            Apply(context, places, inner, a.Mode);
        },
    };

    /// <summary>x with the elements that slice_by_index would select replaced.</summary>
    public static readonly Operator<SliceByIndexAttributes> SliceUpdate = new("slice_update")
    {
        DifferentiateWith = static (g, a) =>
        {
            if (g.Needs(0)) g.Set(0, g.Run(SliceUpdate!, a, g.Upstream, g.ZerosOf(g.Input(1).Shape), g.Input(2), g.Input(3)));
            if (g.Needs(1)) g.Set(1, g.Reshape(g.Run(SliceByIndex, a, g.Upstream, g.Input(2), g.Input(3)), g.Input(1).Shape.Sizes));
        },
        Inputs = [new("x", ElementTypes.Any), new("update", ElementTypes.Any), new("begin", ElementTypes.Integers), new("end", ElementTypes.Integers)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0);
            context.Require(context.Input(1).ElementType == x.ElementType, 1, $"a tensor of {x.ElementType.Name}");
            for (int input = 2; input <= 3; input++)
                context.Require(context.Input(input).Rank == 1 && Inference.MayEqual(context.Input(input).Dimensions[0], x.Rank), input, $"a vector of {x.Rank} indices");
            foreach (Ints list in (Ints[])[a.Stride, a.BeginMask, a.EndMask, a.SqueezeMask])
                context.Require(list.Count == 0 || list.Count == x.Rank, 0, $"a tensor with {list.Count} axes, as strides and masks have entries");
            context.Require(!a.Stride.Contains(0), 0, "strides other than 0");
            return Inference.Same(context);
        },
        EvaluateWith = static (context, a) =>
        {
            Tensor x = context.Input(0), update = context.Input(1);
            long[] begin = context.Longs(2), end = context.Longs(3);
            Tensor y = context.Output(0, x.Shape);
            x.CopyTo(y);
            Tensor part = Reference(y);
            for (int axis = 0; axis < x.Rank; axis++)
            {
                (int start, int count) = Bounds(a, axis, x.Shape[axis], begin[axis], end[axis]);
                if (Flag(a.SqueezeMask, axis) && count == 0) throw context.Error(2, $"{begin[axis]} along axis {axis}", $"an index into {x}");
                Tensor next = part.Slice(axis, count == 0 ? 0 : start, count, count <= 1 ? 1 : Step(a, axis));
                part.Dispose();
                part = next;
            }
            if (update.ElementCount != part.ElementCount) throw context.Error(1, update.ToString(), $"the {part.Shape} elements that are replaced");
            using Tensor given = update.Reshape(part.Shape.Sizes);
            given.CopyTo(part);
            part.Dispose();
        },
    };

    private static void AlongAxis(InferenceContext context, int input, TensorType x, TensorType indices, int axis)
    {
        context.Require(indices.Rank == x.Rank, input, $"a tensor with {x.Rank} axes");
        for (int k = 0; k < x.Rank; k++)
            context.Require(k == axis || x.Dimensions[k].Size is not int size || indices.Dimensions[k].Size is not int other || other <= size, input, $"at most {x.Dimensions[k]} along axis {k}");
    }

    private static void Updates(InferenceContext context, TensorType data, ImmutableArray<Dimension> expected)
    {
        TensorType updates = context.Input(2);
        context.Require(updates.ElementType == data.ElementType && updates.Rank == expected.Length && updates.Dimensions.Zip(expected).All(pair => Inference.MayEqual(pair.First, pair.Second)),
            2, $"{data.ElementType.Name}[{string.Join(", ", expected)}]");
    }

    private static int Depth(InferenceContext context, TensorType indices, int axes)
    {
        context.Require(indices.Rank > 0 && indices.Dimensions[^1].Size is int known && known <= axes, 1, $"a tensor whose last axis holds at most {axes} indices");
        return indices.Dimensions[^1].Size!.Value;
    }

    private static long Checked(EvaluationContext context, long index, int size, int axis, bool validate)
    {
        long place = index < 0 && !validate ? index + size : index;
        return (ulong)place < (ulong)size ? place : throw context.Error(1, $"index {index}", $"indices into the {size} elements of axis {axis}");
    }

    // Where in x, row-major, each index points: its own place, but along the axis where it says.
    private static long[] PlacesAlongAxis(EvaluationContext context, Shape x, int axis, bool validate)
    {
        Shape shape = context.Input(1).Shape;
        for (int k = 0; k < x.Rank; k++)
            if (k != axis && shape[k] > x[k]) throw context.Error(1, context.Input(1).ToString(), $"at most {x[k]} along axis {k}");
        long[] indices = context.Longs(1), strides = x.RowMajorStrides();
        int[] at = new int[shape.Rank];
        for (int i = 0; i < indices.Length; i++)
        {
            long place = 0;
            for (int k = 0; k < at.Length; k++) place += (k == axis ? Checked(context, indices[i], x[axis], axis, validate) : at[k]) * strides[k];
            indices[i] = place;
            Advance(at, shape);
        }
        return indices;
    }

    // Where in x each vector of indices points, and how many elements stand there.
    private static long[] PlacesNd(EvaluationContext context, Shape x, int batch, bool validate, out long inner)
    {
        Shape shape = context.Input(1).Shape;
        int depth = shape[-1];
        long[] indices = context.Longs(1), strides = x.RowMajorStrides();
        inner = 1;
        foreach (int size in x.Sizes[(batch + depth)..]) inner *= size;
        long rows = 1, perBatch = 1;
        for (int k = 0; k < shape.Rank - 1; k++) rows *= shape[k];
        for (int k = batch; k < shape.Rank - 1; k++) perBatch *= shape[k];
        long batchStride = inner;
        foreach (int size in x.Sizes[batch..(batch + depth)]) batchStride *= size;
        for (int k = 0; k < batch; k++)
            if (shape[k] != x[k]) throw context.Error(1, context.Input(1).ToString(), $"size {x[k]} along batch axis {k}");
        var places = new long[rows];
        for (long row = 0; row < rows; row++)
        {
            places[row] = row / perBatch * batchStride;
            for (int d = 0; d < depth; d++) places[row] += Checked(context, indices[row * depth + d], x[batch + d], batch + d, validate) * strides[batch + d];
        }
        return places;
    }

    private static unsafe void Pick(EvaluationContext context, Tensor x, Shape shape, long[] places, long inner)
    {
        Tensor y = Tensor.Create(x.ElementType, shape);
        long bytes = x.ElementType.ByteCount(inner);
        if (inner > 0)
        {
            // In bounds: each place was checked to have inner elements of x behind it, and y has room for as many as there are places.
            ArgumentOutOfRangeException.ThrowIfNotEqual(y.ElementCount, places.Length * inner);
            for (int i = 0; i < places.Length; i++)
                Buffer.MemoryCopy(x.Pointer + x.ElementType.ByteCount(places[i]), y.Pointer + i * bytes, bytes, bytes);
        }
        GC.KeepAlive(x);
        GC.KeepAlive(y);
        context.SetOutput(0, y);
    }

    private static void Apply(EvaluationContext context, long[] places, long inner, ScatterMode mode)
    {
        Tensor data = context.Input(0), updates = context.Input(2);
        if (updates.ElementCount != places.Length * inner) throw context.Error(2, updates.ToString(), $"{places.Length * inner} elements, as the indices select");
        if (data.ElementType.IsFloat)
        {
            double[] y = context.Doubles(0), u = context.Doubles(2);
            for (int i = 0; i < u.Length; i++)
            {
                if ((i & 0xffff) == 0) context.Cancellation.ThrowIfCancellationRequested();
                ref double target = ref y[places[i / inner] + i % inner];
                target = mode switch
                {
                    ScatterMode.Add => target + u[i],
                    ScatterMode.Sub => target - u[i],
                    ScatterMode.Mul => target * u[i],
                    ScatterMode.Div => target / u[i],
                    ScatterMode.Max => Math.Max(target, u[i]),
                    ScatterMode.Min => Math.Min(target, u[i]),
                    _ => u[i],
                };
            }
            context.Write(0, data.Shape, y);
        }
        else
        {
            long[] y = context.Longs(0), u = context.Longs(2);
            for (int i = 0; i < u.Length; i++)
            {
                if ((i & 0xffff) == 0) context.Cancellation.ThrowIfCancellationRequested();
                ref long target = ref y[places[i / inner] + i % inner];
                target = mode switch
                {
                    ScatterMode.Add => unchecked(target + u[i]),
                    ScatterMode.Sub => unchecked(target - u[i]),
                    ScatterMode.Mul => unchecked(target * u[i]),
                    ScatterMode.Div => u[i] switch { 0 => throw context.Error(2, "0", "divisors other than 0"), -1 => unchecked(-target), _ => (long)Math.Floor((double)target / u[i]) },
                    ScatterMode.Max => Math.Max(target, u[i]),
                    ScatterMode.Min => Math.Min(target, u[i]),
                    _ => u[i],
                };
            }
            context.Write(0, data.Shape, y);
        }
    }

    // Of updates of one place the last wins; only that one has a gradient.
    private static void ScatterGradients(GradientContext g, ScatterAttributes a, Operator<ScatterAttributes>? scatter, Func<Tensor, Tensor, Tensor> gather)
    {
        if (a.Mode is not (ScatterMode.Add or ScatterMode.Update)) throw new UnsupportedOperatorException(scatter!.Name, "its gradient exists for the modes add and update only");
        Tensor indices = g.Input(1), updates = g.Input(2);
        if (a.Mode == ScatterMode.Add)
        {
            g.Set(0, g.Upstream);
            if (g.Needs(2)) g.Set(2, gather(g.Upstream, indices));
            return;
        }
        if (g.Needs(0)) g.Set(0, g.Run(scatter, a, g.Upstream, indices, g.ZerosOf(updates.Shape)));
        if (!g.Needs(2)) return;
        Tensor order = Tensor.FromArray(Array.ConvertAll(Enumerable.Range(1, checked((int)updates.ElementCount)).ToArray(), i => (long)i), updates.Shape);
        Tensor winners = gather(g.Run(scatter, a, Tensor<long>.Create(g.X.Shape), indices, order), indices);
        g.Set(2, g.Mul(gather(g.Upstream, indices), g.Number(g.Run(Equal, winners, order))));
    }
}
