using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Sums and extremes of a run of elements, and the loops of normalisations over one. The order of additions depends on the length alone.</summary>
// In bounds: each loop takes whole vectors while they fit, then single elements.
internal static unsafe class VectorSums
{
    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    [MethodImpl(Hot)]
    public static float Sum(float* x, long count)
    {
        int lanes = Vector<float>.Count;
        Vector<float> a = default, b = default, c = default, d = default;
        long i = 0;
        for (; i <= count - 4 * lanes; i += 4 * lanes)
        {
            a += Vector.Load(x + i);
            b += Vector.Load(x + i + lanes);
            c += Vector.Load(x + i + 2 * lanes);
            d += Vector.Load(x + i + 3 * lanes);
        }
        for (; i <= count - lanes; i += lanes) a += Vector.Load(x + i);
        float sum = Vector.Sum((a + b) + (c + d));
        for (; i < count; i++) sum += x[i];
        return sum;
    }

    /// <summary>Σ (x - mean)².</summary>
    [MethodImpl(Hot)]
    public static float SquaredDeviations(float* x, long count, float mean)
    {
        int lanes = Vector<float>.Count;
        Vector<float> a = default, b = default, m = new(mean);
        long i = 0;
        for (; i <= count - 2 * lanes; i += 2 * lanes)
        {
            Vector<float> p = Vector.Load(x + i) - m, q = Vector.Load(x + i + lanes) - m;
            a = Vector.MultiplyAddEstimate(p, p, a);
            b = Vector.MultiplyAddEstimate(q, q, b);
        }
        float sum = Vector.Sum(a + b);
        for (; i < count; i++) sum += (x[i] - mean) * (x[i] - mean);
        return sum;
    }

    /// <summary>The largest element; NaN if there is one; -∞ of none.</summary>
    [MethodImpl(Hot)]
    public static float Max(float* x, long count)
    {
        int lanes = Vector<float>.Count;
        Vector<float> a = new(float.NegativeInfinity);
        long i = 0;
        for (; i <= count - lanes; i += lanes) a = Vector.Max(a, Vector.Load(x + i));
        float max = float.NegativeInfinity;
        for (int lane = 0; lane < lanes; lane++) max = MathF.Max(max, a[lane]);
        for (; i < count; i++) max = MathF.Max(max, x[i]);
        return max;
    }

    /// <summary>The smallest element; NaN if there is one; ∞ of none.</summary>
    [MethodImpl(Hot)]
    public static float Min(float* x, long count)
    {
        int lanes = Vector<float>.Count;
        Vector<float> a = new(float.PositiveInfinity);
        long i = 0;
        for (; i <= count - lanes; i += lanes) a = Vector.Min(a, Vector.Load(x + i));
        float min = float.PositiveInfinity;
        for (int lane = 0; lane < lanes; lane++) min = MathF.Min(min, a[lane]);
        for (; i < count; i++) min = MathF.Min(min, x[i]);
        return min;
    }

    /// <summary>y = e^(x - shift); gives the sum of y.</summary>
    public static float ExpAndSum(float* x, float shift, float* y, long count) =>
        Vector512.IsHardwareAccelerated ? ExpAndSum<Lanes512>(x, shift, y, count) : Vector256.IsHardwareAccelerated ? ExpAndSum<Lanes256>(x, shift, y, count) : ExpAndSum<Lanes128>(x, shift, y, count);

    [MethodImpl(Hot)]
    private static float ExpAndSum<T>(float* x, float shift, float* y, long count) where T : struct, ILanes<T>
    {
        T total = T.Create(0), s = T.Create(shift);
        long i = 0;
        for (; i <= count - T.Count; i += T.Count)
        {
            T e = VectorMath.Exp(T.Load(x + i) - s);
            e.Store(y + i);
            total += e;
        }
        float sum = total.Sum();
        if (i == count) return sum;
        // In bounds: what is left is less than the vector on the stack.
        float* rest = stackalloc float[T.Count];
        for (long k = i; k < count; k++) rest[k - i] = x[k];
        VectorMath.Exp(T.Load(rest) - s).Store(rest);
        for (long k = i; k < count; k++) sum += y[k] = rest[k - i];
        return sum;
    }

    /// <summary>y = x · scale + shift.</summary>
    [MethodImpl(Hot)]
    public static void ScaleAndShift(float* x, float scale, float shift, float* y, long count)
    {
        int lanes = Vector<float>.Count;
        Vector<float> a = new(scale), b = new(shift);
        long i = 0;
        for (; i <= count - lanes; i += lanes) Vector.Store(Vector.MultiplyAddEstimate(Vector.Load(x + i), a, b), y + i);
        for (; i < count; i++) y[i] = float.MultiplyAddEstimate(x[i], scale, shift);
    }

    /// <summary>y = (x - mean) · scale · gamma + beta; gamma and beta may be null.</summary>
    [MethodImpl(Hot)]
    public static void Normalize(float* x, float mean, float scale, float* gamma, float* beta, float* y, long count)
    {
        int lanes = Vector<float>.Count;
        Vector<float> m = new(mean), s = new(scale);
        long i = 0;
        for (; i <= count - lanes; i += lanes)
        {
            Vector<float> v = (Vector.Load(x + i) - m) * s;
            if (gamma is not null) v *= Vector.Load(gamma + i);
            if (beta is not null) v += Vector.Load(beta + i);
            Vector.Store(v, y + i);
        }
        for (; i < count; i++) y[i] = (x[i] - mean) * scale * (gamma is null ? 1 : gamma[i]) + (beta is null ? 0 : beta[i]);
    }
}
