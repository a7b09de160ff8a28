namespace TensorLogic.Operators;

/// <summary>Decompression of weights in blocks, of vectors and of sparse tensors; their inputs are constants. Sources: MIL <c>compression</c> (iOS18).</summary>
internal static partial class Op
{
    /// <param name="Axis">Along which the elements of a table's vectors lie, or null where tables hold single numbers.</param>
    public sealed record VectorAxisAttributes(int? Axis) : OperatorAttributes;

    /// <summary>Entries of tables by indices: one table for each block of indices, each entry one number or a vector along an axis.</summary>
    // indices: [i…]   lut: [blocks…, 2^bits, vector]
    public static readonly Operator<VectorAxisAttributes> ConstexprBlockLutToDense = new("constexpr_lut_to_dense")
    {
        Inputs = [new("indices", Stored), new("lut", ElementTypes.Numbers)],
        InferWith = static (context, a) =>
        {
            TensorType indices = context.Input(0);
            context.Require(indices.IsStatic, 0, "known sizes");
            CheckTables(context, indices.Shape, 0, 1, a);
            return Inference.One(context.Input(1).ElementType, Widened(indices.Shape, context.Input(1).Shape[-1], a).Select(size => (Dimension)size));
        },
        EvaluateWith = static (context, a) => context.SetOutput(0, CompressedWeights.Lookup(context.Input(0), context.Input(1), Widened(context.Input(0).Shape, context.Input(1).Shape[-1], a), a.Axis)),
    };

    /// <summary>The given elements where the mask is 1, else 0.</summary>
    public static readonly Operator<NoAttributes> ConstexprMaskToDense = new("constexpr_sparse_to_dense")
    {
        Inputs = [new("nonzero_data", Stored), new("mask", Stored)],
        InferWith = static (context, _) =>
        {
            CheckSparse(context, mask: 1, nonzero: 0);
            return Inference.One(context.Input(1).WithElementType(context.Input(0).ElementType));
        },
        EvaluateWith = static (context, _) =>
        {
            CheckSparse(context, 1, 0);
            context.SetOutput(0, CompressedWeights.Scatter(context.Input(0), context.Input(1)));
        },
    };

    /// <summary>Entries of tables for the elements of a sparse tensor. Outputs: the mask, repeated for vectors, and the elements where it is 1.</summary>
    public static readonly Operator<VectorAxisAttributes> ConstexprLutToSparse = new("constexpr_lut_to_sparse")
    {
        Inputs = [new("indices_mask", Stored), new("indices_nonzero_data", Stored), new("lut", ElementTypes.Numbers)],
        InferWith = static (context, a) =>
        {
            CheckSparse(context, mask: 0, nonzero: 1);
            Shape mask = context.Input(0).Shape;
            CheckTables(context, mask, 1, 2, a);
            int vector = context.Input(2).Shape[-1];
            return
            [
                new TensorValueType(new TensorType(ElementType.UInt1, [.. Widened(mask, vector, a).Select(size => (Dimension)size)])),
                new TensorValueType(new TensorType(context.Input(2).ElementType, [checked(context.Input(1).Shape[0] * vector)])),
            ];
        },
        EvaluateWith = static (context, a) =>
        {
            CheckSparse(context, 0, 1);
            Shape shape = Widened(context.Input(0).Shape, context.Input(2).Shape[-1], a);
            using Tensor indices = CompressedWeights.Scatter(context.Input(1), context.Input(0));
            using Tensor dense = CompressedWeights.Lookup(indices, context.Input(2), shape, a.Axis);
            Tensor mask = CompressedWeights.Repeat(context.Input(0), shape, a.Axis);
            context.SetOutput(1, CompressedWeights.Gather(dense, mask));
            context.SetOutput(0, mask);
        },
    };

    /// <summary>scale · (data - offset) for the elements of a sparse tensor, one scale for each block. Outputs: the mask, and the elements where it is 1.</summary>
    public static readonly Operator<NoAttributes> ConstexprSparseBlockwiseShiftScale = new("constexpr_sparse_blockwise_shift_scale")
    {
        Inputs = [new("data_mask", Stored), new("nonzero_data", Stored), new("scale", ElementTypes.Floats), new("offset", Stored, Optional: true)],
        InferWith = static (context, _) =>
        {
            CheckSparse(context, mask: 0, nonzero: 1);
            TensorType mask = context.Input(0), scale = context.Input(2);
            context.Require(scale.IsStatic && scale.Rank == mask.Rank && scale.Shape.Zip(mask.Shape).All(pair => pair.First > 0 && pair.Second % pair.First == 0), 2, $"sizes that divide those of {mask}");
            if (context.Has(3)) context.Require(context.Input(3).IsStatic && context.Input(3).Shape == scale.Shape, 3, $"the shape of 'scale', {scale.Shape}");
            return [new TensorValueType(mask), new TensorValueType(context.Input(1).WithElementType(scale.ElementType))];
        },
        EvaluateWith = static (context, _) =>
        {
            CheckSparse(context, 0, 1);
            using Tensor data = CompressedWeights.Scatter(context.Input(1), context.Input(0));
            using Tensor dense = Dequantization.Blockwise(data, context.Input(2), context.Has(3) ? context.Input(3) : null);
            context.SetOutput(1, CompressedWeights.Gather(dense, context.Input(0)));
            context.SetOutput(0, context.Input(0).Clone());
        },
    };

    private static Shape Widened(Shape indices, int vector, VectorAxisAttributes a)
    {
        if (vector == 1 || a.Axis is not int axis) return indices;
        int[] sizes = [.. indices];
        sizes[indices.Axis(axis)] = checked(sizes[indices.Axis(axis)] * vector);
        return Shape.Create(sizes);
    }

    private static void CheckTables(InferenceContext context, Shape indices, int index, int table, VectorAxisAttributes a)
    {
        TensorType codes = context.Input(index), lut = context.Input(table);
        int bits = codes.ElementType.Bits;
        context.Require(codes.ElementType is ElementType.UInt8 or >= ElementType.UInt1 and <= ElementType.UInt6, index, "indices of u1, u2, u3, u4, u6 or u8");
        context.Require(indices.Rank >= 1, index, "a tensor with at least one axis");
        context.Require(lut.IsStatic && lut.Rank == indices.Rank + 2 && lut.Shape[-2] == 1 << bits && lut.Shape[-1] > 0 && lut.Shape.Zip(indices).All(pair => pair.First > 0 && pair.Second % pair.First == 0), table,
            $"a tensor [blocks…, {1 << bits}, vector] with numbers of blocks that divide {indices}");
        if (a.Axis is int axis) Inference.Axis(context, index, axis, indices.Rank);
        else context.Require(lut.Shape[-1] == 1, table, "tables of single numbers, as no axis for vectors is given");
        if (a.Axis is int along) context.Require((long)indices[along] * lut.Shape[-1] <= int.MaxValue, table, "a result below 2^31 elements along an axis");
    }

    private static void CheckSparse(InferenceContext context, int mask, int nonzero)
    {
        context.Require(context.Input(mask).IsStatic && context.Input(mask).ElementType is ElementType.UInt1, mask, "a mask of u1 with known sizes");
        context.Require(context.Input(nonzero).Rank == 1 && context.Input(nonzero).IsStatic, nonzero, "a vector of known size");
        if (context.Value(mask) is { } bits)
            context.Require(CompressedWeights.Count(bits) == context.Input(nonzero).Shape[0], nonzero, $"a vector of {CompressedWeights.Count(bits)} elements, one for each 1 of '{context.InputName(mask)}'");
    }

    private static void CheckSparse(EvaluationContext context, int mask, int nonzero)
    {
        long count = CompressedWeights.Count(context.Input(mask));
        if (count != context.Input(nonzero).ElementCount) throw context.Error(nonzero, context.Input(nonzero).ToString(), $"a vector of {count} elements, one for each 1 of the mask");
    }
}
