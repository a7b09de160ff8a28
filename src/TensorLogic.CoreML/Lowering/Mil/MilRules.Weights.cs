using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.Mil;

internal static partial class MilRules
{
    private static IEnumerable<KeyValuePair<string, Rule>> Weights() =>
    [
        Row("constexpr_affine_dequantize", call => call.Emit(Op.ConstexprAffineDequantize, new Op.AxisAttributes(call.Integer("axis")),
            call.Value("quantized_data"), call.Value("zero_point"), call.Value("scale"))),
        Row("constexpr_lut_to_dense", call =>
        {
            if (!call.Has("shape"))
                throw new UnsupportedOperatorException(call.Operation.Type, "tables for groups of weights (opset iOS18) are not read yet") { Place = call.Place };
            call.Emit(Op.ConstexprLutToDense, new Op.ShapeAttributes(call.Integers("shape")), call.Value("indices"), call.Value("lut"));
        }),
        Row("constexpr_sparse_to_dense", call =>
        {
            if (!call.Has("shape"))
                throw new UnsupportedOperatorException(call.Operation.Type, "masks with a shape of their own (opset iOS18) are not read yet") { Place = call.Place };
            call.Emit(Op.ConstexprSparseToDense, new Op.ShapeAttributes(call.Integers("shape")), call.Value("nonzero_data"), call.Value("mask"));
        }),
        Row("constexpr_blockwise_shift_scale", call => call.Emit(Op.ConstexprBlockwiseShiftScale, call.Value("data"), call.Value("scale"), call.OptionalValue("offset"))),
        Row("constexpr_cast", call => call.Emit(Op.Cast, new Op.CastAttributes(call.ElementType("output_dtype")), call.Value("source_val"))),
        Row("read_state", call => call.Emit(Op.ReadState, call.Value("input"))),
        Row("write_state", call => call.Emit(Op.WriteState, call.Value("input"), call.Value("data"))),
    ];
}
