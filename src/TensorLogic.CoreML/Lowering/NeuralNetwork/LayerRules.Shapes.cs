using TensorLogic.CoreML.Specification;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.NeuralNetwork;

internal static partial class LayerRules
{
    /// <summary>Layers for [sequence, batch, C, H, W], and some for any axes.</summary>
    private static IEnumerable<KeyValuePair<string, Rule>> Arrangements() =>
    [
        Row("flatten", call =>
        {
            Value x = call.AtLeast(3);
            if (ChannelLast(call, call.Parameters.Integer(1))) x = MoveChannels(call, x, toEnd: true);
            call.Emit(call.Add("out", Op.ExpandDims, new Op.AxesAttributes([-2, -1]), MergeLastThree(call, x)), call.Input().Rank);
        }),
        Row("reshape", call =>
        {
            int[] target = call.Parameters.Integers(1, "targetShape");
            bool last = ChannelLast(call, call.Parameters.Integer(2));
            if (target.Length is not (3 or 4)) throw call.Broken($"The parameter 'targetShape' is [{string.Join(", ", target)}], expected three sizes or four.");
            Value x = Legacy(call, target.Length == 4 ? 5 : 4);
            int leading = x.TensorType.Rank - 3;
            if (last) x = MoveChannels(call, x, toEnd: true);
            // Sizes of 0 stay as they are: those of the sequence and the batch.
            int[] kept = target.Length == 4 ? [target[0], .. Enumerable.Repeat(0, leading - 1)] : [.. Enumerable.Repeat(0, leading)];
            int[] planes = last ? [target[^2], target[^1], target[^3]] : target[^3..];
            x = call.Add("reshaped", Op.Reshape, x, call.Ints("shape", [.. kept, .. planes]));
            call.Emit(last ? MoveChannels(call, x, toEnd: false) : x, Math.Max(call.Input().Rank, 5));
        }),
        Row("permute", call =>
        {
            int[] axes = call.Parameters.Integers(1, "axis");
            if (axes.Length == 0) axes = [0, 1, 2, 3];
            if (axes.Length != 4 || !axes.Order().SequenceEqual([0, 1, 2, 3])) throw call.Broken($"The parameter 'axis' is [{string.Join(", ", axes)}], expected an order of the axes 0 to 3.");
            // The four axes are sequence, channel, height and width; the batch stays where it is.
            Value x = Legacy(call, axes[0] == 0 ? 4 : 5);
            int leading = x.TensorType.Rank - 4;
            int[] order = leading == 0 ? [0, .. axes[1..]] : [.. Enumerable.Range(0, leading - 1), Place(axes[0]), leading, Place(axes[1]), Place(axes[2]), Place(axes[3])];
            call.Emit(call.Add("out", Op.Transpose, new Op.TransposeAttributes([.. order]), x), Math.Max(call.Input().Rank, 5));

            int Place(int axis) => axis == 0 ? leading - 1 : leading + axis;
        }),
        Row("concat", call =>
        {
            bool sequence = call.Parameters.Flag(100);
            int rank = Math.Max(sequence ? 5 : 3, Enumerable.Range(0, call.InputCount).Max(i => call.Input(i).Value.TensorType.Rank));
            Value[] values = [.. Enumerable.Range(0, call.InputCount).Select(i => call.AtLeast(rank, i))];
            call.Emit(call.Add("out", Op.Concat, new Op.ConcatAttributes(sequence ? -5 : -3), values), Enumerable.Range(0, call.InputCount).Max(i => call.Input(i).Rank));
        }),
        Row("split", call => Split(call, call.AtLeast(3), new(-3, [], call.Size(1, "nOutputs")))),
        Row("splitND", call =>
        {
            int[] sizes = call.Parameters.Integers(3, "splitSizes");
            int axis = call.Axis(call.Parameters.Integer(1), call.Input().Rank);
            Value x = call.Full();
            if (sizes.Length == 0 && x.TensorType.Dimensions[axis].Size is int length)
            {
                // What the number of parts does not divide goes to the first ones.
                int parts = call.Size(2, "numSplits");
                if (parts != call.Layer.Outputs.Count) throw call.Broken($"It splits its input into {parts}; it has {call.Layer.Outputs.Count} outputs.");
                sizes = [.. Enumerable.Range(0, parts).Select(part => length / parts + (part < length % parts ? 1 : 0))];
            }
            Split(call, x, sizes.Length > 0 ? new(axis, [.. sizes], sizes.Length) : new(axis, [], call.Size(2, "numSplits")));
        }),
        Row("sequenceRepeat", call =>
        {
            long times = Math.Max(call.Parameters.Integer(1), 1);
            if (times > int.MaxValue) throw call.Broken($"The parameter 'nRepetitions' is {times}.");
            Value x = Legacy(call, 5);
            int[] counts = [.. Enumerable.Repeat(1, x.TensorType.Rank)];
            counts[^5] = (int)times;
            call.Emit(Op.Tile, x, call.Ints("reps", counts));
        }),
        Row("concatND", call =>
        {
            Value[] values = OfOneRank(call);
            call.Emit(Op.Concat, new Op.ConcatAttributes(call.Axis(call.Parameters.Integer(1), values[0].TensorType.Rank), call.Parameters.Flag(2)), values);
        }),
        Row("stack", call => call.Emit(Op.Stack, new Op.AxisAttributes(call.Axis(call.Parameters.Integer(1), call.Input().Rank + 1)), All(call))),
        Row("transpose", call =>
        {
            int[] order = call.Parameters.Integers(1, "axes");
            Value x = call.Full();
            int extra = x.TensorType.Rank - order.Length;
            // A picture [1, C, H, W] stands for [C, H, W], as arrays have it.
            if (extra > 0 && x.TensorType.Dimensions[..extra].All(size => size.Size == 1)) x = call.Add("array", Op.Squeeze, new Op.AxesAttributes([.. Enumerable.Range(0, extra)]), x);
            call.Emit(Op.Transpose, new Op.TransposeAttributes([.. order]), x);
        }),
        Row("reverse", call =>
        {
            int[] flags = call.Parameters.Integers(1, "reverseDim");
            Value x = call.Full();
            if (flags.Length != x.TensorType.Rank) throw call.Broken($"The parameter 'reverseDim' has {flags.Length} entries; its input has {x.TensorType.Rank} axes.");
            int[] axes = [.. Enumerable.Range(0, flags.Length).Where(axis => flags[axis] != 0)];
            call.Emit(axes.Length == 0 ? x : call.Add("out", Op.Reverse, new Op.AxesAttributes([.. axes]), x));
        }),
        Row("reverseSeq", call => call.Emit(Op.ReverseSequence,
            new Op.ReverseSequenceAttributes(call.Axis(call.Parameters.Integer(2), call.Input().Rank), call.Axis(call.Parameters.Integer(1), call.Input().Rank)), call.Full(), call.Integers(1))),
        Row("slidingWindows", call => call.Emit(Op.SlidingWindows,
            new Op.SlidingWindowsAttributes(call.Axis(call.Parameters.Integer(1), call.Input().Rank), call.Size(2, "windowSize"), call.Size(3, "step")), call.Full())),
        Row("tile", call =>
        {
            Value x = call.Full();
            int rank = x.TensorType.Rank;
            Value counts = call.Has(1) ? call.Integers(1) : call.Ints("reps", call.Parameters.Integers(1, "reps"));
            if (counts.TensorType is not { Rank: 1, IsStatic: true } type || type.Shape[0] < 1 || type.Shape[0] > rank) throw call.Broken($"Its counts are {counts.TensorType}; its input has {rank} axes.");
            if (type.Shape[0] < rank) counts = call.Add("counts", Op.Concat, new Op.ConcatAttributes(0), call.Ints("ones", [.. Enumerable.Repeat(1, rank - type.Shape[0])]), counts);
            call.Emit(Op.Tile, x, counts);
        }),
    ];

    /// <summary>All inputs with the rank of the one that has the fewest axes: others may have more in front, of size 1.</summary>
    private static Value[] OfOneRank(LayerCall call)
    {
        Value[] values = All(call);
        int rank = values.Length == 0 ? throw call.Broken("It has no inputs.") : values.Min(value => value.TensorType.Rank);
        for (int i = 0; i < values.Length; i++)
        {
            int extra = values[i].TensorType.Rank - rank;
            if (extra > 0 && values[i].TensorType.Dimensions[..extra].All(size => size.Size == 1)) values[i] = call.Add($"array{i}", Op.Squeeze, new Op.AxesAttributes([.. Enumerable.Range(0, extra)]), values[i]);
        }
        return values;
    }

    private static Value[] All(LayerCall call) => [.. Enumerable.Range(0, call.InputCount).Select(call.Full)];

    private static void Split(LayerCall call, Value x, Op.SplitAttributes a)
    {
        if (a.Count != call.Layer.Outputs.Count) throw call.Broken($"It splits its input into {a.Count}; it has {call.Layer.Outputs.Count} outputs.");
        IReadOnlyList<Value> parts = call.AddSeveral("out", Op.Split, a, x);
        for (int i = 0; i < parts.Count; i++) call.Emit(parts[i], call.Input().Rank, i);
    }

    private static bool ChannelLast(LayerCall call, long mode) => mode switch { 0 => false, 1 => true, _ => throw call.Broken($"The parameter 'mode' is {mode}.") };

    /// <summary>An input of a layer that is for five axes: leading ones that it lacks have size 1.</summary>
    private static Value Legacy(LayerCall call, int axes)
    {
        Blob blob = call.Input();
        return call.Scope.Expand(blob.Rank < 5 ? blob with { Rank = 5 } : blob, axes);
    }

    private static Value MoveChannels(LayerCall call, Value x, bool toEnd)
    {
        int c = x.TensorType.Rank - 3;
        int[] last = toEnd ? [c + 1, c + 2, c] : [c + 2, c, c + 1];
        return call.Add(toEnd ? "channels_last" : "channels_first", Op.Transpose, new Op.TransposeAttributes([.. Enumerable.Range(0, c), .. last]), x);
    }

    private static IEnumerable<KeyValuePair<string, Rule>> Shapes() =>
    [
        Row("getShape", call => call.Emit(call.SizesOf(call.Full()))),
        Row("reshapeStatic", call => call.Emit(Op.Reshape, call.Full(), call.Ints("shape", call.Parameters.Integers(1, "targetShape")))),
        Row("rankPreservingReshape", call => call.Emit(Op.Reshape, call.Full(), call.Ints("shape", call.Parameters.Integers(1, "targetShape")))),
        Row("reshapeDynamic", call => call.Emit(Op.Reshape, call.Full(), call.Integers(1))),
        Row("reshapeLike", call => call.Emit(Op.Reshape, call.Full(), call.SizesOf(call.Full(1)))),
        Row("broadcastToStatic", call => call.Emit(Op.BroadcastTo, call.Full(), call.Ints("shape", call.Parameters.Integers(1, "targetShape")))),
        Row("broadcastToDynamic", call => call.Emit(Op.BroadcastTo, call.Full(), call.Integers(1))),
        Row("broadcastToLike", call => call.Emit(Op.BroadcastTo, call.Full(), call.SizesOf(call.Full(1)))),
        Row("expandDims", call =>
        {
            int[] axes = call.Parameters.Integers(1, "axes");
            // A number is held as a vector of one, which is an axis that it does not have.
            if (call.Input().IsNumber) call.Emit(Op.Reshape, call.Full(), call.Ints("ones", [.. Enumerable.Repeat(1, axes.Length)]));
            else call.Emit(Op.ExpandDims, new Op.AxesAttributes([.. axes]), call.Full());
        }),
        Row("squeeze", call =>
        {
            int[] axes = call.Parameters.Integers(1, "axes");
            Value x = call.Full();
            call.Emit(axes.Length == 0 && !call.Parameters.Flag(2) ? x : call.Add("out", Op.Squeeze, new Op.AxesAttributes(call.Parameters.Flag(2) ? [] : [.. axes]), x));
        }),
        Row("flattenTo2D", call => call.Emit(Op.Flatten2d, new Op.AxisAttributes(call.Parameters.Int32(1, "axis")), call.Full())),
        Row("constantPad", call =>
        {
            LayerMessage p = call.Parameters;
            Value x = call.Full();
            int rank = x.TensorType.Rank;
            int[] given = p.Integers(2, "padAmounts");
            Value amounts = call.Has(1) ? call.Integers(1) : call.Ints("amounts", given);
            if (!call.Has(1) && (given.Length != 2 * rank || given.Any(amount => amount < 0))) throw call.Broken($"The parameter 'padAmounts' is [{string.Join(", ", given)}], expected {2 * rank} amounts.");
            if (p.Flag(3))
            {
                // Amounts are sizes to reach; what is there already is taken off.
                Value sizes = call.SizesOf(x);
                Value twice = call.Add("twice", Op.Reshape, call.Add("pairs", Op.Stack, new Op.AxisAttributes(1), sizes, sizes), call.Ints("flat", -1));
                amounts = call.Add("missing", Op.Maximum, call.Add("rest", Op.Sub, amounts, twice), call.Ints("none", [.. Enumerable.Repeat(0, 2 * rank)]));
            }
            call.Emit(Op.Pad, new Op.PadAttributes(Op.PadMode.Constant), x, amounts, call.Scalar("value", p.Number(1)));
        }),
    ];

    private static IEnumerable<KeyValuePair<string, Rule>> Slices() =>
    [
        Row("slice", call =>
        {
            LayerMessage p = call.Parameters;
            int fromEnd = p.Integer(4) switch { 0 => 3, 1 => 2, 2 => 1, var other => throw call.Broken($"The parameter 'axis' is {other}.") };
            Value x = call.AtLeast(fromEnd);
            int rank = x.TensorType.Rank;
            int[] begin = new int[rank], end = new int[rank], stride = [.. Enumerable.Repeat(1, rank)], mask = [.. Enumerable.Repeat(1, rank)];
            (begin[^fromEnd], end[^fromEnd], mask[^fromEnd]) = (p.Int32(1, "startIndex"), p.Int32(2, "endIndex"), 0);
            stride[^fromEnd] = p.Integer(3) == 0 ? 1 : call.Size(3, "stride");
            call.Emit(call.Add("out", Op.SliceByIndex, new Op.SliceByIndexAttributes([.. stride], [.. mask], [.. mask], []), x, call.Ints("begin", begin), call.Ints("end", end)), call.Input().Rank);
        }),
        Row("sliceStatic", call =>
        {
            LayerMessage p = call.Parameters;
            Value x = call.Full();
            call.Emit(Op.SliceByIndex,
                new Op.SliceByIndexAttributes(PerAxis(p, 5, "strides", x), PerAxis(p, 2, "beginMasks", x), PerAxis(p, 4, "endMasks", x), PerAxis(p, 6, "squeezeMasks", x)),
                x, call.Ints("begin", p.Integers(1, "beginIds")), call.Ints("end", p.Integers(3, "endIds")));
        }),
        Row("sliceDynamic", call =>
        {
            LayerMessage p = call.Parameters;
            Value x = call.Full();
            int rank = x.TensorType.Rank;
            if (call.Has(6)) throw new UnsupportedOperatorException("sliceDynamic", "its squeeze mask is computed, and so the number of axes of its result is not known") { Place = call.Place };
            Ints squeeze = PerAxis(p, 6, "squeezeMasks", x);
            Value end = call.Has(2) ? call.Integers(2) : call.Ints("end", p.Integers(3, "endIds"));
            Ints stride = PerAxis(p, 5, "strides", x), beginMask = PerAxis(p, 2, "beginMasks", x), endMask = PerAxis(p, 4, "endMasks", x);
            if (!call.Has(3))
            {
                call.Emit(Op.SliceByIndex, new Op.SliceByIndexAttributes(stride, beginMask, endMask, squeeze), x, call.Integers(1), end);
                return;
            }
            call.Emit(Op.SliceDynamic, new Op.SqueezeMaskAttributes(squeeze), x, call.Integers(1), end, call.Integers(3), Mask(4, beginMask, "begin_mask"), Mask(5, endMask, "end_mask"));

            Value Mask(int input, Ints given, string role) => call.Has(input) ? call.Integers(input) : call.Ints(role, given.Count > 0 ? [.. given] : new int[rank]);
        }),
        Row("sliceBySize", call =>
        {
            Value x = call.Full(), begin = call.Integers(1);
            int rank = x.TensorType.Rank, axis = call.Axis(call.Parameters.Integer(3), rank);
            int[] size = [.. Enumerable.Repeat(-1, rank)];
            size[axis] = call.Size(2, "size");
            if (begin.TensorType.Rank != 1) begin = call.Add("first", Op.Reshape, begin, call.Ints("one", 1));
            Value begins = call.Add("begins", Op.Concat, new Op.ConcatAttributes(0), call.Ints("before", new int[axis]), begin, call.Ints("after", new int[rank - axis - 1]));
            call.Emit(Op.SliceBySize, x, begins, call.Ints("size", size));
        }),
        Row("gather", call => call.Emit(Op.Gather, new Op.GatherAttributes(call.Axis(call.Parameters.Integer(1), call.Input().Rank)), call.Full(), call.Integers(1))),
        Row("gatherAlongAxis", call => call.Emit(Op.GatherAlongAxis, new Op.GatherAttributes(call.Axis(call.Parameters.Integer(1), call.Input().Rank)), call.Full(), call.Integers(1))),
        Row("gatherND", call => call.Emit(Op.GatherNd, new Op.GatherNdAttributes(), call.Full(), call.Integers(1))),
        Row("scatter", call => call.Emit(Op.Scatter, Scattering(call, call.Parameters.Integer(1), 2), call.Full(), call.Integers(1), call.Full(2))),
        Row("scatterAlongAxis", call => call.Emit(Op.ScatterAlongAxis, Scattering(call, call.Parameters.Integer(1), 2), call.Full(), call.Integers(1), call.Full(2))),
        Row("scatterND", call => call.Emit(Op.ScatterNd, Scattering(call, 0, 1), call.Full(), call.Integers(1), call.Full(2))),
    ];

    /// <summary>Numbers for each axis. Converters write five, whatever the rank: those beyond it are of no account.</summary>
    private static Ints PerAxis(LayerMessage p, int field, string name, Value x)
    {
        int[] numbers = p.Integers(field, name);
        return [.. numbers.Length == 5 ? numbers.Take(x.TensorType.Rank) : numbers];
    }

    private static Op.ScatterAttributes Scattering(LayerCall call, long axis, int modeField) => new(call.Axis(axis, call.Input().Rank), call.Parameters.Integer(modeField) switch
    {
        0 => Op.ScatterMode.Update,
        1 => Op.ScatterMode.Add,
        2 => Op.ScatterMode.Sub,
        3 => Op.ScatterMode.Mul,
        4 => Op.ScatterMode.Div,
        5 => Op.ScatterMode.Max,
        6 => Op.ScatterMode.Min,
        var mode => throw call.Broken($"The parameter 'mode' is {mode}."),
    });
}
