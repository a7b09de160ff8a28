using TensorLogic.Operators;

namespace TensorLogic;

/// <summary>Element by element.</summary>
public sealed partial class TensorFunctions
{
    /// <summary>x + y.</summary>
    public Tensor Add(Tensor x, Tensor y) => Arithmetic(Op.Add, x, y);

    /// <summary>x - y.</summary>
    public Tensor Subtract(Tensor x, Tensor y) => Arithmetic(Op.Sub, x, y);

    /// <summary>x · y.</summary>
    public Tensor Multiply(Tensor x, Tensor y) => Arithmetic(Op.Mul, x, y);

    /// <summary>x / y; integers truncate towards zero and give 0 for a division by 0.</summary>
    public Tensor Divide(Tensor x, Tensor y) => Arithmetic(Op.RealDiv, x, y);

    /// <summary>The remainder of a truncated division: the sign is x's.</summary>
    public Tensor Remainder(Tensor x, Tensor y) => Arithmetic(Op.Fmod, x, y);

    /// <summary>x to the power y.</summary>
    public Tensor Power(Tensor x, Tensor y) => Arithmetic(Op.Pow, x, y);

    /// <summary>The larger of x and y; NaN wins.</summary>
    public Tensor Maximum(Tensor x, Tensor y) => Arithmetic(Op.Maximum, x, y);

    /// <summary>The smaller of x and y; NaN wins.</summary>
    public Tensor Minimum(Tensor x, Tensor y) => Arithmetic(Op.Minimum, x, y);

    /// <summary>-x.</summary>
    public Tensor Negate(Tensor x) => Subtract(Constant(0, x.ElementType), x);

    /// <summary>|x|.</summary>
    public Tensor Abs(Tensor x) => Number(Op.Abs, x);

    /// <summary>-1, 0 or 1.</summary>
    public Tensor Sign(Tensor x) => Number(Op.Sign, x);

    /// <summary>x².</summary>
    public Tensor Square(Tensor x) => Number(Op.Square, x);

    /// <summary>The largest integer not above x.</summary>
    public Tensor Floor(Tensor x) => Whole(Op.Floor, x);

    /// <summary>The smallest integer not below x.</summary>
    public Tensor Ceil(Tensor x) => Whole(Op.Ceil, x);

    /// <summary>x without its fraction.</summary>
    public Tensor Trunc(Tensor x) => Whole(Op.Trunc, x);

    /// <summary>x to so many decimals, from its exact value, ties to even.</summary>
    public Tensor Round(Tensor x, int digits = 0) => x.ElementType.IsFloat ? digits == 0 ? Real(Op.Round, x) : Real(Op.RoundDecimals, new Op.DigitsAttributes(digits), x) : x;

    /// <summary>√x.</summary>
    public Tensor Sqrt(Tensor x) => Real(Op.Sqrt, x);

    /// <summary>1 / √x.</summary>
    public Tensor Rsqrt(Tensor x) => Real(Op.Rsqrt, new Op.EpsilonAttributes(0), x);

    /// <summary>1 / x.</summary>
    public Tensor Reciprocal(Tensor x) => Real(Op.Inverse, new Op.EpsilonAttributes(0), x);

    /// <summary>e to the power x.</summary>
    public Tensor Exp(Tensor x) => Real(Op.Exp, x);

    /// <summary>The natural logarithm.</summary>
    public Tensor Log(Tensor x) => Real(Op.Log, new Op.EpsilonAttributes(0), x);

    /// <summary>The logarithm to base 2.</summary>
    public Tensor Log2(Tensor x) => Real(Op.Log2, x);

    /// <summary>The sine, x in radians.</summary>
    public Tensor Sin(Tensor x) => Real(Op.Sin, x);

    /// <summary>The cosine, x in radians.</summary>
    public Tensor Cos(Tensor x) => Real(Op.Cos, x);

    /// <summary>The tangent, x in radians.</summary>
    public Tensor Tan(Tensor x) => Real(Op.Tan, x);

    /// <summary>The error function.</summary>
    public Tensor Erf(Tensor x) => Real(Op.Erf, x);

    /// <summary>min(max(x, low), high), in the type of x.</summary>
    public Tensor Clamp(Tensor x, Tensor low, Tensor high)
    {
        ElementType type = x.ElementType == ElementType.Bool ? ElementType.Int64 : x.ElementType;
        return Arithmetic(Op.Minimum, Arithmetic(Op.Maximum, x, low, type), high, type);
    }

    /// <summary>x where the condition is true (or a number other than 0), else y.</summary>
    public Tensor Where(Tensor condition, Tensor x, Tensor y)
    {
        ElementType type = Promote(x.ElementType, y.ElementType);
        ElementType compute = type == ElementType.Bool ? type : ComputeType(type);
        return Cast(Run(Op.Select, Cast(condition, ElementType.Bool), Cast(x, compute), Cast(y, compute)), type);
    }

    /// <summary>True where x is NaN.</summary>
    public Tensor IsNaN(Tensor x) => Run(Op.IsNaN, Wide(x));

    /// <summary>x = y, as bool.</summary>
    public Tensor Equal(Tensor x, Tensor y) => Comparison(Op.Equal, x, y);

    /// <summary>x ≠ y, as bool.</summary>
    public Tensor NotEqual(Tensor x, Tensor y) => Comparison(Op.NotEqual, x, y);

    /// <summary>x &lt; y, as bool.</summary>
    public Tensor Less(Tensor x, Tensor y) => Comparison(Op.Less, x, y);

    /// <summary>x ≤ y, as bool.</summary>
    public Tensor LessEqual(Tensor x, Tensor y) => Comparison(Op.LessEqual, x, y);

    /// <summary>x &gt; y, as bool.</summary>
    public Tensor Greater(Tensor x, Tensor y) => Comparison(Op.Greater, x, y);

    /// <summary>x ≥ y, as bool.</summary>
    public Tensor GreaterEqual(Tensor x, Tensor y) => Comparison(Op.GreaterEqual, x, y);

    /// <summary>Both, of bool tensors.</summary>
    public Tensor And(Tensor x, Tensor y) => Run(Op.LogicalAnd, x, y);

    /// <summary>One or both, of bool tensors.</summary>
    public Tensor Or(Tensor x, Tensor y) => Run(Op.LogicalOr, x, y);

    /// <summary>The opposite of a bool tensor.</summary>
    public Tensor Not(Tensor x) => Run(Op.LogicalNot, x);

    /// <summary>max(x, 0).</summary>
    public Tensor Relu(Tensor x) => x.ElementType.IsFloat ? Real(Op.Relu, x) : Maximum(x, Constant(0, x.ElementType));

    /// <summary>x where x &gt; 0, else slope · x.</summary>
    public Tensor LeakyRelu(Tensor x, double slope = 0.01) => Real(Op.LeakyRelu, new Op.AlphaAttributes(slope), x);

    /// <summary>x where x &gt; 0, else e^x - 1.</summary>
    public Tensor Elu(Tensor x) => Real(Op.Elu, new Op.AlphaAttributes(1), x);

    /// <summary>1 / (1 + e^-x).</summary>
    public Tensor Sigmoid(Tensor x) => Real(Op.Sigmoid, x);

    /// <summary>The hyperbolic tangent.</summary>
    public Tensor Tanh(Tensor x) => Real(Op.Tanh, x);

    /// <summary>x times the normal distribution function of x.</summary>
    public Tensor Gelu(Tensor x) => Real(Op.Gelu, new Op.GeluAttributes(Op.GeluMode.Exact), x);

    /// <summary>x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))).</summary>
    public Tensor GeluTanh(Tensor x) => Real(Op.Gelu, new Op.GeluAttributes(Op.GeluMode.TanhApproximation), x);

    /// <summary>x · sigmoid(x).</summary>
    public Tensor Silu(Tensor x) => Real(Op.Silu, x);

    /// <summary>ln(1 + e^x).</summary>
    public Tensor Softplus(Tensor x) => Real(Op.Softplus, x);

    /// <summary>1 where x &gt; 0, else 0.</summary>
    public Tensor Step(Tensor x) => Number(Op.HeavisideStep, x);

    private Tensor Whole(Operator<NoAttributes> @operator, Tensor x) => x.ElementType.IsFloat ? Real(@operator, x) : x;
}
