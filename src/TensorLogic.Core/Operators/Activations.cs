namespace TensorLogic.Operators;

/// <summary>Activations. Sources: MIL <c>activation</c> (iOS15), PyTorch <c>nn.functional</c>.</summary>
internal static partial class Op
{
    public sealed record AlphaAttributes(double Alpha) : OperatorAttributes;

    public sealed record AlphaBetaAttributes(double Alpha, double Beta) : OperatorAttributes;

    /// <summary>How the normal distribution function is computed.</summary>
    public enum GeluMode
    {
        /// <summary>By the error function.</summary>
        Exact,
        /// <summary>x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))).</summary>
        TanhApproximation,
        /// <summary>x · sigmoid(1.702 x).</summary>
        SigmoidApproximation,
    }

    public sealed record GeluAttributes(GeluMode Mode) : OperatorAttributes;

    public sealed record AxisAttributes(int Axis) : OperatorAttributes;

    /// <summary>max(x, 0).</summary>
    public static readonly Operator<NoAttributes> Relu = Elementwise.Unary("relu", x => Math.Max(x, 0), gradient: g => g.Mul(g.Upstream, g.Positive(g.X)));

    /// <summary>1 / (1 + e^-x).</summary>
    public static readonly Operator<NoAttributes> Sigmoid = Elementwise.Unary("sigmoid", SpecialFunctions.Sigmoid, gradient: g => g.Mul(g.Upstream, g.Mul(g.Y, g.OneMinus(g.Y))));

    /// <summary>x · sigmoid(x).</summary>
    public static readonly Operator<NoAttributes> Silu = Elementwise.Unary("silu", x => x * SpecialFunctions.Sigmoid(x), gradient: g => g.Mul(g.Upstream, g.Add(g.Y, g.Mul(g.Run(Sigmoid, g.X), g.OneMinus(g.Y)))));

    /// <summary>ln(1 + e^x).</summary>
    public static readonly Operator<NoAttributes> Softplus = Elementwise.Unary("softplus", SpecialFunctions.Softplus, gradient: g => g.Mul(g.Upstream, g.Run(Sigmoid, g.X)));

    /// <summary>x / (1 + |x|).</summary>
    public static readonly Operator<NoAttributes> Softsign = Elementwise.Unary("softsign", x => x / (1 + Math.Abs(x)), gradient: g => g.Div(g.Upstream, g.Run(Square, g.Add(g.Run(Abs, g.X), 1))));

    /// <summary>x where x &gt; 0, else alpha · x.</summary>
    public static readonly Operator<AlphaAttributes> LeakyRelu = Elementwise.Unary<AlphaAttributes>("leaky_relu", (x, a) => x > 0 ? x : a.Alpha * x, gradient: (g, a) => g.Mul(g.Upstream, g.Where(g.Positive(g.X), 1, a.Alpha)));

    /// <summary>x where x &gt; 0, else alpha · (e^x - 1).</summary>
    public static readonly Operator<AlphaAttributes> Elu = Elementwise.Unary<AlphaAttributes>("elu", (x, a) => x > 0 ? x : a.Alpha * (Math.Exp(x) - 1), gradient: (g, a) => g.Mul(g.Upstream, g.Select(g.Positive(g.X), g.Ones, g.Add(g.Y, a.Alpha))));

    /// <summary>x where x &gt;= alpha, else 0.</summary>
    public static readonly Operator<AlphaAttributes> ThresholdedRelu = Elementwise.Unary<AlphaAttributes>("thresholded_relu", (x, a) => x >= a.Alpha ? x : 0, gradient: (g, a) => g.Mul(g.Upstream, g.Between(g.X, a.Alpha, double.PositiveInfinity)));

    /// <summary>min(beta, x) where x &gt;= 0, else min(beta, alpha · x).</summary>
    public static readonly Operator<AlphaBetaAttributes> ClampedRelu = Elementwise.Unary<AlphaBetaAttributes>("clamped_relu", (x, a) => Math.Min(a.Beta, x >= 0 ? x : a.Alpha * x));

    /// <summary>alpha · x + beta.</summary>
    public static readonly Operator<AlphaBetaAttributes> LinearActivation = Elementwise.Unary<AlphaBetaAttributes>("linear_activation", (x, a) => a.Alpha * x + a.Beta, gradient: (g, a) => g.Mul(g.Upstream, a.Alpha));

    /// <summary>alpha · tanh(beta · x).</summary>
    public static readonly Operator<AlphaBetaAttributes> ScaledTanh = Elementwise.Unary<AlphaBetaAttributes>("scaled_tanh", (x, a) => a.Alpha * Math.Tanh(a.Beta * x), gradient: (g, a) => g.Mul(g.Upstream, g.Mul(g.OneMinusSquare(g.Mul(g.Y, 1 / a.Alpha)), a.Alpha * a.Beta)));

    /// <summary>min(max(alpha · x + beta, 0), 1).</summary>
    public static readonly Operator<AlphaBetaAttributes> SigmoidHard = Elementwise.Unary<AlphaBetaAttributes>("sigmoid_hard", (x, a) => Math.Clamp(a.Alpha * x + a.Beta, 0, 1));

    /// <summary>x times the normal distribution function of x.</summary>
    public static readonly Operator<GeluAttributes> Gelu = Elementwise.Unary<GeluAttributes>("gelu", (x, a) => a.Mode switch
    {
        GeluMode.Exact => x / 2 * (1 + SpecialFunctions.Erf(x / Math.Sqrt(2))),
        GeluMode.TanhApproximation => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
        _ => x * SpecialFunctions.Sigmoid(1.702 * x),
    }, gradient: (g, a) => g.Mul(g.Upstream, a.Mode switch
    {
        GeluMode.Exact => g.Add(g.Mul(g.Add(g.Run(Erf, g.Mul(g.X, Math.Sqrt(0.5))), 1), 0.5), g.Mul(g.X, g.Mul(g.Run(Exp, g.Mul(g.Run(Square, g.X), -0.5)), 1 / Math.Sqrt(2 * Math.PI)))),
        GeluMode.TanhApproximation => TanhGeluSlope(g),
        _ => SigmoidGeluSlope(g),
    }));

    // With t = tanh(u), u = √(2/π)(x + 0.044715 x³): (1 + t)/2 + x/2 · (1 - t²) · u'.
    private static Tensor TanhGeluSlope(GradientContext g)
    {
        Tensor square = g.Run(Square, g.X);
        Tensor t = g.Run(Tanh, g.Mul(g.Mul(g.X, g.Add(g.Mul(square, 0.044715), 1)), Math.Sqrt(2 / Math.PI)));
        Tensor slope = g.Mul(g.Add(g.Mul(square, 3 * 0.044715), 1), Math.Sqrt(2 / Math.PI));
        return g.Mul(g.Add(g.Add(t, 1), g.Mul(g.X, g.Mul(g.OneMinusSquare(t), slope))), 0.5);
    }

    // With s = sigmoid(1.702 x): s + 1.702 x s (1 - s).
    private static Tensor SigmoidGeluSlope(GradientContext g)
    {
        Tensor s = g.Run(Sigmoid, g.Mul(g.X, 1.702));
        return g.Add(s, g.Mul(g.Mul(g.Mul(g.X, 1.702), s), g.OneMinus(s)));
    }

    /// <summary>e^x over its sum along an axis, shifted by the maximum.</summary>
    public static readonly Operator<AxisAttributes> Softmax = new("softmax")
    {
        DifferentiateWith = static (g, a) => g.Set(0, g.Mul(g.Y, g.Sub(g.Upstream, g.Sum(g.Mul(g.Upstream, g.Y), a.Axis)))),
        Inputs = [new("x", ElementTypes.Floats)],
        InferWith = static (context, a) =>
        {
            Inference.Axis(context, 0, a.Axis, context.Input(0).Rank);
            return Inference.Same(context);
        },
        EvaluateWith = static (context, a) =>
        {
            Shape shape = context.Input(0).Shape;
            double[] x = context.Doubles(0);
            // x: [outer, n, inner]
            (int outer, int n, int inner) = Reduction.Split(shape, shape.Axis(a.Axis));
            for (int o = 0; o < outer; o++)
            for (int i = 0; i < inner; i++)
            {
                int start = o * n * inner + i;
                double max = double.NegativeInfinity, sum = 0;
                for (int k = 0; k < n; k++) max = Math.Max(max, x[start + k * inner]);
                for (int k = 0; k < n; k++) sum += x[start + k * inner] = Math.Exp(x[start + k * inner] - max);
                for (int k = 0; k < n; k++) x[start + k * inner] /= sum;
            }
            context.Write(0, shape, x);
        },
    };

    /// <summary>x where x &gt; 0, else alpha[c] · x, with one alpha for each channel (axis 1).</summary>
    public static readonly Operator<NoAttributes> Prelu = new("prelu")
    {
        Inputs = [new("x", ElementTypes.Floats), new("alpha", ElementTypes.Floats)],
        InferWith = static (context, _) =>
        {
            context.Require(context.Input(0).Rank >= 2, 0, "a tensor with a channel axis");
            context.Require(context.Input(1).Rank == 1 && Inference.MayEqual(context.Input(1).Dimensions[0], context.Input(0).Dimensions[1]), 1, $"a vector with one element for each of the {context.Input(0).Dimensions[1]} channels");
            return Inference.Same(context);
        },
        EvaluateWith = static (context, _) =>
        {
            Shape shape = context.Input(0).Shape;
            double[] x = context.Doubles(0), alpha = context.Doubles(1);
            (int outer, int channels, int inner) = Reduction.Split(shape, 1);
            for (int i = 0; i < outer * channels * inner; i++)
                if (!(x[i] > 0)) x[i] *= alpha[i / inner % channels];
            context.Write(0, shape, x);
        },
    };

    /// <summary>alpha[c] · ln(1 + e^(beta[c] · x)), with one alpha and beta for each channel (axis 1).</summary>
    public static readonly Operator<NoAttributes> SoftplusParametric = new("softplus_parametric")
    {
        Inputs = [new("x", ElementTypes.Floats), new("alpha", ElementTypes.Floats), new("beta", ElementTypes.Floats)],
        InferWith = static (context, _) =>
        {
            context.Require(context.Input(0).Rank >= 2, 0, "a tensor with a channel axis");
            for (int input = 1; input <= 2; input++)
                context.Require(context.Input(input).Rank == 1 && Inference.MayEqual(context.Input(input).Dimensions[0], context.Input(0).Dimensions[1]), input, $"a vector with one element for each of the {context.Input(0).Dimensions[1]} channels");
            return Inference.Same(context);
        },
        EvaluateWith = static (context, _) =>
        {
            Shape shape = context.Input(0).Shape;
            double[] x = context.Doubles(0), alpha = context.Doubles(1), beta = context.Doubles(2);
            (int outer, int channels, int inner) = Reduction.Split(shape, 1);
            for (int i = 0; i < outer * channels * inner; i++)
            {
                int c = i / inner % channels;
                x[i] = alpha[c] * SpecialFunctions.Softplus(beta[c] * x[i]);
            }
            context.Write(0, shape, x);
        },
    };
}
