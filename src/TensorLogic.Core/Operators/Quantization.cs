namespace TensorLogic.Operators;

/// <summary>Operators that decompress stored weights; their inputs are constants. Sources: MIL <c>constexpr_ops</c> (iOS16), <c>compression</c> (iOS18).</summary>
internal static partial class Op
{
    public sealed record ShapeAttributes(Ints Shape) : OperatorAttributes;

    private const ElementTypes Stored = ElementTypes.Any | ElementTypes.StorageOnly;

    /// <summary>scale · (quantized_data - zero_point) along an axis.</summary>
    public static readonly Operator<AxisAttributes> ConstexprAffineDequantize = new("constexpr_affine_dequantize")
    {
        Inputs = [new("quantized_data", Stored), new("zero_point", ElementTypes.Numbers | ElementTypes.StorageOnly), new("scale", ElementTypes.Floats)],
        InferWith = static (context, a) =>
        {
            TensorType data = context.Input(0);
            int axis = data.Rank == 0 ? 0 : Inference.Axis(context, 0, a.Axis, data.Rank);
            for (int input = 1; input <= 2; input++)
            {
                TensorType parameter = context.Input(input);
                bool single = parameter.IsStatic && parameter.Shape.ElementCount == 1;
                context.Require(parameter.Rank <= 1 && (single || parameter.Rank == 1 && data.Rank > 0 && parameter.Dimensions[0] == data.Dimensions[axis]), input,
                    data.Rank == 0 ? "a scalar" : $"a scalar or a vector [{data.Dimensions[axis]}]");
            }
            return Inference.One(data.WithElementType(context.Input(2).ElementType));
        },
        EvaluateWith = static (context, a) => context.SetOutput(0, Dequantization.Affine(context.Input(0), context.Input(1), context.Input(2), a.Axis)),
    };

    /// <summary>scale · (data - offset), one scale for each block.</summary>
    public static readonly Operator<NoAttributes> ConstexprBlockwiseShiftScale = new("constexpr_blockwise_shift_scale")
    {
        Inputs = [new("data", Stored), new("scale", ElementTypes.Floats), new("offset", Stored, Optional: true)],
        InferWith = static (context, _) =>
        {
            TensorType data = context.Input(0), scale = context.Input(1);
            context.Require(data.IsStatic, 0, "known sizes");
            context.Require(scale.IsStatic && scale.Rank == data.Rank && scale.Shape.Zip(data.Shape).All(pair => pair.First > 0 && pair.Second % pair.First == 0), 1, $"sizes that divide those of {data}");
            if (context.Has(2)) context.Require(context.Input(2).IsStatic && context.Input(2).Shape == scale.Shape, 2, $"the shape of 'scale', {scale.Shape}");
            return Inference.One(data.WithElementType(scale.ElementType));
        },
        EvaluateWith = static (context, _) => context.SetOutput(0, Dequantization.Blockwise(context.Input(0), context.Input(1), context.Has(2) ? context.Input(2) : null)),
    };

    /// <summary>Entries of a table by packed indices.</summary>
    public static readonly Operator<ShapeAttributes> ConstexprLutToDense = new("constexpr_lut_to_dense")
    {
        Inputs = [new("indices", ElementTypes.Integers), new("lut", ElementTypes.Numbers)],
        InferWith = static (context, a) =>
        {
            TensorType indices = context.Input(0), lut = context.Input(1);
            context.Require(lut.Rank == 1 && lut.Dimensions[0].Size is 2 or 4 or 16 or 64 or 256, 1, "a vector of 2, 4, 16, 64 or 256 entries");
            int bits = int.Log2(lut.Dimensions[0].Size!.Value);
            context.Require(a.Shape.All(size => size >= 0), 0, "a shape with sizes of 0 or more");
            Int128 bytes = (a.Shape.Aggregate((Int128)1, (product, size) => product * size) * bits + 7) / 8;
            context.Require(indices.ElementType is ElementType.UInt8 && indices.Rank == 1 && indices.Dimensions[0].Size == bytes, 0, $"u8[{bytes}]: {bits} bits for each element of {a.Shape}");
            return Inference.One(lut.ElementType, a.Shape.Select(size => (Dimension)size));
        },
        EvaluateWith = static (context, a) => context.SetOutput(0, Dequantization.Lookup(context.Input(0), context.Input(1), Shape.Create(a.Shape.Span))),
    };

    /// <summary>The given elements where the mask has a bit, else 0.</summary>
    public static readonly Operator<ShapeAttributes> ConstexprSparseToDense = new("constexpr_sparse_to_dense")
    {
        Inputs = [new("nonzero_data", ElementTypes.Numbers), new("mask", ElementTypes.Integers)],
        InferWith = static (context, a) =>
        {
            TensorType nonzero = context.Input(0), mask = context.Input(1);
            context.Require(a.Shape.All(size => size >= 0), 1, "a shape with sizes of 0 or more");
            Int128 bytes = (a.Shape.Aggregate((Int128)1, (product, size) => product * size) + 7) / 8;
            context.Require(mask.ElementType is ElementType.UInt8 && mask.Rank == 1 && mask.Dimensions[0].Size == bytes, 1, $"u8[{bytes}]: one bit for each element of {a.Shape}");
            if (context.Value(1) is { } bits)
                context.Require(nonzero.Rank == 1 && nonzero.Dimensions[0].Size == Dequantization.BitCount(bits), 0, $"a vector of {Dequantization.BitCount(bits)} elements, one for each bit of 'mask'");
            return Inference.One(nonzero.ElementType, a.Shape.Select(size => (Dimension)size));
        },
        EvaluateWith = static (context, a) => context.SetOutput(0, Dequantization.Sparse(context.Input(0), context.Input(1), Shape.Create(a.Shape.Span))),
    };
}
