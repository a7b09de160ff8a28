using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Numerics;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary>A function of one element at a time, applied to many; x and y may be the same memory.</summary>
internal delegate void ElementFunction(ReadOnlySpan<float> x, Span<float> y);

/// <summary>An element-by-element operator with its attributes bound.</summary>
internal sealed record Activation(string Name, ElementFunction Apply)
{
    // Temporary results of functions with several steps stay in the first cache level.
    private const int Strip = 512;

    private static readonly Dictionary<Operator, ElementFunction> s_plain = new()
    {
        [Op.Relu] = static (x, y) => TensorPrimitives.Max(x, 0f, y),
        [Op.Sigmoid] = static (x, y) => TensorPrimitives.Sigmoid(x, y),
        [Op.Tanh] = static (x, y) => TensorPrimitives.Tanh(x, y),
        [Op.Exp] = static (x, y) => TensorPrimitives.Exp(x, y),
        [Op.Sqrt] = static (x, y) => TensorPrimitives.Sqrt(x, y),
        [Op.Abs] = static (x, y) => TensorPrimitives.Abs(x, y),
        [Op.Square] = static (x, y) => TensorPrimitives.Multiply(x, x, y),
        [Op.Silu] = Silu,
    };

    /// <summary>Operators that have such a function.</summary>
    public static IEnumerable<Operator> Operators => [.. s_plain.Keys, Op.Gelu, Op.Clip, Op.LeakyRelu];

    /// <summary>The function of a node, or null if it has none.</summary>
    public static Activation? Of(Node node)
    {
        if (s_plain.TryGetValue(node.Operator, out ElementFunction? plain)) return new(node.Operator.Name, plain);
        return node.Attributes switch
        {
            Op.GeluAttributes { Mode: Op.GeluMode.Exact } => new("gelu", Gelu),
            Op.ClipAttributes clip when node.Operator == Op.Clip => new("clip", (x, y) => TensorPrimitives.Clamp(x, (float)clip.Alpha, (float)clip.Beta, y)),
            Op.AlphaAttributes leaky when node.Operator == Op.LeakyRelu => new("leaky_relu", (x, y) =>
            {
                for (int i = 0; i < x.Length; i++) y[i] = x[i] > 0 ? x[i] : (float)leaky.Alpha * x[i];
            }),
            _ => null,
        };
    }

    private static void Silu(ReadOnlySpan<float> x, Span<float> y)
    {
        Span<float> strip = stackalloc float[Strip];
        for (int start = 0; start < x.Length; start += Strip)
        {
            int count = Math.Min(Strip, x.Length - start);
            TensorPrimitives.Sigmoid(x.Slice(start, count), strip);
            TensorPrimitives.Multiply(x.Slice(start, count), strip[..count], y.Slice(start, count));
        }
    }

    // Erf as 1 - P(t) e^(-z²), t = 1 / (1 + 0.3275911 z), z = |x| / √2: Abramowitz and Stegun 7.1.26, error below 1.5e-7.
    private static void Gelu(ReadOnlySpan<float> x, Span<float> y)
    {
        Span<float> z = stackalloc float[Strip], e = stackalloc float[Strip];
        for (int start = 0; start < x.Length; start += Strip)
        {
            int count = Math.Min(Strip, x.Length - start);
            ReadOnlySpan<float> part = x.Slice(start, count);
            TensorPrimitives.Multiply(part, part, e);
            TensorPrimitives.Multiply(e[..count], -0.5f, e);
            TensorPrimitives.Exp(e[..count], e);
            TensorPrimitives.Abs(part, z);
            GeluOf(part, z[..count], e[..count], y.Slice(start, count));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void GeluOf(ReadOnlySpan<float> x, ReadOnlySpan<float> magnitude, ReadOnlySpan<float> exponential, Span<float> y)
    {
        const float p = 0.3275911f * 0.70710678f;
        int i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> v = new(x[i..]), t = Vector<float>.One / (Vector<float>.One + new Vector<float>(p) * new Vector<float>(magnitude[i..]));
            Vector<float> poly = ((((new Vector<float>(1.061405429f) * t - new Vector<float>(1.453152027f)) * t + new Vector<float>(1.421413741f)) * t - new Vector<float>(0.284496736f)) * t + new Vector<float>(0.254829592f)) * t;
            Vector<float> tail = poly * new Vector<float>(exponential[i..]) * new Vector<float>(0.5f);
            // The distribution function: 1 - tail for x of 0 or more, else tail.
            Vector<float> phi = Vector.ConditionalSelect(Vector.GreaterThanOrEqual(v, Vector<float>.Zero), Vector<float>.One - tail, tail);
            (v * phi).CopyTo(y[i..]);
        }
        for (; i < x.Length; i++)
        {
            float t = 1 / (1 + p * magnitude[i]);
            float tail = 0.5f * exponential[i] * t * (0.254829592f + t * (-0.284496736f + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f))));
            y[i] = x[i] * (x[i] >= 0 ? 1 - tail : tail);
        }
    }
}

/// <summary>An activation as a node of its own.</summary>
internal sealed class UnaryKernel(Activation activation) : CpuKernel
{
    private const int Chunk = 1 << 14;

    public override string Name => activation.Name;

    public override unsafe void Run(NodeContext context)
    {
        using Tensor x = context.Input(0).Contiguous();
        Tensor y = context.Output(0, x.Shape);
        float* from = (float*)x.Pointer, to = (float*)y.Pointer;
        long count = x.ElementCount;
        context.Workers.Run((int)((count + Chunk - 1) / Chunk), task =>
        {
            long start = (long)task * Chunk;
            int length = (int)Math.Min(Chunk, count - start);
            // In bounds: x and y are contiguous and have count elements.
            activation.Apply(new(from + start, length), new(to + start, length));
        }, context.Cancellation);
    }
}

/// <summary>A kernel that cannot fuse, followed by an activation in place.</summary>
internal sealed class ThenActivation(CpuKernel kernel, Activation activation) : CpuKernel
{
    public override string Name => $"{kernel.Name} + {activation.Name}";

    public override unsafe void Run(NodeContext context)
    {
        kernel.Run(context);
        Tensor y = context.Result(0);
        Span<float> all = MemoryMarshal.Cast<byte, float>(y.Bytes);
        activation.Apply(all, all);
    }
}
