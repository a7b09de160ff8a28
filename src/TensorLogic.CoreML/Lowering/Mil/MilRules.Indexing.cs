using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.Mil;

internal static partial class MilRules
{
    private static IEnumerable<KeyValuePair<string, Rule>> Indexing() =>
    [
        Row("flatten2d", call => call.Emit(Op.Flatten2d, new Op.AxisAttributes(call.Integer("axis", 1)), call.Value("x"))),
        Row("reshape_like", call => call.Emit(Op.ReshapeLike, new Op.ReshapeLikeAttributes(call.Integers("begins"), call.Integers("ends"), call.Integers("end_masks")),
            [call.Value("x"), .. call.Values("ref_tensors")])),
        Row("pixel_shuffle", call => call.Emit(Op.PixelShuffle, new Op.BlockAttributes(call.Integer("upscale_factor")), call.Value("x"))),
        Row("pixel_unshuffle", call => call.Emit(Op.PixelUnshuffle, new Op.BlockAttributes(call.Integer("downscale_factor")), call.Value("x"))),
        Row("depth_to_space", call => call.Emit(Op.DepthToSpace, new Op.BlockAttributes(call.Integer("block_size")), call.Value("x"))),
        Row("space_to_depth", call => call.Emit(Op.SpaceToDepth, new Op.BlockAttributes(call.Integer("block_size")), call.Value("x"))),
        Row("space_to_batch", call => call.Emit(Op.SpaceToBatch, new Op.BatchBlockAttributes(call.Integers("block_shape"), call.Integers("paddings")), call.Value("x"))),
        Row("batch_to_space", call => call.Emit(Op.BatchToSpace, new Op.BatchBlockAttributes(call.Integers("block_shape"), call.Integers("crops")), call.Value("x"))),
        Row("sliding_windows", call => call.Emit(Op.SlidingWindows, new Op.SlidingWindowsAttributes(call.Integer("axis"), call.Integer("size"), call.Integer("stride", 1)), call.Value("x"))),
        Row("reverse_sequence", call => call.Emit(Op.ReverseSequence, new Op.ReverseSequenceAttributes(call.Integer("seq_axis", 0), call.Integer("batch_axis", 0)), call.Value("x"), call.Value("lengths"))),
        Row("band_part", call => call.Emit(Op.BandPart, new Op.BandPartAttributes(call.Integer("lower", -1), call.Integer("upper", -1)), call.Value("x"))),
        Row("argsort", call => call.Emit(Op.Argsort, new Op.ArgsortAttributes(call.Integer("axis", -1), call.Flag("ascending")), call.Value("x"))),
        Row("topk", call =>
        {
            // What need not be sorted may be.
            _ = call.Flag("sort", true);
            ElementType indices = call.Has("output_indices_dtype") ? call.ElementType("output_indices_dtype") : ElementType.Int32;
            call.Emit(Op.TopK, new Op.TopKAttributes(call.Integer("k", 1), call.Integer("axis", -1), call.Flag("ascending"), call.Flag("return_indices", true) ? indices : null), call.Value("x"));
        }),
        Row("non_zero", call => call.Emit(Op.NonZero, call.Value("x"))),
        Row("range_1d", call => call.Emit(Op.Range1d, call.Value("end"), call.Value("start"), call.Value("step"))),
        Row("fill_like", call => call.Emit(Op.FillLike, call.Value("ref_tensor"), call.OptionalValue("value") ?? call.Scalar("value", 0f))),
        Row("one_hot", call =>
        {
            Value? on = call.OptionalValue("on_value"), off = call.OptionalValue("off_value");
            ElementType type = (on ?? off)?.TensorType.ElementType ?? ElementType.Int32;
            call.Emit(Op.OneHot, new Op.OneHotAttributes(call.Integer("axis", -1)),
                call.Value("indices"), call.Value("one_hot_vector_size"), on ?? call.Scalar("on_value", 1, type), off ?? call.Scalar("off_value", 0, type));
        }),
        Row("gather_along_axis", call => call.Emit(Op.GatherAlongAxis, new Op.GatherAttributes(call.Integer("axis", 0), 0, call.Flag("validate_indices")), call.Value("x"), call.Value("indices"))),
        Row("gather_nd", call => call.Emit(Op.GatherNd, new Op.GatherNdAttributes(call.Integer("batch_dims", 0), call.Flag("validate_indices")), call.Value("x"), call.Value("indices"))),
        Row("scatter", call => call.Emit(Op.Scatter, Scattering(call), call.Value("data"), call.Value("indices"), call.Value("updates"))),
        Row("scatter_along_axis", call => call.Emit(Op.ScatterAlongAxis, Scattering(call), call.Value("data"), call.Value("indices"), call.Value("updates"))),
        Row("scatter_nd", call => call.Emit(Op.ScatterNd, Scattering(call), call.Value("data"), call.Value("indices"), call.Value("updates"))),
        Row("slice_update", call => call.Emit(Op.SliceUpdate,
            new Op.SliceByIndexAttributes(call.Integers("stride"), call.Integers("begin_mask"), call.Integers("end_mask"), call.Integers("squeeze_mask")),
            call.Value("x"), call.Value("update"), call.Value("begin"), call.Value("end"))),
        Row("non_maximum_suppression", call =>
        {
            // iOS17 has no score threshold and the boxes in the last axis.
            bool last = !call.Has("score_threshold");
            call.Emit(Op.NonMaximumSuppression,
                new Op.SuppressionAttributes(call.Number("iou_threshold"), call.Number("score_threshold", double.NegativeInfinity), call.Integer("max_boxes"), call.Flag("per_class_suppression"), last),
                call.Value("boxes"), call.Value("scores"));
        }),
    ];

    private static Op.ScatterAttributes Scattering(MilCall call) => new(
        call.Integer("axis", 0),
        call.Choice("mode", "add", ("add", Op.ScatterMode.Add), ("update", Op.ScatterMode.Update), ("sub", Op.ScatterMode.Sub), ("mul", Op.ScatterMode.Mul),
            ("div", Op.ScatterMode.Div), ("max", Op.ScatterMode.Max), ("min", Op.ScatterMode.Min)),
        call.Flag("validate_indices"));
}
