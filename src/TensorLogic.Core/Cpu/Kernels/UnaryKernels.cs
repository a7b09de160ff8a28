using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Element-by-element operators on one tensor of f32.</summary>
internal static unsafe class UnaryKernels
{
    private static readonly Dictionary<Operator, Func<OperatorAttributes, UnaryFunction>> Functions = new()
    {
        [Op.Abs] = _ => UnaryFunction.From(new Abs()),
        [Op.Ceil] = _ => UnaryFunction.From(new RoundUp()),
        [Op.Clip] = a => Clamp((float)((Op.ClipAttributes)a).Alpha, (float)((Op.ClipAttributes)a).Beta),
        [Op.Elu] = a => UnaryFunction.From(new Elu((float)((Op.AlphaAttributes)a).Alpha), 0.6),
        [Op.Erf] = _ => UnaryFunction.From(new Erf(), 1),
        [Op.Exp] = _ => UnaryFunction.From(new Exp(), 0.5),
        [Op.Floor] = _ => UnaryFunction.From(new Floor()),
        [Op.Gelu] = a => ((Op.GeluAttributes)a).Mode switch
        {
            Op.GeluMode.Exact => UnaryFunction.From(new Gelu(), 1),
            Op.GeluMode.TanhApproximation => UnaryFunction.From(new GeluTanh(), 1),
            _ => UnaryFunction.From(new GeluSigmoid(), 0.7),
        },
        [Op.Inverse] = a => UnaryFunction.From(new Inverse((float)((Op.EpsilonAttributes)a).Epsilon)),
        [Op.LeakyRelu] = a => UnaryFunction.From(new LeakyRelu((float)((Op.AlphaAttributes)a).Alpha)),
        [Op.LinearActivation] = a => UnaryFunction.From(new Affine((float)((Op.AlphaBetaAttributes)a).Alpha, (float)((Op.AlphaBetaAttributes)a).Beta)),
        [Op.Relu] = _ => UnaryFunction.From(new Relu(), bounds: (0, float.PositiveInfinity)),
        [Op.Rsqrt] = a => UnaryFunction.From(new Rsqrt((float)((Op.EpsilonAttributes)a).Epsilon), 0.3),
        [Op.Sigmoid] = _ => UnaryFunction.From(new Sigmoid(), 0.6),
        [Op.SigmoidHard] = a => UnaryFunction.From(new SigmoidHard((float)((Op.AlphaBetaAttributes)a).Alpha, (float)((Op.AlphaBetaAttributes)a).Beta)),
        [Op.Silu] = _ => UnaryFunction.From(new Silu(), 0.6),
        [Op.Softsign] = _ => UnaryFunction.From(new Softsign()),
        [Op.Sqrt] = _ => UnaryFunction.From(new Sqrt(), 0.3),
        [Op.Square] = _ => UnaryFunction.From(new Square()),
        [Op.Tanh] = _ => UnaryFunction.From(new Tanh(), 0.8),
    };

    private static UnaryFunction Clamp(float low, float high) => UnaryFunction.From(new Clip(low, high), bounds: (low, high));

    /// <summary>The operators with a function.</summary>
    public static IReadOnlyCollection<Operator> Operators => Functions.Keys;

    /// <summary>The function of an operator, to be applied also by the kernel of the node before; null if there is none.</summary>
    public static UnaryFunction? Find(Operator @operator, OperatorAttributes attributes) =>
        Functions.TryGetValue(@operator, out Func<OperatorAttributes, UnaryFunction>? make) ? make(attributes) : null;

    public static void Register(Dictionary<Operator, Func<KernelRequest, CpuKernel?>> kernels)
    {
        foreach (Operator @operator in Functions.Keys)
            kernels.Add(@operator, request => request.IsFloat32 && Find(@operator, request.Attributes) is { } function
                ? new CpuKernel("vectors", context => Run(context, function))
                : null);
    }

    private static void Run(KernelContext context, UnaryFunction function)
    {
        using Tensor x = context.Dense(0);
        Tensor y = context.Output(0, x.Shape);
        float* from = (float*)x.Pointer, to = (float*)y.Pointer;
        context.ForEach(x.ElementCount, function.Cost, (start, end, _) => function.Apply(from + start, to + start, end - start));
    }

    private readonly struct Abs : IUnary
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Abs(x);
    }

    private readonly struct Affine(float scale, float shift) : IUnary
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => T.MultiplyAdd(x, T.Create(scale), T.Create(shift));
    }

    private readonly struct RoundUp : IUnary
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Ceiling(x);
    }

    private readonly struct Clip(float low, float high) : IUnary
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Clamp(x, low, high);
    }

    // e^x - 1 by way of tanh(x/2), which keeps small values: e^x - 1 = 2t / (1 - t).
    private readonly struct Elu(float alpha) : IUnary
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T>
        {
            T t = VectorMath.Tanh(T.Clamp(x, float.NegativeInfinity, 0) * T.Create(0.5f));
            return T.WhereLess(T.Create(0), x, x, T.Create(2 * alpha) * t / (T.Create(1) - t));
        }
    }

    private readonly struct Erf : IUnary
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => VectorMath.Erf(x);
    }

    private readonly struct Exp : IUnary
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => VectorMath.Exp(x);
    }

    private readonly struct Floor : IUnary
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Floor(x);
    }

    private readonly struct Gelu : IUnary
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T>
        {
            T half = x * T.Create(0.5f);
            return T.MultiplyAdd(half, VectorMath.Erf(x * T.Create(0.70710678f)), half);
        }
    }

    private readonly struct GeluTanh : IUnary
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T>
        {
            T half = x * T.Create(0.5f);
            T inner = T.MultiplyAdd(x * x * x, T.Create(0.044715f), x) * T.Create(0.79788456f);
            return T.MultiplyAdd(half, VectorMath.Tanh(inner), half);
        }
    }

    private readonly struct GeluSigmoid : IUnary
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => x * VectorMath.Sigmoid(x * T.Create(1.702f));
    }

    private readonly struct Inverse(float epsilon) : IUnary
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Create(1) / (x + T.Create(epsilon));
    }

    private readonly struct LeakyRelu(float alpha) : IUnary
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => T.WhereLess(T.Create(0), x, x, x * T.Create(alpha));
    }

    private readonly struct Relu : IUnary
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Clamp(x, 0, float.PositiveInfinity);
    }

    private readonly struct Rsqrt(float epsilon) : IUnary
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => T.Create(1) / T.SquareRoot(x + T.Create(epsilon));
    }

    private readonly struct Sigmoid : IUnary
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => VectorMath.Sigmoid(x);
    }

    private readonly struct SigmoidHard(float alpha, float beta) : IUnary
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> =>
            T.Clamp(T.MultiplyAdd(x, alpha, T.Create(beta)), 0, 1);
    }

    private readonly struct Silu : IUnary
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => x / (T.Create(1) + VectorMath.Exp(-x));
    }

    private readonly struct Softsign : IUnary
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => x / (T.Create(1) + T.Abs(x));
    }

    private readonly struct Sqrt : IUnary
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => T.SquareRoot(x);
    }

    private readonly struct Square : IUnary
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => x * x;
    }

    private readonly struct Tanh : IUnary
    {
        public T Invoke<T>(T x) where T : struct, ILanes<T> => VectorMath.Tanh(x);
    }
}
