namespace TensorLogic.Operators;

/// <summary>Orders and what is found by value. Sources: MIL <c>tensor_operation</c> (iOS15 to iOS17).</summary>
internal static partial class Op
{
    public sealed record ArgsortAttributes(int Axis = -1, bool Ascending = false) : OperatorAttributes;

    /// <summary>Count: -1 for all elements. IndexType: null for values alone.</summary>
    public sealed record TopKAttributes(int Count = 1, int Axis = -1, bool Ascending = false, ElementType? IndexType = ElementType.Int32) : OperatorAttributes;

    public sealed record OneHotAttributes(int Axis = -1) : OperatorAttributes;

    /// <summary>Indices that sort x along an axis, i32; equal elements keep their order.</summary>
    public static readonly Operator<ArgsortAttributes> Argsort = new("argsort")
    {
        Inputs = [new("x", ElementTypes.Numbers)],
        InferWith = static (context, a) =>
        {
            Inference.Axis(context, 0, a.Axis, context.Input(0).Rank);
            return Inference.One(context.Input(0).WithElementType(ElementType.Int32));
        },
        EvaluateWith = static (context, a) =>
        {
            Tensor x = context.Input(0);
            int axis = x.Shape.Axis(a.Axis), size = x.Shape[axis];
            double[] values = context.Doubles(0);
            var y = new long[values.Length];
            foreach (long[] row in Rows(x.Shape, axis))
            {
                int[] order = Order(row, values, a.Ascending, context.Cancellation);
                for (int i = 0; i < size; i++) y[row[i]] = order[i];
            }
            context.Write(0, x.Shape, y);
        },
    };

    /// <summary>The largest (ascending: smallest) elements along an axis, sorted, and their indices.</summary>
    public static readonly Operator<TopKAttributes> TopK = new("topk")
    {
        DifferentiateWith = static (g, a) =>
        {
            if (a.IndexType is null) throw new UnsupportedOperatorException("topk", "its gradient needs the indices");
            g.Set(0, g.Run(ScatterAlongAxis, new ScatterAttributes(a.Axis), g.ZerosOf(g.X.Shape), g.Output(1), g.Upstream));
        },
        Inputs = [new("x", ElementTypes.Numbers)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0);
            int axis = Inference.Axis(context, 0, a.Axis, x.Rank);
            context.Require(a.Count >= -1 && (x.Dimensions[axis].Size is not int size || a.Count <= size), 0, $"a tensor with at least {a.Count} elements along axis {axis}");
            TensorType values = new(x.ElementType, x.Dimensions.SetItem(axis, a.Count < 0 ? x.Dimensions[axis] : a.Count));
            return a.IndexType is { } indices ? [new TensorValueType(values), new TensorValueType(values.WithElementType(indices))] : Inference.One(values);
        },
        EvaluateWith = static (context, a) =>
        {
            Tensor x = context.Input(0);
            int axis = x.Shape.Axis(a.Axis), size = x.Shape[axis], count = a.Count < 0 ? size : a.Count;
            if (count > size) throw context.Error(0, x.ToString(), $"at least {count} elements along axis {axis}");
            double[] values = context.Doubles(0);
            Shape shape = Shape.Create([.. x.Shape.Select((n, k) => k == axis ? count : n)]);
            var best = new double[shape.ElementCount];
            var indices = new long[shape.ElementCount];
            foreach ((long[] row, long[] result) in Rows(x.Shape, axis).Zip(Rows(shape, axis)))
            {
                int[] order = Order(row, values, a.Ascending, context.Cancellation);
                for (int i = 0; i < count; i++) (best[result[i]], indices[result[i]]) = (values[row[order[i]]], order[i]);
            }
            context.Write(0, shape, best);
            if (a.IndexType is not null) context.Write(1, shape, indices);
        },
    };

    /// <summary>The indices of the elements other than 0, i32: [number, rank of x], in row-major order.</summary>
    public static readonly Operator<NoAttributes> NonZero = new("non_zero")
    {
        Inputs = [new("x", ElementTypes.Any)],
        InferWith = static (context, _) => Inference.One(ElementType.Int32, Dimension.Unknown, context.Input(0).Rank),
        EvaluateWith = static (context, _) =>
        {
            Shape shape = context.Input(0).Shape;
            double[] values = context.Doubles(0);
            int[] at = new int[shape.Rank];
            List<long> found = [];
            int count = 0;
            foreach (double value in values)
            {
                if (value != 0)
                {
                    count++;
                    foreach (int i in at) found.Add(i);
                }
                Advance(at, shape);
            }
            context.Write(0, [count, shape.Rank], [.. found]);
        },
    };

    /// <summary>A new axis with on_value where its index is the element of indices, and off_value elsewhere.</summary>
    public static readonly Operator<OneHotAttributes> OneHot = new("one_hot")
    {
        Inputs = [new("indices", ElementTypes.Integers), new("one_hot_vector_size", ElementTypes.Integers), new("on_value", ElementTypes.Any), new("off_value", ElementTypes.Any)],
        InferWith = static (context, a) =>
        {
            TensorType indices = context.Input(0);
            int axis = Inference.Axis(context, 0, a.Axis, indices.Rank + 1);
            context.Require(MayBeOne(context.Input(1)), 1, "one size");
            context.Require(MayBeOne(context.Input(2)), 2, "one value");
            context.Require(MayBeOne(context.Input(3)) && context.Input(3).ElementType == context.Input(2).ElementType, 3, $"one value of {context.Input(2).ElementType.Name}");
            if (context.Integers(1) is [var size]) context.Require(size >= 0, 1, "a size of 0 or more");
            return Inference.One(context.Input(2).ElementType, indices.Dimensions.Insert(axis, context.Integers(1) is [var known] ? known : Dimension.Unknown));
        },
        EvaluateWith = static (context, a) =>
        {
            Shape shape = context.Input(0).Shape;
            long[] indices = context.Longs(0);
            long size = context.Longs(1)[0];
            if (size is < 0 or > int.MaxValue) throw context.Error(1, $"{size}", "a size from 0 to 2^31 - 1");
            int axis = a.Axis < 0 ? a.Axis + shape.Rank + 1 : a.Axis;
            Shape result = Shape.Create([.. shape.Sizes[..axis], (int)size, .. shape.Sizes[axis..]]);
            double on = context.Doubles(2)[0];
            var y = new double[result.ElementCount];
            Array.Fill(y, context.Doubles(3)[0]);
            long inner = 1;
            foreach (int n in shape.Sizes[axis..]) inner *= n;
            for (long i = 0; i < indices.Length; i++)
                if ((ulong)indices[i] < (ulong)size) y[(i / inner * size + indices[i]) * inner + i % inner] = on;
            context.Write(0, result, y);
        },
    };

    /// <summary>start, start + step, … before end.</summary>
    public static readonly Operator<NoAttributes> Range1d = new("range_1d")
    {
        Inputs = [new("end", ElementTypes.Numbers), new("start", ElementTypes.Numbers), new("step", ElementTypes.Numbers)],
        InferWith = static (context, _) =>
        {
            for (int input = 0; input < 3; input++)
                context.Require(MayBeOne(context.Input(input)) && context.Input(input).ElementType == context.Input(0).ElementType, input, $"one value of {context.Input(0).ElementType.Name}");
            if (context.Value(0) is not { } end || context.Value(1) is not { } start || context.Value(2) is not { } step) return Inference.One(context.Input(0).ElementType, Dimension.Unknown);
            int count = RangeCount(TensorConversion.ReadDoubles(end)[0], TensorConversion.ReadDoubles(start)[0], TensorConversion.ReadDoubles(step)[0]);
            context.Require(count >= 0, 2, "a step other than 0 that makes less than 2^31 elements");
            return Inference.One(context.Input(0).ElementType, count);
        },
        EvaluateWith = static (context, _) =>
        {
            (double end, double start, double step) = (context.Doubles(0)[0], context.Doubles(1)[0], context.Doubles(2)[0]);
            int count = RangeCount(end, start, step);
            if (count < 0) throw context.Error(2, $"{step} from {start} to {end}", "a step other than 0 that makes less than 2^31 elements");
            var y = new double[count];
            for (int i = 0; i < count; i++) y[i] = start + i * step;
            context.Write(0, [count], y);
        },
    };

    /// <summary>A tensor of one value in the shape of another.</summary>
    public static readonly Operator<NoAttributes> FillLike = new("fill_like")
    {
        Inputs = [new("ref_tensor", ElementTypes.Any), new("value", ElementTypes.Any)],
        InferWith = static (context, _) =>
        {
            context.Require(MayBeOne(context.Input(1)), 1, "one value");
            return Inference.One(context.Input(1).ElementType, context.Input(0).Dimensions);
        },
        EvaluateWith = static (context, _) =>
        {
            Tensor y = context.Output(0, context.Input(0).Shape);
            using Tensor one = context.Input(1).Reshape([.. Enumerable.Repeat(1, y.Rank)]);
            using Tensor all = one.BroadcastTo(y.Shape);
            all.CopyTo(y);
        },
    };

    // The number of elements, or -1 if there is no such range.
    private static int RangeCount(double end, double start, double step)
    {
        double count = Math.Ceiling((end - start) / step);
        return double.IsNaN(count) || count > int.MaxValue || step == 0 ? -1 : (int)Math.Max(count, 0);
    }

    /// <summary>The places, row-major, of the elements of each row along an axis.</summary>
    private static IEnumerable<long[]> Rows(Shape shape, int axis)
    {
        long inner = 1, outer = 1;
        foreach (int n in shape.Sizes[(axis + 1)..]) inner *= n;
        foreach (int n in shape.Sizes[..axis]) outer *= n;
        int size = shape[axis];
        for (long o = 0; o < outer; o++)
        for (long i = 0; i < inner; i++)
        {
            var row = new long[size];
            for (int k = 0; k < size; k++) row[k] = (o * size + k) * inner + i;
            yield return row;
        }
    }

    // Equal elements keep their order.
    private static int[] Order(long[] row, double[] values, bool ascending, CancellationToken cancellation)
    {
        IEnumerable<int> all = Enumerable.Range(0, row.Length);
        Comparer<double> comparer = Comparer<double>.Create((x, y) =>
        {
            cancellation.ThrowIfCancellationRequested();
            return x.CompareTo(y);
        });
        try
        {
            return [.. ascending ? all.OrderBy(i => values[row[i]], comparer) : all.OrderByDescending(i => values[row[i]], comparer)];
        }
        catch (InvalidOperationException wrapped) when (wrapped.InnerException is OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw;
        }
    }
}
