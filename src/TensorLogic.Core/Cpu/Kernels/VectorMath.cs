using System.Numerics;
using System.Runtime.CompilerServices;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Functions on vectors of f32, written in polynomials; NaN gives NaN.</summary>
internal static class VectorMath
{
    /// <summary>e^x to about one unit in the last place: 2^n · 2^f, |f| ≤ 1/2.</summary>
    // n goes in as two factors, so that results below the normal numbers and above the largest come out right.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Exp(Vector<float> x)
    {
        Vector<float> magic = new(12582912f);   // 1.5 · 2^23: adding it rounds to an integer, which then stands in the low bits
        Vector<float> limited = Vector.Min(Vector.Max(x, new Vector<float>(-150f)), new Vector<float>(150f));
        Vector<float> shifted = Vector.MultiplyAddEstimate(limited, new Vector<float>(1.44269504f), magic);
        Vector<float> n = shifted - magic;
        Vector<float> f = Vector.MultiplyAddEstimate(n, new Vector<float>(-0.693359375f), limited);
        f = Vector.MultiplyAddEstimate(n, new Vector<float>(2.12194440e-4f), f);
        Vector<float> p = new(1.9875691500e-4f);
        p = Vector.MultiplyAddEstimate(p, f, new Vector<float>(1.3981999507e-3f));
        p = Vector.MultiplyAddEstimate(p, f, new Vector<float>(8.3334519073e-3f));
        p = Vector.MultiplyAddEstimate(p, f, new Vector<float>(4.1665795894e-2f));
        p = Vector.MultiplyAddEstimate(p, f, new Vector<float>(1.6666665459e-1f));
        p = Vector.MultiplyAddEstimate(p, f, new Vector<float>(5.0000001201e-1f));
        p = Vector.MultiplyAddEstimate(p * f, f, f) + Vector<float>.One;
        Vector<int> exponent = Vector.AsVectorInt32(shifted) - Vector.AsVectorInt32(magic);
        Vector<int> half = Vector.ShiftRightArithmetic(exponent, 1);
        return p * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    /// <summary>1 / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Sigmoid(Vector<float> x) => Vector<float>.One / (Vector<float>.One + Exp(-x));

    /// <summary>tanh x: an odd polynomial near 0, else 1 - 2 / (e^2x + 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Tanh(Vector<float> x)
    {
        Vector<float> magnitude = Vector.Abs(x), square = x * x;
        Vector<float> p = new(-5.70498872745e-3f);
        p = Vector.MultiplyAddEstimate(p, square, new Vector<float>(2.06390887954e-2f));
        p = Vector.MultiplyAddEstimate(p, square, new Vector<float>(-5.37397155531e-2f));
        p = Vector.MultiplyAddEstimate(p, square, new Vector<float>(1.33314422036e-1f));
        p = Vector.MultiplyAddEstimate(p, square, new Vector<float>(-3.33332819422e-1f));
        Vector<float> near = Vector.MultiplyAddEstimate(p * square, x, x);
        Vector<float> far = Vector<float>.One - new Vector<float>(2f) / (Exp(magnitude + magnitude) + Vector<float>.One);
        far = Vector.CopySign(far, x);
        return Vector.ConditionalSelect(Vector.LessThan(magnitude, new Vector<float>(0.625f)), near, far);
    }

    /// <summary>erf x: a polynomial in x² near 0, else 1 - e^-x² times a polynomial in 1 / (1 + x/2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Erf(Vector<float> x)
    {
        Vector<float> magnitude = Vector.Abs(x), square = x * x;
        // Taylor coefficients of 2/√π · Σ (-1)^k x^(2k+1) / (k! (2k+1)); with 10 terms the rest is below 1e-8 at |x| = 1.
        Vector<float> p = new(-1.6365844691e-7f);
        p = Vector.MultiplyAddEstimate(p, square, new Vector<float>(1.6462114365889e-6f));
        p = Vector.MultiplyAddEstimate(p, square, new Vector<float>(-1.4925650358406e-5f));
        p = Vector.MultiplyAddEstimate(p, square, new Vector<float>(1.2055332981789e-4f));
        p = Vector.MultiplyAddEstimate(p, square, new Vector<float>(-8.5483270234508e-4f));
        p = Vector.MultiplyAddEstimate(p, square, new Vector<float>(5.2239776254422e-3f));
        p = Vector.MultiplyAddEstimate(p, square, new Vector<float>(-2.6866170645131e-2f));
        p = Vector.MultiplyAddEstimate(p, square, new Vector<float>(1.1283791670955e-1f));
        p = Vector.MultiplyAddEstimate(p, square, new Vector<float>(-3.7612638903184e-1f));
        p = Vector.MultiplyAddEstimate(p, square, new Vector<float>(1.1283791670955f));
        Vector<float> near = p * x;
        // Press et al., erfc Chebyshev: relative error 1.2e-7.
        Vector<float> t = Vector<float>.One / Vector.MultiplyAddEstimate(magnitude, new Vector<float>(0.5f), Vector<float>.One);
        Vector<float> q = new(0.17087277f);
        q = Vector.MultiplyAddEstimate(q, t, new Vector<float>(-0.82215223f));
        q = Vector.MultiplyAddEstimate(q, t, new Vector<float>(1.48851587f));
        q = Vector.MultiplyAddEstimate(q, t, new Vector<float>(-1.13520398f));
        q = Vector.MultiplyAddEstimate(q, t, new Vector<float>(0.27886807f));
        q = Vector.MultiplyAddEstimate(q, t, new Vector<float>(-0.18628806f));
        q = Vector.MultiplyAddEstimate(q, t, new Vector<float>(0.09678418f));
        q = Vector.MultiplyAddEstimate(q, t, new Vector<float>(0.37409196f));
        q = Vector.MultiplyAddEstimate(q, t, new Vector<float>(1.00002368f));
        q = Vector.MultiplyAddEstimate(q, t, new Vector<float>(-1.26551223f));
        Vector<float> far = Vector.CopySign(Vector<float>.One - t * Exp(q - square), x);
        return Vector.ConditionalSelect(Vector.LessThan(magnitude, Vector<float>.One), near, far);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> PowerOfTwo(Vector<int> n) => Vector.AsVectorSingle(Vector.ShiftLeft(n + new Vector<int>(127), 23));
}
