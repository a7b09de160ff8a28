using System.Numerics;
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
        public Vector<float> Invoke(Vector<float> x) => Vector.Abs(x);
    }

    private readonly struct Affine(float scale, float shift) : IUnary
    {
        public Vector<float> Invoke(Vector<float> x) => Vector.MultiplyAddEstimate(x, new Vector<float>(scale), new Vector<float>(shift));
    }

    private readonly struct RoundUp : IUnary
    {
        public Vector<float> Invoke(Vector<float> x) => Vector.Ceiling(x);
    }

    private readonly struct Clip(float low, float high) : IUnary
    {
        public Vector<float> Invoke(Vector<float> x) => Vector.Min(Vector.Max(x, new Vector<float>(low)), new Vector<float>(high));
    }

    // e^x - 1 by way of tanh(x/2), which keeps small values: e^x - 1 = 2t / (1 - t).
    private readonly struct Elu(float alpha) : IUnary
    {
        public Vector<float> Invoke(Vector<float> x)
        {
            Vector<float> t = VectorMath.Tanh(Vector.Min(x, Vector<float>.Zero) * new Vector<float>(0.5f));
            return Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<float>.Zero), x, new Vector<float>(2 * alpha) * t / (Vector<float>.One - t));
        }
    }

    private readonly struct Erf : IUnary
    {
        public Vector<float> Invoke(Vector<float> x) => VectorMath.Erf(x);
    }

    private readonly struct Exp : IUnary
    {
        public Vector<float> Invoke(Vector<float> x) => VectorMath.Exp(x);
    }

    private readonly struct Floor : IUnary
    {
        public Vector<float> Invoke(Vector<float> x) => Vector.Floor(x);
    }

    private readonly struct Gelu : IUnary
    {
        public Vector<float> Invoke(Vector<float> x)
        {
            Vector<float> half = x * new Vector<float>(0.5f);
            return Vector.MultiplyAddEstimate(half, VectorMath.Erf(x * new Vector<float>(0.70710678f)), half);
        }
    }

    private readonly struct GeluTanh : IUnary
    {
        public Vector<float> Invoke(Vector<float> x)
        {
            Vector<float> half = x * new Vector<float>(0.5f);
            Vector<float> inner = Vector.MultiplyAddEstimate(x * x * x, new Vector<float>(0.044715f), x) * new Vector<float>(0.79788456f);
            return Vector.MultiplyAddEstimate(half, VectorMath.Tanh(inner), half);
        }
    }

    private readonly struct GeluSigmoid : IUnary
    {
        public Vector<float> Invoke(Vector<float> x) => x * VectorMath.Sigmoid(x * new Vector<float>(1.702f));
    }

    private readonly struct Inverse(float epsilon) : IUnary
    {
        public Vector<float> Invoke(Vector<float> x) => Vector<float>.One / (x + new Vector<float>(epsilon));
    }

    private readonly struct LeakyRelu(float alpha) : IUnary
    {
        public Vector<float> Invoke(Vector<float> x) => Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<float>.Zero), x, x * new Vector<float>(alpha));
    }

    private readonly struct Relu : IUnary
    {
        public Vector<float> Invoke(Vector<float> x) => Vector.Max(x, Vector<float>.Zero);
    }

    private readonly struct Rsqrt(float epsilon) : IUnary
    {
        public Vector<float> Invoke(Vector<float> x) => Vector<float>.One / Vector.SquareRoot(x + new Vector<float>(epsilon));
    }

    private readonly struct Sigmoid : IUnary
    {
        public Vector<float> Invoke(Vector<float> x) => VectorMath.Sigmoid(x);
    }

    private readonly struct SigmoidHard(float alpha, float beta) : IUnary
    {
        public Vector<float> Invoke(Vector<float> x) =>
            Vector.Min(Vector.Max(Vector.MultiplyAddEstimate(x, new Vector<float>(alpha), new Vector<float>(beta)), Vector<float>.Zero), Vector<float>.One);
    }

    private readonly struct Silu : IUnary
    {
        public Vector<float> Invoke(Vector<float> x) => x / (Vector<float>.One + VectorMath.Exp(-x));
    }

    private readonly struct Softsign : IUnary
    {
        public Vector<float> Invoke(Vector<float> x) => x / (Vector<float>.One + Vector.Abs(x));
    }

    private readonly struct Sqrt : IUnary
    {
        public Vector<float> Invoke(Vector<float> x) => Vector.SquareRoot(x);
    }

    private readonly struct Square : IUnary
    {
        public Vector<float> Invoke(Vector<float> x) => x * x;
    }

    private readonly struct Tanh : IUnary
    {
        public Vector<float> Invoke(Vector<float> x) => VectorMath.Tanh(x);
    }
}
