namespace TensorLogic.Operators;

/// <summary>Element-by-element operators on one tensor. Sources: MIL <c>elementwise_unary</c> (iOS15, iOS17).</summary>
internal static partial class Op
{
    public sealed record ClipAttributes(double Alpha, double Beta) : OperatorAttributes;

    public sealed record EpsilonAttributes(double Epsilon) : OperatorAttributes;

    public sealed record ThresholdAttributes(double Alpha) : OperatorAttributes;

    public sealed record CastAttributes(ElementType Type) : OperatorAttributes;

    public static readonly Operator<NoAttributes> Abs = Elementwise.Unary("abs", Math.Abs, x => x == long.MinValue ? x : Math.Abs(x));
    public static readonly Operator<NoAttributes> Acos = Elementwise.Unary("acos", Math.Acos);
    public static readonly Operator<NoAttributes> Asin = Elementwise.Unary("asin", Math.Asin);
    public static readonly Operator<NoAttributes> Atan = Elementwise.Unary("atan", Math.Atan);
    public static readonly Operator<NoAttributes> Atanh = Elementwise.Unary("atanh", Math.Atanh);
    public static readonly Operator<NoAttributes> Ceil = Elementwise.Unary("ceil", Math.Ceiling, x => x);
    public static readonly Operator<NoAttributes> Cos = Elementwise.Unary("cos", Math.Cos);
    public static readonly Operator<NoAttributes> Cosh = Elementwise.Unary("cosh", Math.Cosh);
    public static readonly Operator<NoAttributes> Erf = Elementwise.Unary("erf", SpecialFunctions.Erf);
    public static readonly Operator<NoAttributes> Exp = Elementwise.Unary("exp", Math.Exp);
    public static readonly Operator<NoAttributes> Exp2 = Elementwise.Unary("exp2", x => Math.Pow(2, x), x => (long)Math.Pow(2, x));
    public static readonly Operator<NoAttributes> Floor = Elementwise.Unary("floor", Math.Floor, x => x);
    public static readonly Operator<NoAttributes> Sign = Elementwise.Unary("sign", x => double.IsNaN(x) ? x : Math.Sign(x), x => Math.Sign(x));
    public static readonly Operator<NoAttributes> Sin = Elementwise.Unary("sin", Math.Sin);
    public static readonly Operator<NoAttributes> Sinh = Elementwise.Unary("sinh", Math.Sinh);
    public static readonly Operator<NoAttributes> Sqrt = Elementwise.Unary("sqrt", Math.Sqrt);
    public static readonly Operator<NoAttributes> Square = Elementwise.Unary("square", x => x * x, x => x * x);
    public static readonly Operator<NoAttributes> Tan = Elementwise.Unary("tan", Math.Tan);
    public static readonly Operator<NoAttributes> Tanh = Elementwise.Unary("tanh", Math.Tanh);

    /// <summary>To the nearest integer, ties to even.</summary>
    public static readonly Operator<NoAttributes> Round = Elementwise.Unary("round", x => Math.Round(x, MidpointRounding.ToEven), x => x);

    /// <summary>min(max(x, alpha), beta); NaN stays NaN.</summary>
    public static readonly Operator<ClipAttributes> Clip = Elementwise.Unary<ClipAttributes>("clip", (x, a) => double.IsNaN(x) ? x : Math.Min(Math.Max(x, a.Alpha), a.Beta));

    /// <summary>1 / (x + epsilon).</summary>
    public static readonly Operator<EpsilonAttributes> Inverse = Elementwise.Unary<EpsilonAttributes>("inverse", (x, a) => 1 / (x + a.Epsilon));

    /// <summary>ln(x + epsilon).</summary>
    public static readonly Operator<EpsilonAttributes> Log = Elementwise.Unary<EpsilonAttributes>("log", (x, a) => Math.Log(x + a.Epsilon));

    /// <summary>1 / sqrt(x + epsilon).</summary>
    public static readonly Operator<EpsilonAttributes> Rsqrt = Elementwise.Unary<EpsilonAttributes>("rsqrt", (x, a) => 1 / Math.Sqrt(x + a.Epsilon));

    /// <summary>max(x, alpha).</summary>
    public static readonly Operator<ThresholdAttributes> Threshold = Elementwise.Unary<ThresholdAttributes>("threshold", (x, a) => Math.Max(x, a.Alpha), ElementTypes.Numbers);

    public static readonly Operator<NoAttributes> LogicalNot = new("logical_not")
    {
        Inputs = [new("x", ElementTypes.Bool)],
        InferWith = static (context, _) => Inference.Same(context),
        EvaluateWith = static (context, _) => context.Write(0, context.Input(0).Shape, Array.ConvertAll(context.Longs(0), x => 1 - x)),
    };

    /// <summary>Changes the element type, as <see cref="Tensor.To"/> documents it.</summary>
    public static readonly Operator<CastAttributes> Cast = new("cast")
    {
        Inputs = [new("x", ElementTypes.Any)],
        InferWith = static (context, a) => Inference.One(context.Input(0).WithElementType(a.Type)),
        EvaluateWith = static (context, a) =>
        {
            // The output may be stored wider than its type: round to the type first.
            using Tensor rounded = context.Input(0).To(a.Type);
            rounded.CopyTo(context.Output(0, rounded.Shape));
        },
    };
}
