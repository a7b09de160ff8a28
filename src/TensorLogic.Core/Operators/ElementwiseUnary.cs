namespace TensorLogic.Operators;

/// <summary>Element-by-element operators on one tensor. Sources: MIL <c>elementwise_unary</c> (iOS15, iOS17).</summary>
internal static partial class Op
{
    public sealed record ClipAttributes(double Alpha, double Beta) : OperatorAttributes;

    public sealed record EpsilonAttributes(double Epsilon) : OperatorAttributes;

    public sealed record DigitsAttributes(int Digits) : OperatorAttributes;

    public sealed record ThresholdAttributes(double Alpha) : OperatorAttributes;

    public sealed record CastAttributes(ElementType Type) : OperatorAttributes;

    public static readonly Operator<NoAttributes> Abs = Elementwise.Unary("abs", Math.Abs, x => x == long.MinValue ? x : Math.Abs(x), gradient: g => g.Mul(g.Upstream, g.Run(Sign, g.X)));
    public static readonly Operator<NoAttributes> Acos = Elementwise.Unary("acos", Math.Acos, gradient: g => g.Neg(g.Div(g.Upstream, g.Run(Sqrt, g.OneMinusSquare(g.X)))));
    public static readonly Operator<NoAttributes> Asin = Elementwise.Unary("asin", Math.Asin, gradient: g => g.Div(g.Upstream, g.Run(Sqrt, g.OneMinusSquare(g.X))));
    public static readonly Operator<NoAttributes> Atan = Elementwise.Unary("atan", Math.Atan, gradient: g => g.Div(g.Upstream, g.Add(g.Run(Square, g.X), 1)));
    public static readonly Operator<NoAttributes> Atanh = Elementwise.Unary("atanh", Math.Atanh, gradient: g => g.Div(g.Upstream, g.OneMinusSquare(g.X)));
    public static readonly Operator<NoAttributes> Ceil = Elementwise.Unary("ceil", Math.Ceiling, x => x, gradient: g => g.Zeros);
    public static readonly Operator<NoAttributes> Cos = Elementwise.Unary("cos", Math.Cos, gradient: g => g.Neg(g.Mul(g.Upstream, g.Run(Sin, g.X))));
    public static readonly Operator<NoAttributes> Cosh = Elementwise.Unary("cosh", Math.Cosh, gradient: g => g.Mul(g.Upstream, g.Run(Sinh, g.X)));
    public static readonly Operator<NoAttributes> Erf = Elementwise.Unary("erf", SpecialFunctions.Erf, gradient: g => g.Mul(g.Upstream, g.Mul(g.Run(Exp, g.Neg(g.Run(Square, g.X))), 2 / Math.Sqrt(Math.PI))));
    public static readonly Operator<NoAttributes> Exp = Elementwise.Unary("exp", Math.Exp, gradient: g => g.Mul(g.Upstream, g.Y));
    public static readonly Operator<NoAttributes> Exp2 = Elementwise.Unary("exp2", x => Math.Pow(2, x), x => (long)Math.Pow(2, x), gradient: g => g.Mul(g.Upstream, g.Mul(g.Y, Math.Log(2))));
    public static readonly Operator<NoAttributes> Floor = Elementwise.Unary("floor", Math.Floor, x => x, gradient: g => g.Zeros);
    public static readonly Operator<NoAttributes> Sign = Elementwise.Unary("sign", x => double.IsNaN(x) ? x : Math.Sign(x), x => Math.Sign(x), gradient: g => g.Zeros);
    public static readonly Operator<NoAttributes> Sin = Elementwise.Unary("sin", Math.Sin, gradient: g => g.Mul(g.Upstream, g.Run(Cos, g.X)));
    public static readonly Operator<NoAttributes> Sinh = Elementwise.Unary("sinh", Math.Sinh, gradient: g => g.Mul(g.Upstream, g.Run(Cosh, g.X)));
    public static readonly Operator<NoAttributes> Sqrt = Elementwise.Unary("sqrt", Math.Sqrt, gradient: g => g.Div(g.Upstream, g.Mul(g.Y, 2)));
    public static readonly Operator<NoAttributes> Square = Elementwise.Unary("square", x => x * x, x => x * x, gradient: g => g.Mul(g.Upstream, g.Mul(g.X, 2)));
    public static readonly Operator<NoAttributes> Tan = Elementwise.Unary("tan", Math.Tan, gradient: g => g.Mul(g.Upstream, g.Add(g.Run(Square, g.Y), 1)));
    public static readonly Operator<NoAttributes> Tanh = Elementwise.Unary("tanh", Math.Tanh, gradient: g => g.Mul(g.Upstream, g.OneMinusSquare(g.Y)));

    public static readonly Operator<NoAttributes> Log2 = Elementwise.Unary("log2", Math.Log2, gradient: g => g.Div(g.Upstream, g.Mul(g.X, Math.Log(2))));
    public static readonly Operator<NoAttributes> Trunc = Elementwise.Unary("trunc", Math.Truncate, x => x, gradient: g => g.Zeros);

    /// <summary>1 where x &gt; 0, else 0.</summary>
    public static readonly Operator<NoAttributes> HeavisideStep = Elementwise.Unary("heaviside_step", x => x > 0 ? 1 : 0, x => x > 0 ? 1 : 0, gradient: g => g.Zeros);

    /// <summary>To the nearest multiple of 10^-digits, ties to even, by the decimal digits of x.</summary>
    public static readonly Operator<DigitsAttributes> RoundDecimals = Elementwise.Unary<DigitsAttributes>("round_decimals", (x, a) => SpecialFunctions.RoundDecimals(x, a.Digits), ElementTypes.Floats, gradient: (g, _) => g.Zeros);

    /// <summary>True where x is no number.</summary>
    public static readonly Operator<NoAttributes> IsNaN = new("is_nan")
    {
        Inputs = [new("x", ElementTypes.Floats)],
        InferWith = static (context, _) => Inference.One(context.Input(0).WithElementType(ElementType.Bool)),
        EvaluateWith = static (context, _) => context.Write(0, context.Input(0).Shape, Array.ConvertAll(context.Doubles(0), x => double.IsNaN(x) ? 1L : 0L)),
    };

    /// <summary>To the nearest integer, ties to even.</summary>
    public static readonly Operator<NoAttributes> Round = Elementwise.Unary("round", x => Math.Round(x, MidpointRounding.ToEven), x => x, gradient: g => g.Zeros);

    /// <summary>min(max(x, alpha), beta); NaN stays NaN.</summary>
    public static readonly Operator<ClipAttributes> Clip = Elementwise.Unary<ClipAttributes>("clip", (x, a) => double.IsNaN(x) ? x : Math.Min(Math.Max(x, a.Alpha), a.Beta), gradient: (g, a) => g.Mul(g.Upstream, g.Between(g.X, a.Alpha, a.Beta)));

    /// <summary>1 / (x + epsilon).</summary>
    public static readonly Operator<EpsilonAttributes> Inverse = Elementwise.Unary<EpsilonAttributes>("inverse", (x, a) => 1 / (x + a.Epsilon), gradient: (g, _) => g.Neg(g.Mul(g.Upstream, g.Run(Square, g.Y))));

    /// <summary>ln(x + epsilon).</summary>
    public static readonly Operator<EpsilonAttributes> Log = Elementwise.Unary<EpsilonAttributes>("log", (x, a) => Math.Log(x + a.Epsilon), gradient: (g, a) => g.Div(g.Upstream, g.Add(g.X, a.Epsilon)));

    /// <summary>1 / sqrt(x + epsilon).</summary>
    public static readonly Operator<EpsilonAttributes> Rsqrt = Elementwise.Unary<EpsilonAttributes>("rsqrt", (x, a) => 1 / Math.Sqrt(x + a.Epsilon), gradient: (g, _) => g.Mul(g.Upstream, g.Mul(g.Mul(g.Run(Square, g.Y), g.Y), -0.5)));

    /// <summary>max(x, alpha).</summary>
    public static readonly Operator<ThresholdAttributes> Threshold = Elementwise.Unary<ThresholdAttributes>("threshold", (x, a) => Math.Max(x, a.Alpha), ElementTypes.Numbers, gradient: (g, a) => g.Mul(g.Upstream, g.Between(g.X, a.Alpha, double.PositiveInfinity)));

    public static readonly Operator<NoAttributes> LogicalNot = new("logical_not")
    {
        Inputs = [new("x", ElementTypes.Bool)],
        InferWith = static (context, _) => Inference.Same(context),
        EvaluateWith = static (context, _) => context.Write(0, context.Input(0).Shape, Array.ConvertAll(context.Longs(0), x => 1 - x)),
    };

    /// <summary>Changes the element type, as <see cref="Tensor.To"/> documents it.</summary>
    public static readonly Operator<CastAttributes> Cast = new("cast")
    {
        // Rounding counts as the identity; gradients stay in the wider type.
        DifferentiateWith = static (g, a) => { if (a.Type.IsFloat) g.Set(0, g.Upstream); },
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
