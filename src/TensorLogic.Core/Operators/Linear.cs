using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;

namespace TensorLogic.Operators;

/// <summary>Matrix products. Sources: MIL <c>linear</c> (iOS15, iOS17).</summary>
internal static partial class Op
{
    /// <param name="TransposeX">Swap the last two axes of x first.</param>
    /// <param name="TransposeY">Swap the last two axes of y first.</param>
    /// <param name="Type">Element type of the result where those of x and y differ, or null if they must be equal.</param>
    public sealed record MatMulAttributes(bool TransposeX = false, bool TransposeY = false, ElementType? Type = null) : OperatorAttributes;

    /// <summary>y[…, o] = bias[o] + Σᵢ x[…, i] · weight[o, i].</summary>
    public static readonly Operator<NoAttributes> Linear = new("linear")
    {
        DifferentiateWith = static (g, _) => LinearGradients(g),
        Inputs = [new("x", ElementTypes.Numbers), new("weight", ElementTypes.Numbers), new("bias", ElementTypes.Numbers, Optional: true)],
        InferWith = static (context, _) =>
        {
            TensorType x = context.Input(0), weight = context.Input(1);
            context.Require(x.Rank >= 1, 0, "a tensor with at least one axis");
            context.Require(weight.Rank == 2 && Inference.MayEqual(weight.Dimensions[1], x.Dimensions[^1]), 1, $"a matrix [out, {x.Dimensions[^1]}]");
            if (context.Has(2)) context.Require(context.Input(2).Rank == 1 && Inference.MayEqual(context.Input(2).Dimensions[0], weight.Dimensions[0]), 2, $"a vector [{weight.Dimensions[0]}]");
            return Inference.One(x.ElementType, [.. x.Dimensions[..^1], weight.Dimensions[0]]);
        },
        EvaluateWith = static (context, _) =>
        {
            Shape shape = context.Input(0).Shape;
            double[] x = context.Doubles(0), weight = context.Doubles(1);
            int outputs = context.Input(1).Shape[0], inputs = context.Input(1).Shape[1];
            double[]? bias = context.Has(2) ? context.Doubles(2) : null;
            Shape result = Shape.Create([.. shape.Sizes[..^1], outputs]);
            var y = new double[result.ElementCount];
            // x: [rows, inputs]   weight: [outputs, inputs]   y: [rows, outputs]
            for (int row = 0; row < (outputs == 0 ? 0 : y.Length / outputs); row++)
            for (int o = 0; o < outputs; o++)
            {
                if (o == 0) context.Cancellation.ThrowIfCancellationRequested();
                double sum = bias?[o] ?? 0;
                for (int i = 0; i < inputs; i++) sum += x[row * inputs + i] * weight[o * inputs + i];
                y[row * outputs + o] = sum;
            }
            context.Write(0, result, y);
        },
    };

    /// <summary>The matrix product of the last two axes; leading axes broadcast; a vector is a row on the left, a column on the right.</summary>
    public static readonly Operator<MatMulAttributes> MatMul = new("matmul")
    {
        DifferentiateWith = MatMulGradients,
        Inputs = [new("x", ElementTypes.Numbers), new("y", ElementTypes.Numbers)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0), y = context.Input(1);
            context.Require(x.Rank >= 1, 0, "a tensor with at least one axis");
            context.Require(y.Rank >= 1, 1, "a tensor with at least one axis");
            context.Require(y.ElementType == x.ElementType || a.Type is not null, 1, $"a tensor of {x.ElementType.Name}, as 'x'");
            (ImmutableArray<Dimension> left, Dimension m, Dimension k1) = MatrixSizes(x, a.TransposeX);
            (ImmutableArray<Dimension> right, Dimension n, Dimension k2) = MatrixSizes(y, !a.TransposeY);
            context.Require(Inference.MayEqual(k1, k2), 1, $"{k1} rows to multiply with 'x', which is {x}");
            ImmutableArray<Dimension> batch = Inference.Broadcast(left, right) ?? throw context.Error(1, $"leading axes that broadcast with {x}");
            return Inference.One(a.Type ?? x.ElementType, [.. batch, .. x.Rank > 1 ? [m] : (Dimension[])[], .. y.Rank > 1 ? [n] : (Dimension[])[]]);
        },
        EvaluateWith = static (context, a) =>
        {
            using Tensor x = AsMatrices(context.Input(0), a.TransposeX, asRow: true);
            using Tensor y = AsMatrices(context.Input(1), a.TransposeY, asRow: false);
            int m = x.Shape[-2], k = x.Shape[-1], n = y.Shape[-1];
            if (y.Shape[-2] != k || !Shape.TryBroadcast(Shape.Create(x.Shape.Sizes[..^2]), Shape.Create(y.Shape.Sizes[..^2]), out Shape batch))
                throw context.Error(1, context.Input(1).ToString(), $"a tensor to multiply with {context.Input(0)}");
            using Tensor xs = x.BroadcastTo(Shape.Create([.. batch.Sizes, m, k])), ys = y.BroadcastTo(Shape.Create([.. batch.Sizes, k, n]));
            int batches = (int)batch.ElementCount;
            Shape result = Shape.Create([.. batch.Sizes, .. context.Input(0).Rank > 1 ? [m] : (int[])[], .. context.Input(1).Rank > 1 ? [n] : (int[])[]]);
            if (xs.ElementType.IsFloat || ys.ElementType.IsFloat)
                context.Write(0, result, Product<double>(TensorConversion.ReadDoubles(xs), TensorConversion.ReadDoubles(ys), batches, m, k, n, context.Cancellation));
            else context.Write(0, result, Product<long>(TensorConversion.ReadLongs(xs), TensorConversion.ReadLongs(ys), batches, m, k, n, context.Cancellation));
        },
    };

    // p: [batches, m, k]   q: [batches, k, n]   result: [batches, m, n]
    private static T[] Product<T>(T[] p, T[] q, int batches, int m, int k, int n, CancellationToken cancellation) where T : INumber<T>
    {
        var z = new T[checked(batches * m * n)];
        for (int b = 0; b < batches; b++)
        for (int i = 0; i < m; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            Span<T> row = z.AsSpan((b * m + i) * n, n);
            for (int l = 0; l < k; l++) TensorPrimitives.MultiplyAdd(q.AsSpan((b * k + l) * n, n), p[(b * m + i) * k + l], row, row);
        }
        return z;
    }

    /// <summary>Leading axes, the free and the summed size; <paramref name="swapped"/>: the summed axis stands before the free one.</summary>
    private static (ImmutableArray<Dimension> Batch, Dimension Free, Dimension Summed) MatrixSizes(TensorType type, bool swapped)
    {
        ImmutableArray<Dimension> sizes = type.Dimensions;
        if (type.Rank == 1) return ([], 1, sizes[0]);
        return swapped ? (sizes[..^2], sizes[^1], sizes[^2]) : (sizes[..^2], sizes[^2], sizes[^1]);
    }

    private static Tensor AsMatrices(Tensor tensor, bool transpose, bool asRow)
    {
        if (tensor.Rank == 1) return tensor.ExpandDims(asRow ? 0 : 1);
        if (!transpose) return tensor.Transpose([.. Enumerable.Range(0, tensor.Rank)]);
        return tensor.Transpose([.. Enumerable.Range(0, tensor.Rank - 2), tensor.Rank - 1, tensor.Rank - 2]);
    }

    private static void LinearGradients(GradientContext g)
    {
        int inputs = g.X.Shape[-1], outputs = g.Upstream.Shape[-1];
        if (g.Needs(0)) g.Set(0, g.MatMul(g.Upstream, g.Input(1)));
        if (g.Needs(1)) g.Set(1, g.MatMul(g.Reshape(g.Upstream, [-1, outputs]), g.Reshape(g.X, [-1, inputs]), transposeX: true));
        if (g.Needs(2)) g.Set(2, g.Upstream);
    }

    // A vector is a matrix of one row (left) or one column (right) for the time being.
    private static void MatMulGradients(GradientContext g, MatMulAttributes a)
    {
        Tensor x = g.X, y = g.Input(1), up = g.Upstream;
        bool row = x.Rank == 1, column = y.Rank == 1, transposeX = a.TransposeX && !row, transposeY = a.TransposeY && !column;
        List<int> sizes = [.. up.Shape];
        if (row)
        {
            x = g.Reshape(x, [1, x.Shape[0]]);
            sizes.Insert(sizes.Count - (column ? 0 : 1), 1);
        }
        if (column)
        {
            y = g.Reshape(y, [y.Shape[0], 1]);
            sizes.Add(1);
        }
        up = g.Reshape(up, [.. sizes]);
        if (g.Needs(0))
        {
            Tensor dx = transposeX ? g.MatMul(y, up, transposeX: transposeY, transposeY: true) : g.MatMul(up, y, transposeY: !transposeY);
            g.Set(0, dx);
        }
        if (g.Needs(1))
        {
            Tensor dy = transposeY ? g.MatMul(up, x, transposeX: true, transposeY: transposeX) : g.MatMul(x, up, transposeX: !transposeX);
            g.Set(1, column ? g.Reshape(dy, dy.Shape.Sizes[..^1]) : dy);
        }
    }
}
