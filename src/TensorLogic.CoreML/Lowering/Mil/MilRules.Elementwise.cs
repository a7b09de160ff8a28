using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.Mil;

internal static partial class MilRules
{
    private static IEnumerable<KeyValuePair<string, Rule>> Elementwise() =>
    [
        .. new Operator[]
        {
            Op.Abs, Op.Acos, Op.Asin, Op.Atan, Op.Atanh, Op.Ceil, Op.Cos, Op.Cosh, Op.Erf, Op.Exp, Op.Exp2, Op.Floor, Op.Sign, Op.Sin, Op.Sinh,
            Op.Sqrt, Op.Square, Op.Tan, Op.Tanh, Op.Round, Op.LogicalNot,
        }.Select(Unary),
        .. new Operator[]
        {
            Op.Add, Op.Sub, Op.Mul, Op.RealDiv, Op.FloorDiv, Op.Mod, Op.Maximum, Op.Minimum, Op.Pow, Op.Equal, Op.NotEqual, Op.Less, Op.LessEqual,
            Op.Greater, Op.GreaterEqual, Op.LogicalAnd, Op.LogicalOr, Op.LogicalXor,
        }.Select(Binary),
        Row("inverse", call => call.Emit(Op.Inverse, new Op.EpsilonAttributes(call.Number("epsilon", 1e-4)), call.Value("x"))),
        Row("log", call => call.Emit(Op.Log, new Op.EpsilonAttributes(call.Number("epsilon", 1e-45)), call.Value("x"))),
        Row("rsqrt", call => call.Emit(Op.Rsqrt, new Op.EpsilonAttributes(call.Number("epsilon", 1e-12)), call.Value("x"))),
        Row("clip", call => call.Emit(Op.Clip, new Op.ClipAttributes(call.Number("alpha"), call.Number("beta")), call.Value("x"))),
        Row("threshold", call => call.Emit(Op.Threshold, new Op.ThresholdAttributes(call.Number("alpha")), call.Value("x"))),
        Row("cast", call => call.Emit(Op.Cast, new Op.CastAttributes(call.ElementType("dtype")), call.Value("x"))),
        Row("select", call => call.Emit(Op.Select, call.Value("cond"), call.Value("a"), call.Value("b"))),
        Row("identity", call => call.Forward(call.Value("x"))),
    ];
}
