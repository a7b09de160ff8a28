using System.Numerics;
using System.Runtime.CompilerServices;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary><c>cast</c> between floats that are held as f32: to f16 it rounds, to f32 there is nothing to do.</summary>
internal static unsafe class CastKernel
{
    public static void Register(Dictionary<Operator, Func<KernelRequest, CpuKernel?>> kernels) => kernels.Add(Op.Cast, request => !request.IsFloat32 ? null : request.As<Op.CastAttributes>().Type switch
    {
        ElementType.Float32 => new CpuKernel("view", Pass),
        ElementType.Float16 => new CpuKernel("rounding", Round),
        _ => null,
    });

    private static void Pass(KernelContext context)
    {
        Tensor x = context.Input(0);
        context.SetOutput(0, x.View(x.Shape, x.Strides.ToArray(), x.Offset));
    }

    private static void Round(KernelContext context)
    {
        using Tensor x = context.Dense(0);
        Tensor y = context.Output(0, x.Shape);
        float* from = (float*)x.Pointer, to = (float*)y.Pointer;
        context.ForEach(x.ElementCount, 0.1, (start, end, _) => RoundToHalf(from + start, to + start, end - start));
    }

    /// <summary>Rounds to the nearest number of f16, halfway ones to the even one; what is too large becomes infinite.</summary>
    // In bounds: whole vectors while they fit, then single elements.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void RoundToHalf(float* x, float* y, long count)
    {
        Vector<uint> magnitudeBits = new(0x7FFF_FFFF), infinity = new(0x7F80_0000), leastNormal = new(0x3880_0000), tooLarge = new(0x4780_0000), halfUlp = new(0x0FFF), kept = new(~0x1FFFu), one = new(1);
        // Numbers below the normal ones of f16 are multiples of 2^-24, the last place of 1/2.
        Vector<float> half = new(0.5f);
        long i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<uint> bits = Vector.AsVectorUInt32(Vector.Load(x + i)), magnitude = bits & magnitudeBits;
            Vector<uint> rounded = (magnitude + halfUlp + (Vector.ShiftRightLogical(magnitude, 13) & one)) & kept;
            rounded = Vector.ConditionalSelect(Vector.GreaterThanOrEqual(rounded, tooLarge), infinity, rounded);
            Vector<uint> small = Vector.AsVectorUInt32(Vector.AsVectorSingle(magnitude) + half - half);
            rounded = Vector.ConditionalSelect(Vector.LessThan(magnitude, leastNormal), small, rounded);
            rounded = Vector.ConditionalSelect(Vector.GreaterThan(magnitude, infinity), magnitude, rounded);
            Vector.Store(Vector.AsVectorSingle(rounded | (bits & ~magnitudeBits)), y + i);
        }
        for (; i < count; i++) y[i] = (float)(Half)x[i];
    }
}
