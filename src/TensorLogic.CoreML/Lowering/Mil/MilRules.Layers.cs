using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.Mil;

internal static partial class MilRules
{
    private static IEnumerable<KeyValuePair<string, Rule>> Layers() =>
    [
        Row("conv", call =>
        {
            Value x = call.Value("x");
            int axes = SpatialAxes(call, x);
            call.Emit(Op.Conv, new Op.ConvAttributes(Each(call.Integers("strides"), axes), Padding(call, "valid"), call.Integers("pad"), Each(call.Integers("dilations"), axes), call.Integer("groups", 1)),
                x, call.Value("weight"), call.OptionalValue("bias"));
        }),
        Row("conv_transpose", call =>
        {
            Value x = call.Value("x");
            int axes = SpatialAxes(call, x);
            call.Emit(Op.ConvTranspose,
                new Op.ConvTransposeAttributes(Each(call.Integers("strides"), axes), Padding(call, "valid"), call.Integers("pad"), Each(call.Integers("dilations"), axes), call.Integer("groups", 1), call.Integers("output_shape")),
                x, call.Value("weight"), call.OptionalValue("bias"));
        }),
        Row("max_pool", call => call.Emit(Op.MaxPool, Pool(call, call.Value("x")), call.Value("x"))),
        Row("l2_pool", call => call.Emit(Op.L2Pool, Pool(call, call.Value("x")), call.Value("x"))),
        Row("avg_pool", call =>
        {
            Op.PoolAttributes pool = Pool(call, call.Value("x"));
            call.Emit(Op.AvgPool, new Op.AvgPoolAttributes(pool.KernelSizes, pool.Strides, pool.PadType, pool.Pad, pool.CeilMode, call.Flag("exclude_padding_from_average")), call.Value("x"));
        }),
        Row("linear", call => call.Emit(Op.Linear, call.Value("x"), call.Value("weight"), call.OptionalValue("bias"))),
        Row("matmul", call =>
        {
            Value x = call.Value("x"), y = call.Value("y");
            // Opset iOS17: a constant may have another type, and the result has that of the computed one.
            ElementType? type = x.Constant is null != y.Constant is null ? (x.Constant is null ? x : y).TensorType.ElementType : null;
            call.Emit(Op.MatMul, new Op.MatMulAttributes(call.Flag("transpose_x"), call.Flag("transpose_y"), type), x, y);
        }),
        Row("einsum", call => call.Emit(Op.Einsum, new Op.EinsumAttributes(call.Text("equation")), call.Values("values"))),
        Row("scaled_dot_product_attention", call => call.Emit(Op.ScaledDotProductAttention, call.Value("query"), call.Value("key"), call.Value("value"), call.OptionalValue("attn_mask"))),
        Row("batch_norm", call => call.Emit(Op.BatchNorm, new Op.EpsilonAttributes(call.Number("epsilon", 1e-5)),
            call.Value("x"), call.Value("mean"), call.Value("variance"), call.OptionalValue("gamma"), call.OptionalValue("beta"))),
        Row("instance_norm", call => call.Emit(Op.InstanceNorm, new Op.EpsilonAttributes(call.Number("epsilon", 1e-5)), call.Value("x"), call.OptionalValue("gamma"), call.OptionalValue("beta"))),
        Row("layer_norm", call => call.Emit(Op.LayerNorm, new Op.LayerNormAttributes(call.Integers("axes"), call.Number("epsilon", 1e-5)),
            call.Value("x"), call.OptionalValue("gamma"), call.OptionalValue("beta"))),
        Row("l2_norm", call => call.Emit(Op.L2Norm, new Op.EpsilonAttributes(call.Number("epsilon", 1e-6)), call.Value("x"))),
        Row("local_response_norm", call => call.Emit(Op.LocalResponseNorm,
            new Op.LocalResponseNormAttributes(call.Integer("size"), call.Number("alpha", 1e-4), call.Number("beta", 0.75), call.Number("k", 1)), call.Value("x"))),
    ];

    private static Op.PoolAttributes Pool(MilCall call, Value x)
    {
        int axes = SpatialAxes(call, x);
        return new(call.Integers("kernel_sizes"), Each(call.Integers("strides"), axes), Padding(call, null), call.Integers("pad"), call.Flag("ceil_mode"));
    }

    private static PadType Padding(MilCall call, string? otherwise) => call.Choice("pad_type", otherwise,
        ("valid", PadType.Valid), ("same", PadType.Same), ("same_lower", PadType.SameLower), ("custom", PadType.Custom));

    private static int SpatialAxes(MilCall call, Value x) =>
        x.TensorType.Rank >= 3 ? x.TensorType.Rank - 2 : throw call.Operation.Broken($"The parameter 'x' is {x.TensorType}, which has no spatial axes.");

    /// <summary>Strides and dilations are 1 where they are left out.</summary>
    private static Ints Each(Ints given, int axes) => given.Count > 0 ? given : [.. Enumerable.Repeat(1, axes)];
}
