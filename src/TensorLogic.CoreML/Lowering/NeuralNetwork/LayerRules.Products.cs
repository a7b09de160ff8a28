using TensorLogic.CoreML.Specification;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.NeuralNetwork;

internal static partial class LayerRules
{
    private static IEnumerable<KeyValuePair<string, Rule>> Products() =>
    [
        Row("innerProduct", call =>
        {
            LayerMessage p = call.Parameters;
            int inputs = call.Size(1, "inputChannels"), outputs = call.Size(2, "outputChannels");
            Value weight = call.Weight("weights", outputs, inputs);
            Value? bias = call.OptionalWeight(p.Flag(10), "bias", outputs);
            Blob x = call.Input();
            if (x.Rank < 4)
            {
                call.Emit(Op.Linear, call.Full(), weight, bias);
                return;
            }
            // The last three axes are one vector; the result is [..., C_out, 1, 1].
            Value product = call.Add("product", Op.Linear, MergeLastThree(call, call.AtLeast(4)), weight, bias);
            call.Emit(call.Add("out", Op.ExpandDims, new Op.AxesAttributes([-2, -1]), product), x.Rank);
        }),
        Row("batchedMatmul", call =>
        {
            LayerMessage p = call.Parameters;
            if (call.Has(1))
            {
                Value a = Matrix(call, call.Full(), row: true), b = Matrix(call, call.Full(1), row: false);
                call.Emit(Op.MatMul, new Op.MatMulAttributes(p.Flag(1), p.Flag(2)), a, b);
                return;
            }
            int rows = call.Size(5, "weightMatrixFirstDimension"), columns = call.Size(6, "weightMatrixSecondDimension");
            // Stored column by column, which is the transposed matrix row by row.
            call.Emit(Op.Linear, call.Full(), call.Weight("weights", columns, rows), call.OptionalWeight(p.Flag(7), "bias", columns));
        }),
        Row("embedding", call =>
        {
            Value x = call.AtLeast(4);
            Value indices = call.Add("indices", Op.Cast, new Op.CastAttributes(ElementType.Int32), call.Add("positions", Op.Squeeze, new Op.AxesAttributes([-3, -2, -1]), x));
            Value rows = Embed(call, indices, call.Size(1, "inputDim"), call.Size(2, "outputChannels"), call.Parameters.Flag(10));
            call.Emit(call.Add("out", Op.ExpandDims, new Op.AxesAttributes([-2, -1]), rows), call.Input().Rank);
        }),
        Row("embeddingND", call =>
        {
            Value x = call.Full();
            if (x.TensorType.Rank < 2) throw call.Broken($"Its input is {x.TensorType}, expected at least two axes.");
            Value indices = call.Add("indices", Op.Cast, new Op.CastAttributes(ElementType.Int32), call.Add("positions", Op.Squeeze, new Op.AxesAttributes([-1]), x));
            call.Emit(Embed(call, indices, call.Size(1, "vocabSize"), call.Size(2, "embeddingSize"), call.Parameters.Flag(3)));
        }),
    ];

    private static Value MergeLastThree(LayerCall call, Value x)
    {
        int rank = x.TensorType.Rank;
        return call.Add("vectors", Op.MergeAxes, new Op.AxisRangeAttributes(rank - 3, rank - 1), x);
    }

    // A vector is a row on the left and a column on the right; the result keeps both axes.
    private static Value Matrix(LayerCall call, Value value, bool row) =>
        value.TensorType.Rank >= 2 ? value : call.Add(row ? "row" : "column", Op.ExpandDims, new Op.AxesAttributes([row ? 0 : 1]), value);

    /// <summary>The matrix is stored as [size of a vector, number of vectors].</summary>
    private static Value Embed(LayerCall call, Value indices, int count, int size, bool hasBias)
    {
        using Tensor stored = call.ReadWeight("weights", 0, size, count);
        using Tensor turned = stored.Transpose(1, 0);
        Value table = call.Scope.Constant($"{call.Layer.Name}.weights", turned.Clone());
        Value rows = call.Add("rows", Op.Gather, new Op.GatherAttributes(0), table, indices);
        return hasBias ? call.Add("biased", Op.Add, rows, call.Weight("bias", size)) : rows;
    }

    private static IEnumerable<KeyValuePair<string, Rule>> Convolutions() =>
    [
        Row("convolution", call =>
        {
            LayerMessage p = call.Parameters;
            int outputs = call.Size(1, "outputChannels"), channels = call.Size(2, "kernelChannels"), groups = Groups(call, p.Integer(10));
            int[] kernel = call.Sizes(20, "kernelSize", 2, 3), stride = call.Sizes(30, "stride", 2, 1), dilation = call.Sizes(40, "dilationFactor", 2, 1);
            if (call.Parameters.OneOf(50, 51) == 0) throw call.Broken("It does not say how it is padded.");
            (PadType type, int[] pad) = Padding(call, valid: 50, same: 51);
            Value? bias = call.OptionalWeight(p.Flag(70), "bias", outputs);
            if (p.Flag(60))
            {
                if (outputs % groups != 0) throw call.Broken($"It has {outputs} output channels in {groups} groups.");
                int[] size = p.Integers(100, "outputShape");
                if (size.Length is not (0 or 2) || size.Any(length => length <= 0)) throw call.Broken($"The parameter 'outputShape' is [{string.Join(", ", size)}], expected two sizes above 0.");
                Value weight = call.WeightByAxis("weights", 1, channels, outputs / groups, kernel[0], kernel[1]);
                call.OnPlanes(x => call.Add("out", Op.ConvTranspose,
                    new Op.ConvTransposeAttributes([.. stride], type, [.. pad], [.. dilation], groups, size.Length > 0 ? [1, outputs, .. size] : []), x, weight, bias));
                return;
            }
            Value filters = call.Has(1) ? call.Full(1) : call.Weight("weights", outputs, channels, kernel[0], kernel[1]);
            call.OnPlanes(x => call.Add("out", Op.Conv, new Op.ConvAttributes([.. stride], type, [.. pad], [.. dilation], groups), x, filters, bias));
        }),
        Row("convolution3d", call =>
        {
            LayerMessage p = call.Parameters;
            int outputs = call.Size(1, "outputChannels"), channels = call.Size(2, "inputChannels"), groups = Groups(call, p.Integer(10));
            if (outputs % groups != 0 || channels % groups != 0) throw call.Broken($"It has {channels} input and {outputs} output channels in {groups} groups.");
            int[] kernel = Each(call, 20, "kernelDepth", 21, "kernelHeight", 22, "kernelWidth"), stride = Each(call, 31, "strideDepth", 32, "strideHeight", 33, "strideWidth");
            int[] dilation = Each(call, 40, "dilationDepth", 41, "dilationHeight", 42, "dilationWidth");
            (PadType type, int[] pad) = Padding3D(call, 70, 80);
            Value? bias = call.OptionalWeight(p.Flag(50), "bias", outputs);
            Value x = call.Full();
            if (p.Flag(86))
            {
                int[] size = p.Integers(87, "outputShape");
                if (size.Length is not (0 or 3) || size.Any(length => length <= 0)) throw call.Broken($"The parameter 'outputShape' is [{string.Join(", ", size)}], expected three sizes above 0.");
                Value weight = call.WeightByAxis("weights", 1, channels, outputs / groups, kernel[0], kernel[1], kernel[2]);
                call.Emit(Op.ConvTranspose,
                    new Op.ConvTransposeAttributes([.. stride], type, [.. pad], [.. dilation], groups, size.Length > 0 ? [1, outputs, .. size] : []), x, weight, bias);
                return;
            }
            call.Emit(Op.Conv, new Op.ConvAttributes([.. stride], type, [.. pad], [.. dilation], groups), x, call.Weight("weights", outputs, channels / groups, kernel[0], kernel[1], kernel[2]), bias);
        }),
    ];

    private static int Groups(LayerCall call, long groups) => groups is >= 0 and <= int.MaxValue ? Math.Max((int)groups, 1) : throw call.Broken($"The parameter 'nGroups' is {groups}.");

    /// <summary>Three positive parameters; 1 where one is left out.</summary>
    private static int[] Each(LayerCall call, int first, string firstName, int second, string secondName, int third, string thirdName) =>
        [.. new[] { (first, firstName), (second, secondName), (third, thirdName) }.Select(field => call.Parameters.Has(field.Item1) ? call.Size(field.Item1, field.Item2) : 1)];

    /// <summary>Padding of the two spatial axes: <c>valid</c> with amounts, or <c>same</c>.</summary>
    private static (PadType Type, int[] Pad) Padding(LayerCall call, int valid, int same)
    {
        int kind = call.Parameters.OneOf(valid, same);
        if (kind == same)
            return call.Parameters.Message(same, "same").Integer(1) switch
            {
                0 => (PadType.Same, []),
                1 => (PadType.SameLower, []),
                var mode => throw call.Broken($"The parameter 'asymmetryMode' is {mode}."),
            };
        return (PadType.Custom, Borders(call, call.Parameters.Message(valid, "valid").Message(1, "paddingAmounts")));
    }

    /// <summary>Amounts [top, bottom, left, right] of a <c>BorderAmounts</c> message; 0 where it is empty.</summary>
    private static int[] Borders(LayerCall call, LayerMessage borders)
    {
        IReadOnlyList<LayerMessage> edges = borders.Messages(10, "borderAmounts");
        if (edges.Count == 0) return [0, 0, 0, 0];
        if (edges.Count != 2) throw call.Broken($"The parameter 'borderAmounts' has {edges.Count} entries, expected two.");
        int[] amounts = [.. edges.SelectMany(edge => new[] { edge.Int32(1, "startEdgeSize"), edge.Int32(2, "endEdgeSize") })];
        return amounts.All(amount => amount >= 0) ? amounts : throw call.Broken($"The parameter 'borderAmounts' is [{string.Join(", ", amounts)}].");
    }

    private static (PadType Type, int[] Pad) Padding3D(LayerCall call, int type, int first)
    {
        int[] amounts = [.. Enumerable.Range(first, 6).Select(field => call.Parameters.Int32(field, "customPadding"))];
        if (amounts.Any(amount => amount < 0)) throw call.Broken($"Its custom padding is [{string.Join(", ", amounts)}].");
        return call.Parameters.Integer(type) switch
        {
            0 => (PadType.Custom, amounts),
            1 => (PadType.Valid, []),
            2 => (PadType.Same, []),
            var other => throw call.Broken($"The parameter 'paddingType' is {other}."),
        };
    }

    private static IEnumerable<KeyValuePair<string, Rule>> Pools() =>
    [
        Row("pooling", call =>
        {
            LayerMessage p = call.Parameters;
            long kind = p.Integer(1);
            if (p.Flag(60))
            {
                Operator whole = kind switch { 0 => Op.ReduceMax, 1 => Op.ReduceMean, 2 => Op.ReduceL2Norm, _ => throw call.Broken($"The parameter 'type' is {kind}.") };
                call.Emit(call.Add("out", whole, new Op.ReduceAttributes([-2, -1], true), call.AtLeast(3)), call.Input().Rank);
                return;
            }
            int[] kernel = call.Sizes(10, "kernelSize", 2, 3), stride = call.Sizes(20, "stride", 2, 1);
            bool complete = p.OneOf(30, 31, 32) == 32;
            (PadType type, int[] pad) = complete ? (PadType.Custom, CompletePadding(call)) : Padding(call, 30, 31);
            call.OnPlanes(x => Pool(call, kind, x, new([.. kernel], [.. stride], type, [.. pad], complete, p.Flag(50))));
        }),
        Row("pooling3d", call =>
        {
            (PadType type, int[] pad) = Padding3D(call, 15, 8);
            int[] kernel = Each(call, 2, "kernelDepth", 3, "kernelHeight", 4, "kernelWidth"), stride = Each(call, 5, "strideDepth", 6, "strideHeight", 7, "strideWidth");
            call.Emit(Pool(call, call.Parameters.Integer(1), call.Full(), new([.. kernel], [.. stride], type, [.. pad], false, call.Parameters.Flag(14))));
        }),
        Row("globalPooling3d", call =>
        {
            Operator whole = call.Parameters.Integer(1) switch { 0 => Op.ReduceMax, 1 => Op.ReduceMean, var kind => throw call.Broken($"The parameter 'type' is {kind}.") };
            call.Emit(whole, new Op.ReduceAttributes([-3, -2, -1], true), call.AtLeast(3));
        }),
    ];

    private static int[] CompletePadding(LayerCall call)
    {
        int[] amounts = call.Parameters.Message(32, "includeLastPixel").Integers(10, "paddingAmounts");
        return amounts switch
        {
            [] => [0, 0, 0, 0],
            [>= 0 and var h, >= 0 and var w] => [h, h, w, w],
            _ => throw call.Broken($"The parameter 'paddingAmounts' is [{string.Join(", ", amounts)}], expected two amounts."),
        };
    }

    private static Value Pool(LayerCall call, long kind, Value x, Op.AvgPoolAttributes a)
    {
        Op.PoolAttributes plain = new(a.KernelSizes, a.Strides, a.PadType, a.Pad, a.CeilMode);
        return kind switch
        {
            0 => call.Add("out", Op.MaxPool, plain, x),
            1 => call.Add("out", Op.AvgPool, a, x),
            2 => call.Add("out", Op.L2Pool, plain, x),
            _ => throw call.Broken($"The parameter 'type' is {kind}."),
        };
    }
}
