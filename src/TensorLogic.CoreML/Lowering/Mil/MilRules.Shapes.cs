using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.Mil;

internal static partial class MilRules
{
    private static IEnumerable<KeyValuePair<string, Rule>> Shapes() =>
    [
        Row("reshape", call => call.Emit(Op.Reshape, call.Value("x"), call.Value("shape"))),
        Row("transpose", call => call.Emit(Op.Transpose, new Op.TransposeAttributes(call.Integers("perm")), call.Value("x"))),
        Row("expand_dims", call => call.Emit(Op.ExpandDims, new Op.AxesAttributes(call.Integers("axes")), call.Value("x"))),
        Row("squeeze", call => call.Emit(Op.Squeeze, new Op.AxesAttributes(call.Integers("axes")), call.Value("x"))),
        Row("reverse", call => call.Emit(Op.Reverse, new Op.AxesAttributes(call.Integers("axes")), call.Value("x"))),
        Row("concat", call => call.Emit(Op.Concat, new Op.ConcatAttributes(call.Integer("axis"), call.Flag("interleave")), call.Values("values"))),
        Row("stack", call => call.Emit(Op.Stack, new Op.AxisAttributes(call.Integer("axis")), call.Values("values"))),
        Row("split", call => call.Emit(Op.Split, new Op.SplitAttributes(call.Integer("axis"), call.Integers("split_sizes"), call.Integer("num_splits", 0)), call.Value("x"))),
        Row("slice_by_index", call => call.Emit(Op.SliceByIndex,
            new Op.SliceByIndexAttributes(call.Integers("stride"), call.Integers("begin_mask"), call.Integers("end_mask"), call.Integers("squeeze_mask")),
            call.Value("x"), call.Value("begin"), call.Value("end"))),
        Row("slice_by_size", call => call.Emit(Op.SliceBySize, call.Value("x"), call.Value("begin"), call.Value("size"))),
        Row("pad", call => call.Emit(Op.Pad,
            new Op.PadAttributes(call.Choice("mode", "constant", ("constant", Op.PadMode.Constant), ("reflect", Op.PadMode.Reflect), ("replicate", Op.PadMode.Replicate))),
            call.Value("x"), call.Value("pad"), call.OptionalValue("constant_val"))),
        Row("tile", call => call.Emit(Op.Tile, call.Value("x"), call.Value("reps"))),
        Row("shape", call => call.Emit(Op.ShapeOf, call.Value("x"))),
        Row("fill", call => call.Emit(Op.Fill, call.Value("shape"), call.Value("value"))),
        Row("gather", call => call.Emit(Op.Gather, new Op.GatherAttributes(call.Integer("axis", 0), call.Integer("batch_dims", 0), call.Flag("validate_indices")), call.Value("x"), call.Value("indices"))),
    ];
}
