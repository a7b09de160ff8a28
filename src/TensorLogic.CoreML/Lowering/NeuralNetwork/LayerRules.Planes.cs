using TensorLogic.CoreML.Specification;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.NeuralNetwork;

internal static partial class LayerRules
{
    private static IEnumerable<KeyValuePair<string, Rule>> Planes() =>
    [
        Row("padding", call =>
        {
            LayerMessage p = call.Parameters;
            int kind = p.OneOf(1, 2, 3);
            Op.PadMode mode = kind switch { 2 => Op.PadMode.Reflect, 3 => Op.PadMode.Replicate, _ => Op.PadMode.Constant };
            Value amounts = call.Ints("pad", Borders(call, p.Message(10, "paddingAmounts")));
            Value? fill = mode == Op.PadMode.Constant ? call.Scalar("value", p.Message(1, "constant").Number(1)) : null;
            call.Emit(call.Add("out", Op.Pad, new Op.PadAttributes(mode), call.AtLeast(2), amounts, fill), call.Input().Rank);
        }),
        Row("crop", call =>
        {
            Value x = call.AtLeast(3);
            if (!call.Has(1))
            {
                int[] amounts = Borders(call, call.Parameters.Message(1, "cropAmounts"));
                call.Emit(call.Add("out", Op.Crop, new Op.CropAttributes([amounts[0], amounts[1]], [amounts[2], amounts[3]]), x), call.Input().Rank);
                return;
            }
            int[] offset = call.Parameters.Integers(5, "offset");
            if (offset is not ([] or [>= 0, >= 0])) throw call.Broken($"The parameter 'offset' is [{string.Join(", ", offset)}], expected two amounts.");
            int leading = x.TensorType.Rank - 2;
            Value like = call.AtLeast(2, 1);
            int likeRank = like.TensorType.Rank;
            Value sizes = call.Add("target", Op.SliceByIndex, new Op.SliceByIndexAttributes([], [], [], []), call.SizesOf(like), call.Ints("first", likeRank - 2), call.Ints("last", likeRank));
            Value size = call.Add("size", Op.Concat, new Op.ConcatAttributes(0), call.Ints("whole", [.. Enumerable.Repeat(-1, leading)]), sizes);
            int[] begin = [.. Enumerable.Repeat(0, leading), .. offset.Length == 0 ? [0, 0] : offset];
            call.Emit(call.Add("out", Op.SliceBySize, x, call.Ints("begin", begin), size), call.Input().Rank);
        }),
        Row("upsample", call =>
        {
            LayerMessage p = call.Parameters;
            float[] fractions = p.Numbers(7, "fractionalScalingFactor");
            if (fractions is not ([] or [> 0, > 0])) throw call.Broken($"The parameter 'fractionalScalingFactor' is [{string.Join(", ", fractions)}], expected two factors above 0.");
            int[] factors = call.Sizes(1, "scalingFactor", 2, 1);
            Op.SamplingMode mode = p.Integer(6) switch
            {
                0 => Op.SamplingMode.Default,
                1 => Op.SamplingMode.StrictAlignCorners,
                2 => Op.SamplingMode.UnalignCorners,
                var other => throw call.Broken($"The parameter 'linearUpsampleMode' is {other}."),
            };
            bool nearest = p.Integer(5) switch { 0 => true, 1 => false, var other => throw call.Broken($"The parameter 'mode' is {other}.") };
            (double height, double width) = fractions.Length == 2 ? (fractions[0], fractions[1]) : (factors[0], factors[1]);
            call.Emit(call.Add("out", Op.Upsample, new Op.UpsampleAttributes(height, width, nearest ? Op.SamplingMode.Default : mode, nearest), call.AtLeast(3)), call.Input().Rank);
        }),
        Row("resizeBilinear", call =>
        {
            int[] target = call.Sizes(1, "targetSize", 2, 1);
            call.Emit(call.Add("out", Op.Resize, new Op.ResizeAttributes(2, Sampling(call, call.Parameters.Message(2, "mode")), false), call.AtLeast(3), call.Ints("size", target)), call.Input().Rank);
        }),
        Row("cropResize", call =>
        {
            LayerMessage p = call.Parameters;
            int[] target = call.Sizes(1, "targetSize", 2, 1);
            (bool center, bool widthFirst) = p.Message(4, "boxIndicesMode").Integer(1) switch
            {
                0 => (false, false),
                1 => (false, true),
                2 => (true, false),
                3 => (true, true),
                var mode => throw call.Broken($"The parameter 'boxMode' is {mode}."),
            };
            Value x = call.AtLeast(4);
            if (x.TensorType.Rank == 5) x = call.Add("images", Op.Squeeze, new Op.AxesAttributes([0]), x);
            Value boxes = call.AtLeast(5, 1);
            call.Emit(Op.CropResize, new Op.CropResizeAttributes(target[0], target[1], p.Flag(2), p.Number(5, zero: 1), center, widthFirst, Sampling(call, p.Message(3, "mode")), 0), x, boxes);
        }),
        Row("reorganizeData", call =>
        {
            Op.BlockAttributes block = new(call.Size(2, "blockSize"));
            Operator move = call.Parameters.Integer(1) switch
            {
                0 => Op.SpaceToDepth,
                1 => Op.DepthToSpace,
                2 => Op.PixelShuffle,
                var mode => throw call.Broken($"The parameter 'mode' is {mode}."),
            };
            call.OnPlanes(x => call.Add("out", move, block, x));
        }),
    ];

    private static Op.SamplingMode Sampling(LayerCall call, LayerMessage mode) => mode.Integer(1) switch
    {
        0 => Op.SamplingMode.StrictAlignCorners,
        1 => Op.SamplingMode.AlignCorners,
        2 => Op.SamplingMode.Default,
        3 => Op.SamplingMode.OffsetCorners,
        var other => throw call.Broken($"The parameter 'samplingMethod' is {other}."),
    };
}
