using System.Collections.Immutable;

namespace TensorLogic.Operators;

/// <summary>Operators that rearrange elements without changing them. Sources: MIL <c>tensor_transformation</c> and <c>tensor_operation</c> (iOS15).</summary>
internal static partial class Op
{
    public sealed record TransposeAttributes(Ints Perm) : OperatorAttributes;

    /// <summary>Positions in the result (expand_dims) or in the input (squeeze, reverse; none: all).</summary>
    public sealed record AxesAttributes(Ints Axes) : OperatorAttributes;

    /// <summary>Interleave: slices of the inputs alternate along the axis.</summary>
    public sealed record ConcatAttributes(int Axis, bool Interleave = false) : OperatorAttributes;

    /// <summary>Sizes along the axis; where none are given, <paramref name="Count"/> equal parts.</summary>
    public sealed record SplitAttributes(int Axis, Ints Sizes, int Count = 0) : OperatorAttributes;

    /// <summary>The elements of x in row-major order under another shape: one -1 is inferred, 0 keeps the size of x as far from the end, or is 1 where x has none.</summary>
    public static readonly Operator<NoAttributes> Reshape = new("reshape")
    {
        DifferentiateWith = static (g, _) => g.Set(0, g.Reshape(g.Upstream, g.X.Shape.Sizes)),
        Inputs = [new("x", ElementTypes.Any), new("shape", ElementTypes.Integers)],
        InferWith = static (context, _) =>
        {
            TensorType x = context.Input(0);
            int axes = context.Axes(1);
            if (context.Integers(1) is not { } target)
                return Inference.One(x.ElementType, Enumerable.Repeat(Dimension.Unknown, axes));
            return Inference.One(x.ElementType, ReshapedSizes(x.Dimensions, target) ?? throw context.Error(1, $"[{string.Join(", ", target)}]", $"sizes with as many elements as {x}"));
        },
        EvaluateWith = static (context, _) =>
        {
            Tensor x = context.Input(0);
            int[] target = Array.ConvertAll(context.Longs(1), size => (int)Math.Clamp(size, int.MinValue, int.MaxValue));
            Dimension[] sizes = ReshapedSizes(x.Type.Dimensions, target) ?? throw context.Error(1, $"[{string.Join(", ", target)}]", $"sizes with as many elements as {x}");
            context.SetOutput(0, x.Reshape([.. sizes.Select(size => size.Size!.Value)]));
        },
    };

    /// <summary>Axis k of the result is axis perm[k] of x.</summary>
    public static readonly Operator<TransposeAttributes> Transpose = new("transpose")
    {
        DifferentiateWith = static (g, a) =>
        {
            var inverse = new int[g.X.Rank];
            for (int k = 0; k < inverse.Length; k++) inverse[g.X.Shape.Axis(a.Perm[k])] = k;
            g.Set(0, g.Transpose(g.Upstream, inverse));
        },
        Inputs = [new("x", ElementTypes.Any)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0);
            int[] perm = Permutation(context, a.Perm, x.Rank);
            return Inference.One(x.ElementType, perm.Select(axis => x.Dimensions[axis]));
        },
        EvaluateWith = static (context, a) =>
        {
            Tensor x = context.Input(0);
            context.SetOutput(0, x.Transpose([.. a.Perm.Select(axis => x.Shape.Axis(axis))]));
        },
    };

    /// <summary>Inserts axes of size 1 so that they stand at the given positions of the result.</summary>
    public static readonly Operator<AxesAttributes> ExpandDims = new("expand_dims")
    {
        DifferentiateWith = static (g, _) => g.Set(0, g.Reshape(g.Upstream, g.X.Shape.Sizes)),
        Inputs = [new("x", ElementTypes.Any)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0);
            int rank = x.Rank + a.Axes.Count;
            context.Require(rank <= Shape.MaxRank, 0, $"a tensor that has at most {Shape.MaxRank} axes with {a.Axes.Count} more");
            int[] axes = Inference.Axes(context, 0, a.Axes, rank);
            List<Dimension> sizes = [.. x.Dimensions];
            if (a.Axes.Count > 0) foreach (int axis in axes) sizes.Insert(axis, 1);
            return Inference.One(x.ElementType, sizes);
        },
        EvaluateWith = static (context, a) =>
        {
            Tensor x = context.Input(0);
            List<int> sizes = [.. x.Shape];
            foreach (int axis in a.Axes.Select(axis => axis < 0 ? axis + x.Rank + a.Axes.Count : axis).Order()) sizes.Insert(axis, 1);
            context.SetOutput(0, x.Reshape([.. sizes]));
        },
    };

    /// <summary>Drops the given axes, which have size 1; without axes all of size 1.</summary>
    public static readonly Operator<AxesAttributes> Squeeze = new("squeeze")
    {
        DifferentiateWith = static (g, _) => g.Set(0, g.Reshape(g.Upstream, g.X.Shape.Sizes)),
        Inputs = [new("x", ElementTypes.Any)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0);
            if (a.Axes.Count == 0) return Inference.One(x.ElementType, x.Dimensions.Where(size => size.Size != 1));
            int[] axes = Inference.Axes(context, 0, a.Axes, x.Rank);
            foreach (int axis in axes) context.Require(Inference.MayEqual(x.Dimensions[axis], 1), 0, $"a tensor whose axis {axis} has size 1");
            return Inference.One(x.ElementType, x.Dimensions.Where((_, axis) => !axes.Contains(axis)));
        },
        EvaluateWith = static (context, a) => context.SetOutput(0, context.Input(0).Squeeze(a.Axes.Span)),
    };

    /// <summary>The inputs one after another along an axis, or their slices in turn.</summary>
    public static readonly Operator<ConcatAttributes> Concat = new("concat")
    {
        DifferentiateWith = static (g, a) =>
        {
            int axis = g.X.Rank == 0 ? 0 : g.X.Shape.Axis(a.Axis), start = 0;
            for (int i = 0; i < g.InputCount; i++)
            {
                Shape shape = g.Input(i).Shape;
                int size = shape.Rank == 0 ? 1 : shape[axis];
                Tensor part = a.Interleave ? g.Slice(g.Upstream, axis, i, size, g.InputCount) : g.Slice(g.Upstream, axis, start, size);
                g.Set(i, g.Reshape(part, shape.Sizes));
                start += size;
            }
        },
        Inputs = [new("values", ElementTypes.Any, Variadic: true)],
        InferWith = static (context, a) =>
        {
            TensorType first = context.Input(0);
            // Numbers without axes count as vectors of one.
            int axis = Inference.Axis(context, 0, a.Axis, Math.Max(first.Rank, 1));
            Dimension[] sizes = first.Rank == 0 ? [1] : [.. first.Dimensions];
            for (int i = 1; i < context.InputCount; i++)
            {
                TensorType x = context.Input(i);
                context.Require(x.ElementType == first.ElementType && x.Rank == first.Rank, i, $"a tensor of {first.ElementType.Name} with {first.Rank} axes");
                for (int k = 0; k < first.Rank; k++)
                {
                    if (k == axis && !a.Interleave) continue;
                    context.Require(Inference.MayEqual(sizes[k], x.Dimensions[k]), i, $"size {sizes[k]} along axis {k}");
                    if (!sizes[k].IsKnown && x.Dimensions[k].IsKnown) sizes[k] = x.Dimensions[k];
                }
            }
            sizes[axis] = Inference.Sum(Enumerable.Range(0, context.InputCount).Select(i => first.Rank == 0 ? 1 : context.Input(i).Dimensions[axis]));
            return Inference.One(first.ElementType, sizes);
        },
        EvaluateWith = static (context, a) =>
        {
            int count = context.InputCount;
            if (context.Input(0).Rank == 0)
            {
                Tensor numbers = context.Output(0, [count]);
                for (int i = 0; i < count; i++)
                {
                    using Tensor place = numbers.Select(0, i);
                    context.Input(i).CopyTo(place);
                }
                return;
            }
            int axis = context.Input(0).Shape.Axis(a.Axis);
            int[] sizes = [.. context.Input(0).Shape];
            sizes[axis] = Enumerable.Range(0, count).Sum(i => context.Input(i).Shape[axis]);
            Tensor y = context.Output(0, Shape.Create(sizes));
            int start = 0;
            for (int i = 0; i < count; i++)
            {
                Tensor x = context.Input(i);
                int size = x.Shape[axis];
                using Tensor part = a.Interleave ? y.Slice(axis, Math.Min(i, Math.Max(0, y.Shape[axis] - 1)), size, count) : y.Slice(axis, start, size);
                x.CopyTo(part);
                start += size;
            }
        },
    };

    /// <summary>Parts of x along an axis.</summary>
    public static readonly Operator<SplitAttributes> Split = new("split")
    {
        DifferentiateWith = static (g, a) =>
        {
            int parts = a.Sizes.Count > 0 ? a.Sizes.Count : a.Count;
            Tensor?[] upstream = [.. Enumerable.Range(0, parts).Select(i => g.UpstreamOf(i))];
            ElementType type = upstream.First(part => part is not null)!.ElementType;
            g.Set(0, g.Run(Concat, new ConcatAttributes(a.Axis), [.. upstream.Select((part, i) => part ?? Tensor.Create(type, g.Output(i).Shape))]));
        },
        Inputs = [new("x", ElementTypes.Any)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0);
            int axis = Inference.Axis(context, 0, a.Axis, x.Rank);
            if (x.Dimensions[axis].Size is int known)
                return [.. PartSizes(a, known, context.Error(0, a.Sizes.Count > 0 ? $"a tensor whose axis {axis} has size {a.Sizes.Sum()}" : $"a tensor whose axis {axis} divides into {a.Count} parts")).Select(size => Part(size))];
            return [.. a.Sizes.Count > 0 ? a.Sizes.Select(size => Part(size)) : Enumerable.Repeat(Part(Dimension.Unknown), a.Count)];

            ValueType Part(Dimension size) => new TensorValueType(new(x.ElementType, x.Dimensions.SetItem(axis, size)));
        },
        EvaluateWith = static (context, a) =>
        {
            Tensor x = context.Input(0);
            int axis = x.Shape.Axis(a.Axis), start = 0, part = 0;
            foreach (int size in PartSizes(a, x.Shape[axis], context.Error(0, x.ToString(), $"a tensor whose axis {axis} divides as asked")))
            {
                context.SetOutput(part++, x.Slice(axis, start, size));
                start += size;
            }
        },
    };

    /// <summary>The inputs along a new axis.</summary>
    public static readonly Operator<AxisAttributes> Stack = new("stack")
    {
        DifferentiateWith = static (g, a) =>
        {
            int axis = a.Axis < 0 ? a.Axis + g.Y.Rank : a.Axis;
            for (int i = 0; i < g.InputCount; i++)
                if (g.Needs(i)) g.Set(i, g.Reshape(g.Slice(g.Upstream, axis, i, 1), g.X.Shape.Sizes));
        },
        Inputs = [new("values", ElementTypes.Any, Variadic: true)],
        InferWith = static (context, a) =>
        {
            TensorType first = context.Input(0);
            int axis = Inference.Axis(context, 0, a.Axis, first.Rank + 1);
            for (int i = 1; i < context.InputCount; i++)
            {
                TensorType x = context.Input(i);
                context.Require(x.ElementType == first.ElementType && x.Rank == first.Rank && x.Dimensions.Zip(first.Dimensions).All(pair => Inference.MayEqual(pair.First, pair.Second)), i, $"{first}, as '{context.InputName(0)}'");
            }
            return Inference.One(first.ElementType, first.Dimensions.Insert(axis, context.InputCount));
        },
        EvaluateWith = static (context, a) =>
        {
            Shape shape = context.Input(0).Shape;
            int axis = a.Axis < 0 ? a.Axis + shape.Rank + 1 : a.Axis;
            Tensor y = context.Output(0, Shape.Create([.. shape.Sizes[..axis], context.InputCount, .. shape.Sizes[axis..]]));
            for (int i = 0; i < context.InputCount; i++)
            {
                using Tensor part = y.Select(axis, i);
                context.Input(i).CopyTo(part);
            }
        },
    };

    /// <summary>The sizes of x, i32.</summary>
    public static readonly Operator<NoAttributes> ShapeOf = new("shape")
    {
        Inputs = [new("x", ElementTypes.Any)],
        InferWith = static (context, _) => Inference.One(ElementType.Int32, context.Input(0).Rank),
        EvaluateWith = static (context, _) =>
        {
            Shape shape = context.Input(0).Shape;
            context.Write(0, [shape.Rank], Array.ConvertAll([.. shape], size => (long)size));
        },
    };

    private static int[] Permutation(InferenceContext context, Ints perm, int rank)
    {
        context.Require(perm.Count == rank, 0, $"a tensor with {perm.Count} axes, as perm {perm}");
        int[] axes = [.. perm.Select(axis => Inference.Axis(context, 0, axis, rank))];
        context.Require(axes.Distinct().Count() == rank, 0, $"a tensor that perm {perm} can order: an axis repeats");
        return axes;
    }

    private static int[] PartSizes(SplitAttributes a, int size, ShapeException misfit)
    {
        if (a.Sizes.Count > 0) return a.Sizes.All(part => part >= 0) && a.Sizes.Sum(part => (long)part) == size ? [.. a.Sizes] : throw misfit;
        return a.Count > 0 && size % a.Count == 0 ? [.. Enumerable.Repeat(size / a.Count, a.Count)] : throw misfit;
    }

    /// <summary>The sizes that a reshape asks for, or null if the elements do not fit. Unknown sizes that occur on both sides cancel.</summary>
    private static Dimension[]? ReshapedSizes(ImmutableArray<Dimension> from, int[] target)
    {
        Dimension[] sizes = [.. target.Select((size, axis) => size switch
        {
            0 when target.Length == from.Length || !from.Any(size => size.Size == 0) => axis + from.Length - target.Length is >= 0 and var same ? from[same] : 1,
            -1 => Dimension.Unknown,
            _ => Math.Max(size, 0),
        })];
        if (target.Any(size => size < -1) || target.Count(size => size == -1) > 1) return null;
        int inferred = Array.IndexOf(target, -1);

        // The unknown sizes of x that are kept cancel; what is left of them cannot be divided.
        List<Dimension> open = [.. from.Where(size => !size.IsKnown)];
        foreach (Dimension size in sizes.Where((size, axis) => axis != inferred && !size.IsKnown)) open.Remove(size);
        Int128 have = Product(from), want = Product(sizes);
        if (open.Count == 0)
        {
            if (inferred < 0) return have == want ? sizes : null;
            if (want == 0 ? have != 0 : have % want != 0) return null;
            Int128 rest = want == 0 ? 0 : have / want;
            if (rest > int.MaxValue) return null;
            sizes[inferred] = (int)rest;
        }
        else if (open.Count == 1 && inferred >= 0 && have == want) sizes[inferred] = open[0];
        return sizes;

        static Int128 Product(IEnumerable<Dimension> sizes) => sizes.Where(size => size.IsKnown).Aggregate((Int128)1, (product, size) => product * size.Size!.Value);
    }
}
