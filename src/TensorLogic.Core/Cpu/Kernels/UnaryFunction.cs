using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TensorLogic.Cpu.Kernels;

/// <summary>A function of one element on vectors.</summary>
internal interface IUnary
{
    T Invoke<T>(T x) where T : struct, ILanes<T>;
}

/// <summary>A function applied to runs of elements; also applied to a kernel's fresh results.</summary>
internal abstract unsafe class UnaryFunction
{
    /// <summary>About the cost of one element in nanoseconds.</summary>
    public double Cost { get; init; } = 0.15;

    /// <summary>For a function that only clamps: the bounds.</summary>
    public (float Low, float High)? Bounds { get; init; }

    /// <summary>y[i] = f(x[i]); x and y may be the same.</summary>
    public abstract void Apply(float* x, float* y, long count);

    public static UnaryFunction From<T>(T function, double cost = 0.15, (float Low, float High)? bounds = null) where T : struct, IUnary =>
        new Function<T>(function) { Cost = cost, Bounds = bounds };

    private sealed class Function<T>(T function) : UnaryFunction where T : struct, IUnary
    {
        public override void Apply(float* x, float* y, long count)
        {
            if (Vector512.IsHardwareAccelerated) Loop<Lanes512>(function, x, y, count);
            else if (Vector256.IsHardwareAccelerated) Loop<Lanes256>(function, x, y, count);
            else Loop<Lanes128>(function, x, y, count);
        }

        // In bounds: whole vectors while they fit, then the rest by way of one vector on the stack.
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void Loop<TLanes>(T function, float* x, float* y, long count) where TLanes : struct, ILanes<TLanes>
        {
            long i = 0;
            for (; i <= count - TLanes.Count; i += TLanes.Count) function.Invoke(TLanes.Load(x + i)).Store(y + i);
            if (i == count) return;
            float* rest = stackalloc float[TLanes.Count];
            for (long k = i; k < count; k++) rest[k - i] = x[k];
            function.Invoke(TLanes.Load(rest)).Store(rest);
            for (long k = i; k < count; k++) y[k] = rest[k - i];
        }
    }
}
