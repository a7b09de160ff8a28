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
            // Opset iOS16 gives the shape of the result, iOS18 that of the indices.
            if (!call.Has("shape")) call.Emit(Op.ConstexprBlockLutToDense, VectorAxis(call), call.Value("indices"), call.Value("lut"));
            else call.Emit(Op.ConstexprLutToDense, new Op.ShapeAttributes(call.Integers("shape")), call.Value("indices"), call.Value("lut"));
        }),
        Row("constexpr_sparse_to_dense", call =>
        {
            if (!call.Has("shape")) call.Emit(Op.ConstexprMaskToDense, call.Value("nonzero_data"), call.Value("mask"));
            else call.Emit(Op.ConstexprSparseToDense, new Op.ShapeAttributes(call.Integers("shape")), call.Value("nonzero_data"), call.Value("mask"));
        }),
        Row("constexpr_blockwise_shift_scale", call => call.Emit(Op.ConstexprBlockwiseShiftScale, call.Value("data"), call.Value("scale"), call.OptionalValue("offset"))),
        Row("constexpr_lut_to_sparse", call => call.Emit(Op.ConstexprLutToSparse, VectorAxis(call), call.Value("indices_mask"), call.Value("indices_nonzero_data"), call.Value("lut"))),
        Row("constexpr_sparse_blockwise_shift_scale", call => call.Emit(Op.ConstexprSparseBlockwiseShiftScale, call.Value("data_mask"), call.Value("nonzero_data"), call.Value("scale"), call.OptionalValue("offset"))),
        Row("constexpr_cast", call => call.Emit(Op.Cast, new Op.CastAttributes(call.ElementType("output_dtype")), call.Value("source_val"))),
        Row("read_state", call => call.Emit(Op.ReadState, call.Value("input"))),
        Row("write_state", call => call.Emit(Op.WriteState, call.Value("input"), call.Value("data"))),
        Row("coreml_update_state", call => call.Emit(Op.UpdateState, call.Value("state"), call.Value("value"))),
        Row("quantize", call => call.Emit(Op.Quantize, new Op.QuantizeAttributes(call.ElementType("output_dtype"), call.Integer("axis", 0)), call.Value("input"), call.OptionalValue("zero_point"), call.Value("scale"))),
        Row("dequantize", call => call.Emit(Op.Dequantize, new Op.AxisAttributes(call.Integer("axis", 0)), call.Value("input"), call.OptionalValue("zero_point"), call.Value("scale"))),
    ];

    private static Op.VectorAxisAttributes VectorAxis(MilCall call) => new(call.Has("vector_axis") ? call.Integer("vector_axis") : null);
}
