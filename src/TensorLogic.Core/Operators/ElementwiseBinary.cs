namespace TensorLogic.Operators;

/// <summary>Element-by-element operators on two tensors that broadcast. Sources: MIL <c>elementwise_binary</c> (iOS15), <c>select</c>.</summary>
internal static partial class Op
{
    public static readonly Operator<NoAttributes> Add = Elementwise.Binary("add", (x, y) => x + y, (x, y) => x + y, gradients: g => { g.Set(0, g.Upstream); g.Set(1, g.Upstream); });
    public static readonly Operator<NoAttributes> Sub = Elementwise.Binary("sub", (x, y) => x - y, (x, y) => x - y, gradients: g => { g.Set(0, g.Upstream); if (g.Needs(1)) g.Set(1, g.Neg(g.Upstream)); });
    public static readonly Operator<NoAttributes> Mul = Elementwise.Binary("mul", (x, y) => x * y, (x, y) => x * y, gradients: g => { if (g.Needs(0)) g.Set(0, g.Mul(g.Upstream, g.Input(1))); if (g.Needs(1)) g.Set(1, g.Mul(g.Upstream, g.X)); });
    public static readonly Operator<NoAttributes> Maximum = Elementwise.Binary("maximum", Math.Max, Math.Max, gradients: g => Extreme(g, Greater));
    public static readonly Operator<NoAttributes> Minimum = Elementwise.Binary("minimum", Math.Min, Math.Min, gradients: g => Extreme(g, Less));
    public static readonly Operator<NoAttributes> Pow = Elementwise.Binary("pow", Math.Pow, IntegerPower, gradients: PowGradients);

    /// <summary>x / y; integers truncate towards zero, and division by 0 gives 0.</summary>
    public static readonly Operator<NoAttributes> RealDiv = Elementwise.Binary("real_div", (x, y) => x / y, (x, y) => y == 0 ? 0 : y == -1 ? -x : x / y, gradients: g => { Tensor q = g.Div(g.Upstream, g.Input(1)); g.Set(0, q); if (g.Needs(1)) g.Set(1, g.Neg(g.Mul(q, g.Y))); });

    /// <summary>floor(x / y); an integer divided by 0 gives 0.</summary>
    public static readonly Operator<NoAttributes> FloorDiv = Elementwise.Binary("floor_div", (x, y) => Math.Floor(x / y), FloorDivide);

    /// <summary>x - floor(x / y) · y: the sign is y's; an integer modulo 0 gives 0.</summary>
    public static readonly Operator<NoAttributes> Mod = Elementwise.Binary("mod", (x, y) => x - Math.Floor(x / y) * y, (x, y) => y == 0 ? 0 : x - FloorDivide(x, y) * y, gradients: g => g.Set(0, g.Upstream));

    /// <summary>x - trunc(x / y) · y, exactly: the sign is x's; an integer modulo 0 gives 0. Source: ONNX <c>Mod</c> with fmod = 1.</summary>
    public static readonly Operator<NoAttributes> Fmod = Elementwise.Binary("fmod", (x, y) => x % y, (x, y) => y is 0 or -1 ? 0 : x % y, gradients: g => g.Set(0, g.Upstream));

    public static readonly Operator<NoAttributes> Equal = Elementwise.Comparison("equal", (x, y) => x == y, (x, y) => x == y);
    public static readonly Operator<NoAttributes> NotEqual = Elementwise.Comparison("not_equal", (x, y) => x != y, (x, y) => x != y);
    public static readonly Operator<NoAttributes> Less = Elementwise.Comparison("less", (x, y) => x < y, (x, y) => x < y);
    public static readonly Operator<NoAttributes> LessEqual = Elementwise.Comparison("less_equal", (x, y) => x <= y, (x, y) => x <= y);
    public static readonly Operator<NoAttributes> Greater = Elementwise.Comparison("greater", (x, y) => x > y, (x, y) => x > y);
    public static readonly Operator<NoAttributes> GreaterEqual = Elementwise.Comparison("greater_equal", (x, y) => x >= y, (x, y) => x >= y);
    public static readonly Operator<NoAttributes> LogicalAnd = Elementwise.Comparison("logical_and", (_, _) => false, (x, y) => (x & y) != 0, ElementTypes.Bool);
    public static readonly Operator<NoAttributes> LogicalOr = Elementwise.Comparison("logical_or", (_, _) => false, (x, y) => (x | y) != 0, ElementTypes.Bool);
    public static readonly Operator<NoAttributes> LogicalXor = Elementwise.Comparison("logical_xor", (_, _) => false, (x, y) => x != y, ElementTypes.Bool);

    /// <summary>a where cond is true, else b; all three broadcast.</summary>
    public static readonly Operator<NoAttributes> Select = new("select")
    {
        DifferentiateWith = static (g, _) =>
        {
            if (g.Needs(1)) g.Set(1, g.Select(g.Input(0), g.Upstream, g.Zero));
            if (g.Needs(2)) g.Set(2, g.Select(g.Input(0), g.Zero, g.Upstream));
        },
        Inputs = [new("cond", ElementTypes.Bool), new("a", ElementTypes.Any), new("b", ElementTypes.Any)],
        InferWith = static (context, _) =>
        {
            ElementType type = context.Input(1).ElementType;
            context.Require(context.Input(2).ElementType == type, 2, $"a tensor of {type.Name}, as 'a'");
            return Inference.One(type, Inference.Broadcast(Inference.Broadcast(context, 1, 2), context.Input(0).Dimensions)
                ?? throw context.Error(0, $"a tensor that broadcasts with {context.Input(1)} and {context.Input(2)}"));
        },
        EvaluateWith = static (context, _) =>
        {
            if (!Shape.TryBroadcast(Elementwise.BroadcastShape(context, 1, 2), context.Input(0).Shape, out Shape shape))
                throw context.Error(0, context.Input(0).ToString(), $"a tensor that broadcasts with {context.Input(1)} and {context.Input(2)}");
            long[] condition = Elementwise.LongsAs(context, 0, shape);
            if (context.Input(1).ElementType.IsFloat)
            {
                double[] a = Elementwise.DoublesAs(context, 1, shape), b = Elementwise.DoublesAs(context, 2, shape);
                for (int i = 0; i < a.Length; i++) a[i] = condition[i] != 0 ? a[i] : b[i];
                context.Write(0, shape, a);
            }
            else
            {
                long[] a = Elementwise.LongsAs(context, 1, shape), b = Elementwise.LongsAs(context, 2, shape);
                for (int i = 0; i < a.Length; i++) a[i] = condition[i] != 0 ? a[i] : b[i];
                context.Write(0, shape, a);
            }
        },
    };

    // Half to each at a tie.
    private static void Extreme(GradientContext g, Operator<NoAttributes>? wins)
    {
        Tensor first = g.Add(g.Number(g.Run(wins, g.X, g.Input(1))), g.Mul(g.Number(g.Run(Equal, g.X, g.Input(1))), 0.5));
        g.Set(0, g.Mul(g.Upstream, first));
        if (g.Needs(1)) g.Set(1, g.Mul(g.Upstream, g.OneMinus(first)));
    }

    private static void PowGradients(GradientContext g)
    {
        Tensor x = g.X, y = g.Input(1);
        if (g.Needs(0)) g.Set(0, g.Mul(g.Upstream, g.Select(g.Run(Equal, y, g.Scalar(0)), g.Zero, g.Mul(y, g.Run(Pow, x, g.Sub(y, g.Scalar(1)))))));
        if (g.Needs(1)) g.Set(1, g.Mul(g.Upstream, g.Select(g.Positive(x), g.Mul(g.Y, g.Run(Log, new EpsilonAttributes(0), x)), g.Zero)));
    }

    // Wraps as products do; a negative power truncates.
    private static long IntegerPower(long x, long y)
    {
        if (y < 0) return (long)Math.Pow(x, y);
        long result = 1;
        for (; y != 0; y >>= 1, x = unchecked(x * x))
            if ((y & 1) != 0)
                result = unchecked(result * x);
        return result;
    }

    private static long FloorDivide(long x, long y)
    {
        if (y == 0) return 0;
        if (y == -1) return -x;
        long quotient = x / y;
        return x % y != 0 && (x < 0) != (y < 0) ? quotient - 1 : quotient;
    }
}
