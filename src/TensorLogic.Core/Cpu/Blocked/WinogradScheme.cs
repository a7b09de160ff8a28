using System.Runtime.CompilerServices;
using TensorLogic.Cpu.Kernels;

namespace TensorLogic.Cpu.Blocked;

/// <summary>One axis of a minimal filtering algorithm F(m, 3): m outputs of a filter of 3 from m + 2 products.</summary>
/// <remarks>Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2015), after Winograd. Both axes of a plane take it in turn.</remarks>
internal unsafe interface IWinogradScheme
{
    /// <summary>Outputs of a tile along an axis.</summary>
    static abstract int Outputs { get; }

    /// <summary>Products along an axis; as many inputs has a tile.</summary>
    static abstract int Points { get; }

    /// <summary>Inputs, <paramref name="from"/> apart, to points, <paramref name="to"/> apart.</summary>
    static abstract void OfInputs<T>(float* d, nint from, float* t, nint to) where T : struct, ILanes<T>;

    /// <summary>The three taps of a filter to points.</summary>
    static abstract void OfTaps<T>(float* g, nint from, float* t, nint to) where T : struct, ILanes<T>;

    /// <summary>Products to outputs.</summary>
    static abstract void OfProducts<T>(float* m, nint from, float* y, nint to) where T : struct, ILanes<T>;
}

/// <summary>F(2, 3): exact halves, less work by 2.25.</summary>
internal readonly unsafe struct WinogradTwo : IWinogradScheme
{
    public static int Outputs => 2;

    public static int Points => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OfInputs<T>(float* d, nint from, float* t, nint to) where T : struct, ILanes<T>
    {
        T d0 = T.Load(d), d1 = T.Load(d + from), d2 = T.Load(d + 2 * from), d3 = T.Load(d + 3 * from);
        (d0 - d2).Store(t);
        (d1 + d2).Store(t + to);
        (d2 - d1).Store(t + 2 * to);
        (d1 - d3).Store(t + 3 * to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OfTaps<T>(float* g, nint from, float* t, nint to) where T : struct, ILanes<T>
    {
        T g0 = T.Load(g), g1 = T.Load(g + from), g2 = T.Load(g + 2 * from), ends = (g0 + g2) * 0.5f, middle = g1 * 0.5f;
        g0.Store(t);
        (ends + middle).Store(t + to);
        (ends - middle).Store(t + 2 * to);
        g2.Store(t + 3 * to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OfProducts<T>(float* m, nint from, float* y, nint to) where T : struct, ILanes<T>
    {
        T m1 = T.Load(m + from), m2 = T.Load(m + 2 * from);
        (T.Load(m) + m1 + m2).Store(y);
        (m1 - m2 - T.Load(m + 3 * from)).Store(y + to);
    }
}

/// <summary>F(4, 3) at the points 0, ±1, ±2: less work by 4, errors some times those of direct sums.</summary>
internal readonly unsafe struct WinogradFour : IWinogradScheme
{
    public static int Outputs => 4;

    public static int Points => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OfInputs<T>(float* d, nint from, float* t, nint to) where T : struct, ILanes<T>
    {
        T d0 = T.Load(d), d1 = T.Load(d + from), d2 = T.Load(d + 2 * from), d3 = T.Load(d + 3 * from), d4 = T.Load(d + 4 * from), d5 = T.Load(d + 5 * from);
        T even = T.MultiplyAdd(d2, -4, d4), odd = T.MultiplyAdd(d1, -4, d3), evenTwo = d4 - d2, oddTwo = (d3 - d1) * 2;
        T.MultiplyAdd(d0, 4, T.MultiplyAdd(d2, -5, d4)).Store(t);
        (even + odd).Store(t + to);
        (even - odd).Store(t + 2 * to);
        (evenTwo + oddTwo).Store(t + 3 * to);
        (evenTwo - oddTwo).Store(t + 4 * to);
        T.MultiplyAdd(d1, 4, T.MultiplyAdd(d3, -5, d5)).Store(t + 5 * to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OfTaps<T>(float* g, nint from, float* t, nint to) where T : struct, ILanes<T>
    {
        T g0 = T.Load(g), g1 = T.Load(g + from), g2 = T.Load(g + 2 * from);
        T ends = (g0 + g2) * (-1 / 6f), middle = g1 * (-1 / 6f), endsTwo = T.MultiplyAdd(g2, 4, g0) * (1 / 24f), middleTwo = g1 * (1 / 12f);
        (g0 * 0.25f).Store(t);
        (ends + middle).Store(t + to);
        (ends - middle).Store(t + 2 * to);
        (endsTwo + middleTwo).Store(t + 3 * to);
        (endsTwo - middleTwo).Store(t + 4 * to);
        g2.Store(t + 5 * to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OfProducts<T>(float* m, nint from, float* y, nint to) where T : struct, ILanes<T>
    {
        T m1 = T.Load(m + from), m2 = T.Load(m + 2 * from), m3 = T.Load(m + 3 * from), m4 = T.Load(m + 4 * from);
        T sum = m1 + m2, difference = m1 - m2, sumTwo = m3 + m4, differenceTwo = m3 - m4;
        (T.Load(m) + sum + sumTwo).Store(y);
        T.MultiplyAdd(differenceTwo, 2, difference).Store(y + to);
        T.MultiplyAdd(sumTwo, 4, sum).Store(y + 2 * to);
        (T.MultiplyAdd(differenceTwo, 8, difference) + T.Load(m + 5 * from)).Store(y + 3 * to);
    }
}
