using TensorLogic.CoreML.Specification;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.NeuralNetwork;

internal static partial class LayerRules
{
    private static IEnumerable<KeyValuePair<string, Rule>> Activations() =>
    [
        Map("activation", (call, x) => Activate(call, call.Parameters, x)),
        Map("clip", (call, x) => call.Add("out", Op.Clip, new Op.ClipAttributes(call.Parameters.Number(1), call.Parameters.Number(2)), x)),
        Map("clampedReLU", (call, x) => call.Add("out", Op.ClampedRelu, new Op.AlphaBetaAttributes(call.Parameters.Number(1), call.Parameters.Number(2)), x)),
        Map("gelu", (call, x) => call.Add("out", Op.Gelu, new Op.GeluAttributes(call.Parameters.Integer(1) switch
        {
            0 => Op.GeluMode.Exact,
            1 => Op.GeluMode.TanhApproximation,
            2 => Op.GeluMode.SigmoidApproximation,
            var mode => throw call.Broken($"The parameter 'mode' is {mode}."),
        }), x)),
    ];

    private static Value Activate(LayerCall call, LayerMessage parameters, Value x)
    {
        int kind = parameters.OneOf(5, 10, 15, 20, 25, 30, 31, 40, 41, 50, 60, 70, 71);
        LayerMessage p = parameters.Message(kind, "NonlinearityType");
        Op.AlphaAttributes alpha = new(p.Number(1));
        Op.AlphaBetaAttributes both = new(p.Number(1), p.Number(2));
        return kind switch
        {
            5 => call.Add("out", Op.LinearActivation, both, x),
            10 => call.Add("out", Op.Relu, x),
            15 => call.Add("out", Op.LeakyRelu, alpha, x),
            // The operator of that name keeps what is above alpha; so does the layer, and alpha itself.
            20 => call.Add("out", Op.ThresholdedRelu, alpha, x),
            25 => ParametricRelu(call),
            30 => call.Add("out", Op.Tanh, x),
            31 => call.Add("out", Op.ScaledTanh, both, x),
            40 => call.Add("out", Op.Sigmoid, x),
            41 => call.Add("out", Op.SigmoidHard, both, x),
            50 => call.Add("out", Op.Elu, alpha, x),
            60 => call.Add("out", Op.Softsign, x),
            70 => call.Add("out", Op.Softplus, x),
            71 => ParametricSoftplus(call),
            _ => throw call.Broken("It names no activation."),
        };
    }

    private static Value ParametricRelu(LayerCall call)
    {
        Value x = call.AtLeast(3), zero = call.Scalar("zero", 0);
        Value below = call.Add("below", Op.Mul, call.Add("negative", Op.Minimum, x, zero), PerChannel(call, "PReLU.alpha", x));
        return call.Add("out", Op.Add, call.Add("positive", Op.Maximum, x, zero), below);
    }

    private static Value ParametricSoftplus(LayerCall call)
    {
        Value x = call.AtLeast(3);
        Value scaled = call.Add("scaled", Op.Mul, x, PerChannel(call, "parametricSoftplus.beta", x));
        return call.Add("out", Op.Mul, call.Add("softplus", Op.Softplus, scaled), PerChannel(call, "parametricSoftplus.alpha", x));
    }

    /// <summary>A weight of one number, or of one for each channel (axis -3).</summary>
    private static Value PerChannel(LayerCall call, string field, Value x)
    {
        long count = call.Layer.Weights.FirstOrDefault(weight => weight.Field == field)?.ElementCount ?? 1;
        return count == 1 ? call.Weight(field, 1) : call.Weight(field, x.TensorType.Dimensions[^3].Size ?? (int)Math.Min(count, int.MaxValue), 1, 1);
    }

    private static IEnumerable<KeyValuePair<string, Rule>> Elementwise() =>
    [
        Map("ceil", Op.Ceil), Map("floor", Op.Floor), Map("sign", Op.Sign), Map("round", Op.Round), Map("exp2", Op.Exp2), Map("erf", Op.Erf),
        Map("sin", Op.Sin), Map("cos", Op.Cos), Map("tan", Op.Tan), Map("asin", Op.Asin), Map("acos", Op.Acos), Map("atan", Op.Atan),
        Map("sinh", Op.Sinh), Map("cosh", Op.Cosh), Map("tanh", Op.Tanh), Map("asinh", Op.Asinh), Map("acosh", Op.Acosh), Map("atanh", Op.Atanh),
        Map("unary", Unary),
        Row("copy", call => call.Emit(call.Input().Value, call.Input().Rank)),
        Row("add", call => Fold(call, Op.Add, alpha => call.Add("out", Op.Add, call.Input().Value, alpha))),
        Row("multiply", call => Fold(call, Op.Mul, alpha => call.Add("out", Op.Mul, call.Input().Value, alpha))),
        Row("max", call => Fold(call, Op.Maximum, null)),
        Row("min", call => Fold(call, Op.Minimum, null)),
        Row("average", call =>
        {
            Blob sum = Folded(call, Op.Add);
            call.Emit(call.Add("out", Op.Mul, sum.Value, call.Scalar("share", 1f / call.InputCount)), sum.Rank);
        }),
        Row("dot", call =>
        {
            Value x = call.AtLeast(3), y = call.AtLeast(3, 1);
            Op.ReduceAttributes channels = new([-3], true);
            Value product = call.Add("product", Op.ReduceSum, channels, call.Add("products", Op.Mul, x, y));
            if (call.Parameters.Flag(1))
            {
                Value lengths = call.Add("lengths", Op.Mul, call.Add("length0", Op.ReduceL2Norm, channels, x), call.Add("length1", Op.ReduceL2Norm, channels, y));
                product = call.Add("out", Op.RealDiv, product, lengths);
            }
            call.Emit(product, Math.Max(call.Input().Rank, call.Input(1).Rank));
        }),
        Row("scale", call =>
        {
            LayerMessage p = call.Parameters;
            Value scaled = call.Add("scaled", Op.Mul, call.AtLeast(3), Shaped(call, "scale", p.Integers(1, "shapeScale")));
            if (p.Flag(3)) scaled = call.Add("out", Op.Add, scaled, Shaped(call, "bias", p.Integers(4, "shapeBias")));
            call.Emit(scaled, call.Input().Rank);
        }),
        Row("bias", call => call.Emit(call.Add("out", Op.Add, call.AtLeast(3), Shaped(call, "bias", call.Parameters.Integers(1, "shape"))), call.Input().Rank)),
    ];

    private static Value Unary(LayerCall call, Value x)
    {
        LayerMessage p = call.Parameters;
        float alpha = p.Number(2), given = p.Number(3), epsilon = given == 0 ? 1e-6f : given, shift = p.Number(4), scale = p.Number(5, zero: 1);
        if (scale != 1 || shift != 0) x = call.Add("scaled", Op.LinearActivation, new Op.AlphaBetaAttributes(scale, shift), x);
        return p.Integer(1) switch
        {
            0 => call.Add("out", Op.Sqrt, x),
            1 => call.Add("out", Op.Rsqrt, new Op.EpsilonAttributes(epsilon), x),
            2 => call.Add("out", Op.Inverse, new Op.EpsilonAttributes(epsilon), x),
            3 => call.Add("out", Op.Pow, x, call.Scalar("alpha", alpha)),
            4 => call.Add("out", Op.Exp, x),
            // The format's text has no epsilon for the logarithm; Core ML adds one that a converter gives.
            5 => call.Add("out", Op.Log, new Op.EpsilonAttributes(given), x),
            6 => call.Add("out", Op.Abs, x),
            7 => call.Add("out", Op.Threshold, new Op.ThresholdAttributes(alpha), x),
            var type => throw call.Broken($"The parameter 'type' is {type}."),
        };
    }

    /// <summary>An operation over all inputs, or with the parameter <c>alpha</c> if there is only one.</summary>
    private static void Fold(LayerCall call, Operator @operator, Func<Value, Value>? withAlpha)
    {
        if (call.InputCount == 1 && withAlpha is not null)
        {
            call.Emit(withAlpha(call.Scalar("alpha", call.Parameters.Number(1))), call.Input().Rank);
            return;
        }
        Blob result = Folded(call, @operator);
        call.Emit(result.Value, result.Rank);
    }

    private static Blob Folded(LayerCall call, Operator @operator)
    {
        Blob result = call.Input();
        for (int i = 1; i < call.InputCount; i++)
        {
            Blob next = call.Input(i);
            result = new Blob(call.Add($"out{i}", @operator, result.Value, next.Value), Math.Max(result.Rank, next.Rank));
        }
        return result;
    }

    /// <summary>A weight of shape [1], [C], [1, H, W] or [C, H, W] for the axes C, H, W.</summary>
    private static Value Shaped(LayerCall call, string field, int[] shape) => shape switch
    {
        [_] => call.Weight(field, shape[0], 1, 1),
        [_, _, _] => call.Weight(field, shape),
        _ => throw call.Broken($"The shape of '{field}' is [{string.Join(", ", shape)}], expected one size or three."),
    };

    private static IEnumerable<KeyValuePair<string, Rule>> Broadcasting() =>
    [
        Pair("addBroadcastable", Op.Add), Pair("subtractBroadcastable", Op.Sub), Pair("multiplyBroadcastable", Op.Mul), Pair("divideBroadcastable", Op.RealDiv),
        Pair("floorDivBroadcastable", Op.FloorDiv), Pair("modBroadcastable", Op.Mod), Pair("powBroadcastable", Op.Pow), Pair("maxBroadcastable", Op.Maximum), Pair("minBroadcastable", Op.Minimum),
        Compare("equal", Op.Equal, 1), Compare("notEqual", Op.NotEqual, 1), Compare("lessThan", Op.Less, 2), Compare("lessEqual", Op.LessEqual, 2),
        Compare("greaterThan", Op.Greater, 2), Compare("greaterEqual", Op.GreaterEqual, 2),
        Logic("logicalAnd", Op.LogicalAnd), Logic("logicalOr", Op.LogicalOr), Logic("logicalXor", Op.LogicalXor),
        Row("logicalNot", call => call.Emit(Op.LogicalNot, call.Truth(0))),
        Row("whereBroadcastable", call => call.Emit(Op.Select, call.Truth(0), call.Full(1), call.Full(2))),
    ];

    private static KeyValuePair<string, Rule> Pair(string name, Operator @operator) =>
        Row(name, call => call.Emit(call.Add("out", @operator, call.Input().Value, call.Input(1).Value), Math.Max(call.Input().Rank, call.Input(1).Rank)));

    private static KeyValuePair<string, Rule> Compare(string name, Operator @operator, int alpha) => Row(name, call =>
        call.Emit(call.Add("out", @operator, call.Full(), call.Has(1) ? call.Full(1) : call.Scalar("alpha", call.Parameters.Number(alpha)))));

    private static KeyValuePair<string, Rule> Logic(string name, Operator @operator) => Row(name, call => call.Emit(@operator, call.Truth(0), call.Truth(1)));
}
