using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.Mil;

internal static partial class MilRules
{
    private static IEnumerable<KeyValuePair<string, Rule>> Activations() =>
    [
        Unary(Op.Relu),
        Unary(Op.Sigmoid),
        Unary(Op.Silu),
        Unary(Op.Softplus),
        Unary(Op.Softsign),
        Row("relu6", call => call.Emit(Op.Clip, new Op.ClipAttributes(0, 6), call.Value("x"))),
        WithAlpha(Op.LeakyRelu, 0.01),
        WithAlpha(Op.Elu, 1),
        WithAlpha(Op.ThresholdedRelu, 1),
        WithAlphaAndBeta(Op.ClampedRelu, null, null),
        WithAlphaAndBeta(Op.LinearActivation, null, 0),
        WithAlphaAndBeta(Op.ScaledTanh, 1, 1),
        WithAlphaAndBeta(Op.SigmoidHard, 0.2, 0.5),
        Row("gelu", call => call.Emit(Op.Gelu, new Op.GeluAttributes(call.Choice("mode", "EXACT",
            ("EXACT", Op.GeluMode.Exact), ("TANH_APPROXIMATION", Op.GeluMode.TanhApproximation), ("SIGMOID_APPROXIMATION", Op.GeluMode.SigmoidApproximation))), call.Value("x"))),
        Row("softmax", call => call.Emit(Op.Softmax, new Op.AxisAttributes(call.Integer("axis", -1)), call.Value("x"))),
        Row("softplus_parametric", call => call.Emit(Op.SoftplusParametric, call.Value("x"), call.Value("alpha"), call.Value("beta"))),
        Row("prelu", call => call.Emit(Op.Prelu, call.Value("x"), call.Value("alpha"))),
    ];

    private static KeyValuePair<string, Rule> WithAlpha(Operator @operator, double otherwise) =>
        Row(@operator.Name, call => call.Emit(@operator, new Op.AlphaAttributes(call.Number("alpha", otherwise)), call.Value("x")));

    private static KeyValuePair<string, Rule> WithAlphaAndBeta(Operator @operator, double? alpha, double? beta) =>
        Row(@operator.Name, call => call.Emit(@operator, new Op.AlphaBetaAttributes(call.Number("alpha", alpha), call.Number("beta", beta)), call.Value("x")));
}
