using System.Numerics;
using System.Runtime.CompilerServices;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Arithmetic on two tensors of f32 that broadcast: axes that step evenly are merged, and the innermost run goes to vectors.</summary>
internal static unsafe class BinaryKernels
{
    private interface IBinary
    {
        static abstract Vector<float> Invoke(Vector<float> x, Vector<float> y);
    }

    /// <summary>z[i] = f(x[i · xStep], y[i · yStep]); steps are 1, or 0 for one element that repeats.</summary>
    public delegate void Loop(float* x, int xStep, float* y, int yStep, float* z, long count);

    private static readonly Dictionary<Operator, Loop> Loops = new()
    {
        [Op.Add] = Apply<Plus>,
        [Op.Sub] = Apply<Minus>,
        [Op.Mul] = Apply<Times>,
        [Op.RealDiv] = Apply<Over>,
        [Op.Maximum] = Apply<Max>,
        [Op.Minimum] = Apply<Min>,
    };

    /// <summary>The operators with a loop.</summary>
    public static IReadOnlyCollection<Operator> Operators => Loops.Keys;

    /// <summary>The loop of one of <see cref="Operators"/>.</summary>
    public static Loop LoopOf(Operator @operator) => Loops[@operator];

    public static void Register(Dictionary<Operator, Func<KernelRequest, CpuKernel?>> kernels)
    {
        foreach ((Operator @operator, Loop loop) in Loops) kernels.Add(@operator, request => request.IsFloat32 ? new CpuKernel("vectors", context => Run(context, loop)) : null);
    }

    private static void Run(KernelContext context, Loop loop)
    {
        Tensor left = context.Input(0), right = context.Input(1);
        if (!Shape.TryBroadcast(left.Shape, right.Shape, out Shape shape)) throw context.Error(1, right.ToString(), $"a tensor that broadcasts with {left}");
        Tensor z = context.Output(0, shape);
        if (z.ElementCount == 0) return;
        using Tensor x = left.BroadcastTo(shape), y = right.BroadcastTo(shape);
        BroadcastLoop axes = new(shape, x.Strides, y.Strides);
        if (axes is { XStep: 0 or 1, YStep: 0 or 1 })
        {
            Run(context, loop, axes, (float*)x.Pointer, (float*)y.Pointer, (float*)z.Pointer);
            return;
        }
        using Tensor leftCopy = context.Dense(0), rightCopy = context.Dense(1);
        using Tensor denseX = leftCopy.BroadcastTo(shape), denseY = rightCopy.BroadcastTo(shape);
        Run(context, loop, new BroadcastLoop(shape, denseX.Strides, denseY.Strides), (float*)denseX.Pointer, (float*)denseY.Pointer, (float*)z.Pointer);
    }

    private static void Run(KernelContext context, Loop loop, BroadcastLoop axes, float* px, float* py, float* pz)
    {
        int inner = axes.Inner, xStep = (int)axes.XStep, yStep = (int)axes.YStep;
        if (axes.Rows == 1)
        {
            context.ForEach(inner, 0.2, (start, end, _) => loop(px + start * xStep, xStep, py + start * yStep, yStep, pz + start, end - start));
            return;
        }
        context.ForEach(axes.Rows, 5 + inner * 0.2, (start, end, _) =>
        {
            for (long row = start; row < end; row++)
            {
                // In bounds: offsets of whole rows of views whose extents were checked when they were made.
                (long a, long b) = axes.Offsets(row);
                loop(px + a, xStep, py + b, yStep, pz + row * inner, inner);
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Apply<T>(float* x, int xStep, float* y, int yStep, float* z, long count) where T : IBinary
    {
        long i = 0, last = count - Vector<float>.Count;
        if (xStep == 1 && yStep == 1)
            for (; i <= last; i += Vector<float>.Count) Vector.Store(T.Invoke(Vector.Load(x + i), Vector.Load(y + i)), z + i);
        else if (xStep == 1)
            for (Vector<float> b = new(*y); i <= last; i += Vector<float>.Count) Vector.Store(T.Invoke(Vector.Load(x + i), b), z + i);
        else if (yStep == 1)
            for (Vector<float> a = new(*x); i <= last; i += Vector<float>.Count) Vector.Store(T.Invoke(a, Vector.Load(y + i)), z + i);
        for (; i < count; i++) z[i] = T.Invoke(new Vector<float>(x[i * xStep]), new Vector<float>(y[i * yStep]))[0];
    }

    private readonly struct Plus : IBinary
    {
        public static Vector<float> Invoke(Vector<float> x, Vector<float> y) => x + y;
    }

    private readonly struct Minus : IBinary
    {
        public static Vector<float> Invoke(Vector<float> x, Vector<float> y) => x - y;
    }

    private readonly struct Times : IBinary
    {
        public static Vector<float> Invoke(Vector<float> x, Vector<float> y) => x * y;
    }

    private readonly struct Over : IBinary
    {
        public static Vector<float> Invoke(Vector<float> x, Vector<float> y) => x / y;
    }

    private readonly struct Max : IBinary
    {
        public static Vector<float> Invoke(Vector<float> x, Vector<float> y) => Vector.Max(x, y);
    }

    private readonly struct Min : IBinary
    {
        public static Vector<float> Invoke(Vector<float> x, Vector<float> y) => Vector.Min(x, y);
    }
}
