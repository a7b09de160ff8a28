using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary><c>layer_norm</c> over last axes, <c>instance_norm</c> and <c>batch_norm</c>.</summary>
internal static unsafe class NormalizationKernels
{
    public static void Register(Dictionary<Operator, Func<KernelRequest, CpuKernel?>> kernels)
    {
        kernels.Add(Op.LayerNorm, request => request.IsFloat32 && Axes.AreLast(request.As<Op.LayerNormAttributes>().Axes, request.Inputs[0]!.Rank, out int count)
            ? new CpuKernel("rows", context => LayerNorm(context, count, request.As<Op.LayerNormAttributes>().Epsilon))
            : null);
        kernels.Add(Op.InstanceNorm, request => request.IsFloat32 ? new CpuKernel("rows", context => InstanceNorm(context, request.As<Op.EpsilonAttributes>().Epsilon)) : null);
        kernels.Add(Op.BatchNorm, request => request.IsFloat32 ? new CpuKernel("rows", context => BatchNorm(context, request.As<Op.EpsilonAttributes>().Epsilon)) : null);
    }

    // x: [rows, n]   gamma, beta: [n]
    private static void LayerNorm(KernelContext context, int axes, double epsilon)
    {
        using Tensor x = context.Dense(0);
        using Tensor? gamma = context.Has(1) ? context.Dense(1) : null, beta = context.Has(2) ? context.Dense(2) : null;
        Tensor y = context.Output(0, x.Shape);
        if (y.ElementCount == 0) return;
        int n = Axes.Product(x.Shape.Sizes[^axes..]);
        float* from = (float*)x.Pointer, to = (float*)y.Pointer, scale = gamma is null ? null : (float*)gamma.Pointer, shift = beta is null ? null : (float*)beta.Pointer;
        context.ForEach(x.ElementCount / n, 20 + n * 0.3, (start, end, _) =>
        {
            for (long row = start; row < end; row++)
            {
                (float mean, float inverse) = Statistics(from + row * n, n, epsilon);
                VectorSums.Normalize(from + row * n, mean, inverse, scale, shift, to + row * n, n);
            }
        });
    }

    // x: [N · C, n]   gamma, beta: [C]
    private static void InstanceNorm(KernelContext context, double epsilon)
    {
        using Tensor x = context.Dense(0);
        double[]? gamma = context.Has(1) ? context.Doubles(1) : null, beta = context.Has(2) ? context.Doubles(2) : null;
        Tensor y = context.Output(0, x.Shape);
        if (y.ElementCount == 0) return;
        (int samples, int channels, int n) = Reduction.Split(x.Shape, 1);
        float* from = (float*)x.Pointer, to = (float*)y.Pointer;
        context.ForEach((long)samples * channels, 20 + n * 0.3, (start, end, _) =>
        {
            for (long plane = start; plane < end; plane++)
            {
                int c = (int)(plane % channels);
                (float mean, float inverse) = Statistics(from + plane * n, n, epsilon);
                float factor = (float)(inverse * (gamma?[c] ?? 1));
                VectorSums.Normalize(from + plane * n, mean, factor, null, null, to + plane * n, n);
                if (beta is not null) VectorSums.ScaleAndShift(to + plane * n, 1, (float)beta[c], to + plane * n, n);
            }
        });
    }

    // x: [N · C, n]   everything else: [C]
    private static void BatchNorm(KernelContext context, double epsilon)
    {
        using Tensor x = context.Dense(0);
        (double[] scale, double[] shift) = ScaleAndShift(context.Doubles(1), context.Doubles(2), context.Has(3) ? context.Doubles(3) : null, context.Has(4) ? context.Doubles(4) : null, epsilon);
        Tensor y = context.Output(0, x.Shape);
        if (y.ElementCount == 0) return;
        (int samples, int channels, int n) = Reduction.Split(x.Shape, 1);
        float* from = (float*)x.Pointer, to = (float*)y.Pointer;
        context.ForEach((long)samples * channels, 5 + n * 0.15, (start, end, _) =>
        {
            for (long plane = start; plane < end; plane++)
                VectorSums.ScaleAndShift(from + plane * n, (float)scale[plane % channels], (float)shift[plane % channels], to + plane * n, n);
        });
    }

    /// <summary>Batch normalisation as one factor and one term for each channel.</summary>
    public static (double[] Scale, double[] Shift) ScaleAndShift(double[] mean, double[] variance, double[]? gamma, double[]? beta, double epsilon)
    {
        double[] scale = [.. variance.Select((value, c) => (gamma?[c] ?? 1) / Math.Sqrt(value + epsilon))];
        return (scale, [.. mean.Select((value, c) => (beta?[c] ?? 0) - value * scale[c])]);
    }

    private static (float Mean, float Inverse) Statistics(float* x, int n, double epsilon)
    {
        float mean = VectorSums.Sum(x, n) / n;
        return (mean, (float)(1 / Math.Sqrt((double)VectorSums.SquaredDeviations(x, n, mean) / n + epsilon)));
    }
}
