using TensorLogic.CoreML.Specification;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.NeuralNetwork;

internal static partial class LayerRules
{
    private static IEnumerable<KeyValuePair<string, Rule>> Reductions() =>
    [
        Reduce("reduceL1", Op.ReduceL1Norm), Reduce("reduceL2", Op.ReduceL2Norm), Reduce("reduceMax", Op.ReduceMax), Reduce("reduceMin", Op.ReduceMin), Reduce("reduceSum", Op.ReduceSum),
        Reduce("reduceProd", Op.ReduceProd), Reduce("reduceMean", Op.ReduceMean), Reduce("reduceLogSum", Op.ReduceLogSum), Reduce("reduceSumSquare", Op.ReduceSumSquare), Reduce("reduceLogSumExp", Op.ReduceLogSumExp),
        Row("reduce", call =>
        {
            LayerMessage p = call.Parameters;
            int[] axes = p.Integer(3) switch { 0 => [-3, -2, -1], 1 => [-2, -1], 2 => [-3], 3 => [-2], 4 => [-1], var axis => throw call.Broken($"The parameter 'axis' is {axis}.") };
            Value x = call.AtLeast(-axes[0]);
            long mode = p.Integer(1);
            if (mode == 9 && axes.Length > 1) throw call.Broken($"It looks for the index of the maximum along {axes.Length} axes.");
            if (mode == 3) x = call.Add("logarithms", Op.Log, new Op.EpsilonAttributes(p.Number(2, zero: 1e-6f)), x);
            Operator operation = mode switch
            {
                0 or 3 => Op.ReduceSum,
                1 => Op.ReduceMean,
                2 => Op.ReduceProd,
                4 => Op.ReduceSumSquare,
                5 => Op.ReduceL1Norm,
                6 => Op.ReduceL2Norm,
                7 => Op.ReduceMax,
                8 => Op.ReduceMin,
                9 => Op.ReduceArgmax,
                _ => throw call.Broken($"The parameter 'mode' is {mode}."),
            };
            OperatorAttributes attributes = mode == 9 ? new Op.ArgAttributes(axes[0], true) : new Op.ReduceAttributes([.. axes], true);
            call.Emit(call.Add("out", operation, attributes, x), call.Input().Rank);
        }),
        Row("argMax", call => Argument(call, Op.ReduceArgmax)),
        Row("argMin", call => Argument(call, Op.ReduceArgmin)),
        Row("argSort", call => call.Emit(Op.Argsort, new Op.ArgsortAttributes(call.Axis(call.Parameters.Integer(1), call.Input().Rank), !call.Parameters.Flag(2)), call.Full())),
        Row("topK", call =>
        {
            LayerMessage p = call.Parameters;
            Value x = call.Full();
            int rank = x.TensorType.Rank, axis = call.Axis(p.Integer(1), rank);
            IReadOnlyList<Value> found = call.AddSeveral("found", Op.TopK, new Op.TopKAttributes(call.Has(1) ? -1 : call.Size(2, "K"), axis, p.Flag(3)), x);
            for (int i = 0; i < 2; i++) call.Emit(call.Has(1) ? First(found[i]) : found[i], 0, i);

            // All are sorted; as many as the second input says are kept.
            Value First(Value sorted)
            {
                Value count = call.Add("count", Op.Reshape, call.Integers(1), call.Ints("one", 1));
                Value sizes = call.Add("sizes", Op.Concat, new Op.ConcatAttributes(0), call.Ints("before", [.. Enumerable.Repeat(-1, axis)]), count, call.Ints("after", [.. Enumerable.Repeat(-1, rank - axis - 1)]));
                return call.Add("first", Op.SliceBySize, sorted, call.Ints("start", new int[rank]), sizes);
            }
        }),
        Row("cumSum", call =>
        {
            LayerMessage p = call.Parameters;
            Value x = call.Full();
            int rank = x.TensorType.Rank;
            if (!call.Has(1))
            {
                call.Emit(Op.CumSum, new Op.CumSumAttributes(call.Axis(p.Integer(1), rank), p.Flag(2), p.Flag(3)), x);
                return;
            }
            // The axis is computed: the sum along the axis that it turns out to be is chosen.
            Value axis = call.Add("axis", Op.Reshape, call.Integers(1), call.Ints("one", 1));
            Value result = x;
            for (int candidate = 0; candidate < rank; candidate++)
            {
                Value sum = call.Add("sum", Op.CumSum, new Op.CumSumAttributes(candidate, p.Flag(2), p.Flag(3)), x);
                Value chosen = call.Add("chosen", Op.LogicalOr, call.Add("same", Op.Equal, axis, call.Ints("candidate", candidate)), call.Add("negative", Op.Equal, axis, call.Ints("fromEnd", candidate - rank)));
                result = call.Add("out", Op.Select, chosen, sum, result);
            }
            call.Emit(result);
        }),
        Row("whereNonZero", call => call.Emit(Op.NonZero, call.Full())),
        Row("oneHot", call =>
        {
            LayerMessage p = call.Parameters;
            Value size = call.Has(1) ? call.Integers(1) : call.Ints("size", call.Size(1, "oneHotVectorSize"));
            call.Emit(Op.OneHot, new Op.OneHotAttributes(call.Axis(p.Integer(2), call.Input().Rank + 1)), call.Integers(0), size, call.Scalar("on", p.Number(3)), call.Scalar("off", p.Number(4)));
        }),
        Row("matrixBandPart", call => call.Emit(Op.BandPart, new Op.BandPartAttributes(call.Parameters.Int32(1, "numLower"), call.Parameters.Int32(2, "numUpper")), call.Full())),
        Row("lowerTriangular", call =>
        {
            int k = call.Parameters.Int32(1, "k");
            Triangle(call, k >= 0 ? new(-1, k) : new(-(k + 1), -1), complement: k < 0);
        }),
        Row("upperTriangular", call =>
        {
            int k = call.Parameters.Int32(1, "k");
            Triangle(call, k <= 0 ? new(k == int.MinValue ? int.MaxValue : -k, -1) : new(-1, k - 1), complement: k > 0);
        }),
        Row("NonMaximumSuppression", call =>
        {
            LayerMessage p = call.Parameters;
            long max = p.Integer(3);
            if (max is < 0 or > 1 << 24) throw call.Broken($"The parameter 'maxBoxes' is {max}.");
            Op.SuppressionAttributes a = new(p.Number(1), p.Number(2), (int)max, p.Flag(4), false);
            Value?[] given = [call.Full(), call.Full(1), Optional(2), Optional(3), Optional(4)];
            IReadOnlyList<Value> results = given[2] is null && given[3] is null && given[4] is null
                ? call.AddSeveral("out", Op.NonMaximumSuppression, a, given[..2])
                : call.AddSeveral("out", Op.SuppressDynamic, a, given);
            for (int i = 0; i < results.Count; i++) call.Emit(results[i], 0, i);

            Value? Optional(int input) => call.Has(input) ? call.Full(input) : null;
        }),
    ];

    private static KeyValuePair<string, Rule> Reduce(string name, Operator @operator) => Row(name, call =>
    {
        LayerMessage p = call.Parameters;
        call.Emit(@operator, new Op.ReduceAttributes(p.Flag(3) ? [] : [.. p.Integers(1, "axes")], p.Flag(2)), call.Full());
    });

    private static void Argument(LayerCall call, Operator @operator)
    {
        Value x = call.Full();
        call.Emit(@operator, new Op.ArgAttributes(call.Axis(call.Parameters.Integer(1), x.TensorType.Rank), !call.Parameters.Flag(2) || x.TensorType.Rank == 1), x);
    }

    /// <summary>A band, or what the band leaves.</summary>
    private static void Triangle(LayerCall call, Op.BandPartAttributes band, bool complement)
    {
        Value x = call.Full();
        Value part = call.Add("band", Op.BandPart, band, x);
        call.Emit(complement ? call.Add("out", Op.Sub, x, part) : part);
    }

    private static IEnumerable<KeyValuePair<string, Rule>> Fills() =>
    [
        Row("loadConstant", call =>
        {
            int[] shape = call.Parameters.Integers(1, "shape");
            if (shape.Length != 3) throw call.Broken($"The parameter 'shape' is [{string.Join(", ", shape)}], expected three sizes.");
            call.Emit(call.Weight("data", shape), 5);
        }),
        Row("loadConstantND", call => call.Emit(call.Weight("data", call.Parameters.Integers(1, "shape")))),
        Row("fillLike", call => call.Emit(Op.Fill, call.SizesOf(call.Full()), call.Scalar("value", call.Parameters.Number(1)))),
        Row("fillStatic", call => call.Emit(Op.Fill, call.Ints("shape", call.Parameters.Integers(2, "targetShape")), call.Scalar("value", call.Parameters.Number(1)))),
        Row("fillDynamic", call => call.Emit(Op.Fill, call.Integers(0), call.Scalar("value", call.Parameters.Number(1)))),
        Row("rangeStatic", call => call.Emit(Op.Range1d, call.Scalar("end", call.Parameters.Number(1)), call.Scalar("start", call.Parameters.Number(2)), call.Scalar("step", call.Parameters.Number(3)))),
        Row("rangeDynamic", call => call.Emit(Op.Range1d, call.Full(),
            call.Has(1) ? call.Full(1) : call.Scalar("start", call.Parameters.Number(2)), call.Has(2) ? call.Full(2) : call.Scalar("step", call.Parameters.Number(3)))),
    ];

    private static IEnumerable<KeyValuePair<string, Rule>> RandomTensors() =>
    [
        .. Distribution("randomNormal", Op.RandomNormal), .. Distribution("randomUniform", Op.RandomUniform), .. Distribution("randomBernoulli", Op.RandomBernoulli),
        Row("categoricalDistribution", call =>
        {
            LayerMessage p = call.Parameters;
            Value x = call.Full();
            float temperature = p.Number(5, zero: 1);
            // Probabilities become logits, so that the temperature divides logits either way.
            if (!p.Flag(3)) x = call.Add("logits", Op.Log, new Op.EpsilonAttributes(p.Number(4, zero: 1e-10f)), x);
            if (temperature != 1) x = call.Add("tempered", Op.RealDiv, x, call.Scalar("temperature", temperature));
            call.Emit(Op.RandomCategorical, new Op.CategoricalAttributes(true, call.Size(2, "numSamples"), (int)p.Integer(1)), x);
        }),
    ];

    /// <summary>The three forms of a distribution: with the sizes of an input, with given sizes, with sizes that an input holds.</summary>
    private static IEnumerable<KeyValuePair<string, Rule>> Distribution(string name, Operator @operator)
    {
        int shapeField = name == "randomBernoulli" ? 3 : 4;
        return
        [
            Row($"{name}Like", call => Emit(call, call.SizesOf(call.Full()))),
            Row($"{name}Static", call => Emit(call, call.Ints("shape", call.Parameters.Integers(shapeField, "outputShape")))),
            Row($"{name}Dynamic", call => Emit(call, call.Integers(0))),
        ];

        void Emit(LayerCall call, Value shape) =>
            call.Emit(@operator, new Op.RandomAttributes(ElementType.Float32, call.Parameters.Integer(1), call.Parameters.Number(2), shapeField == 4 ? call.Parameters.Number(3) : 0), shape);
    }
}
