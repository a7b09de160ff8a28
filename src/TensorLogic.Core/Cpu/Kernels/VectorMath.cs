using System.Runtime.CompilerServices;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Functions on vectors of f32, written in polynomials; NaN gives NaN.</summary>
internal static class VectorMath
{
    /// <summary>e^x to about one unit in the last place: 2^n · e^f, |f| ≤ ln 2 / 2.</summary>
    // ln 2 goes off in two parts, the first of which has few digits: its multiples are exact.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T>(T x) where T : struct, ILanes<T>
    {
        T limited = T.Clamp(x, -150, 150), n = T.Round(limited * 1.44269504f);
        T f = T.MultiplyAdd(n, -0.693359375f, limited);
        f = T.MultiplyAdd(n, 2.12194440e-4f, f);
        T p = T.Create(1.9875691500e-4f);
        p = T.MultiplyAdd(p, f, T.Create(1.3981999507e-3f));
        p = T.MultiplyAdd(p, f, T.Create(8.3334519073e-3f));
        p = T.MultiplyAdd(p, f, T.Create(4.1665795894e-2f));
        p = T.MultiplyAdd(p, f, T.Create(1.6666665459e-1f));
        p = T.MultiplyAdd(p, f, T.Create(5.0000001201e-1f));
        return T.Scale(T.MultiplyAdd(p * f, f, f) + T.Create(1), n);
    }

    /// <summary>1 / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sigmoid<T>(T x) where T : struct, ILanes<T> => T.Create(1) / (T.Create(1) + Exp(-x));

    /// <summary>tanh x: an odd polynomial near 0, else 1 - 2 / (e^2x + 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Tanh<T>(T x) where T : struct, ILanes<T>
    {
        T magnitude = T.Abs(x), square = x * x;
        T p = T.Create(-5.70498872745e-3f);
        p = T.MultiplyAdd(p, square, T.Create(2.06390887954e-2f));
        p = T.MultiplyAdd(p, square, T.Create(-5.37397155531e-2f));
        p = T.MultiplyAdd(p, square, T.Create(1.33314422036e-1f));
        p = T.MultiplyAdd(p, square, T.Create(-3.33332819422e-1f));
        T near = T.MultiplyAdd(p * square, x, x);
        T far = T.Create(1) - T.Create(2f) / (Exp(magnitude + magnitude) + T.Create(1));
        far = T.CopySign(far, x);
        return T.WhereLess(magnitude, T.Create(0.625f), near, far);
    }

    /// <summary>erf x: a polynomial in x² near 0, else 1 - e^-x² times a polynomial in 1 / (1 + x/2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Erf<T>(T x) where T : struct, ILanes<T>
    {
        T magnitude = T.Abs(x), square = x * x;
        // Taylor coefficients of 2/√π · Σ (-1)^k x^(2k+1) / (k! (2k+1)); with 10 terms the rest is below 1e-8 at |x| = 1.
        T p = T.Create(-1.6365844691e-7f);
        p = T.MultiplyAdd(p, square, T.Create(1.6462114365889e-6f));
        p = T.MultiplyAdd(p, square, T.Create(-1.4925650358406e-5f));
        p = T.MultiplyAdd(p, square, T.Create(1.2055332981789e-4f));
        p = T.MultiplyAdd(p, square, T.Create(-8.5483270234508e-4f));
        p = T.MultiplyAdd(p, square, T.Create(5.2239776254422e-3f));
        p = T.MultiplyAdd(p, square, T.Create(-2.6866170645131e-2f));
        p = T.MultiplyAdd(p, square, T.Create(1.1283791670955e-1f));
        p = T.MultiplyAdd(p, square, T.Create(-3.7612638903184e-1f));
        p = T.MultiplyAdd(p, square, T.Create(1.1283791670955f));
        T near = p * x;
        // Press et al., erfc Chebyshev: relative error 1.2e-7.
        T t = T.Create(1) / T.MultiplyAdd(magnitude, T.Create(0.5f), T.Create(1));
        T q = T.Create(0.17087277f);
        q = T.MultiplyAdd(q, t, T.Create(-0.82215223f));
        q = T.MultiplyAdd(q, t, T.Create(1.48851587f));
        q = T.MultiplyAdd(q, t, T.Create(-1.13520398f));
        q = T.MultiplyAdd(q, t, T.Create(0.27886807f));
        q = T.MultiplyAdd(q, t, T.Create(-0.18628806f));
        q = T.MultiplyAdd(q, t, T.Create(0.09678418f));
        q = T.MultiplyAdd(q, t, T.Create(0.37409196f));
        q = T.MultiplyAdd(q, t, T.Create(1.00002368f));
        q = T.MultiplyAdd(q, t, T.Create(-1.26551223f));
        T far = T.CopySign(T.Create(1) - t * Exp(q - square), x);
        return T.WhereLess(magnitude, T.Create(1), near, far);
    }
}
