using System.Numerics;
using System.Runtime.CompilerServices;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Sums, means and extremes over neighbouring axes: x [outer, n, inner] to y [outer, inner].</summary>
internal static unsafe class ReductionKernels
{
    private enum Kind
    {
        Sum,
        Mean,
        Max,
        Min,
    }

    public static void Register(Dictionary<Operator, Func<KernelRequest, CpuKernel?>> kernels)
    {
        Add(Op.ReduceSum, Kind.Sum);
        Add(Op.ReduceMean, Kind.Mean);
        Add(Op.ReduceMax, Kind.Max);
        Add(Op.ReduceMin, Kind.Min);

        void Add(Operator @operator, Kind kind) => kernels.Add(@operator, request =>
            request.IsFloat32 && Axes.AreNeighbours(request.As<Op.ReduceAttributes>().Axes, request.Inputs[0]!.Rank, out int first, out int end)
                ? new CpuKernel("rows", context => Run(context, kind, first, end, request.As<Op.ReduceAttributes>().KeepDims))
                : null);
    }

    private static void Run(KernelContext context, Kind kind, int first, int last, bool keepDims)
    {
        using Tensor x = context.Dense(0);
        ReadOnlySpan<int> sizes = x.Shape.Sizes;
        int n = Axes.Product(sizes[first..last]), inner = Axes.Product(sizes[last..]);
        Tensor y = context.Output(0, Shape.Create([.. sizes[..first], .. keepDims ? Enumerable.Repeat(1, last - first) : [], .. sizes[last..]]));
        if (y.ElementCount == 0) return;
        float* from = (float*)x.Pointer, to = (float*)y.Pointer;
        context.ForEach(y.ElementCount / inner, 10 + (double)n * inner * 0.15, (start, end, _) =>
        {
            for (long o = start; o < end; o++)
                if (inner == 1) to[o] = Row(kind, from + o * n, n);
                else Columns(kind, from + o * n * inner, n, inner, to + o * inner);
        });
    }

    private static float Row(Kind kind, float* x, int n) => kind switch
    {
        Kind.Sum => VectorSums.Sum(x, n),
        Kind.Mean => VectorSums.Sum(x, n) / n,
        Kind.Max => VectorSums.Max(x, n),
        _ => VectorSums.Min(x, n),
    };

    private static void Columns(Kind kind, float* x, int n, int inner, float* y)
    {
        new Span<float>(y, inner).Fill(kind switch
        {
            Kind.Max => float.NegativeInfinity,
            Kind.Min => float.PositiveInfinity,
            _ => 0,
        });
        for (int k = 0; k < n; k++) Accumulate(kind, x + (long)k * inner, y, inner);
        if (kind == Kind.Mean)
            for (int i = 0; i < inner; i++) y[i] /= n;
    }

    // In bounds: x and y have count elements.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Accumulate(Kind kind, float* x, float* y, int count)
    {
        int i = 0;
        if (kind is Kind.Sum or Kind.Mean)
        {
            for (; i <= count - Vector<float>.Count; i += Vector<float>.Count) Vector.Store(Vector.Load(y + i) + Vector.Load(x + i), y + i);
            for (; i < count; i++) y[i] += x[i];
        }
        else if (kind is Kind.Max)
        {
            for (; i <= count - Vector<float>.Count; i += Vector<float>.Count) Vector.Store(Vector.Max(Vector.Load(y + i), Vector.Load(x + i)), y + i);
            for (; i < count; i++) y[i] = MathF.Max(y[i], x[i]);
        }
        else
        {
            for (; i <= count - Vector<float>.Count; i += Vector<float>.Count) Vector.Store(Vector.Min(Vector.Load(y + i), Vector.Load(x + i)), y + i);
            for (; i < count; i++) y[i] = MathF.Min(y[i], x[i]);
        }
    }
}
