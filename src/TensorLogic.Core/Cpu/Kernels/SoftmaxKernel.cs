using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary><c>softmax</c> along any axis: x [outer, n, inner] by rows, or by rows of n · inner with inner elements side by side.</summary>
internal static unsafe class SoftmaxKernel
{
    public static void Register(Dictionary<Operator, Func<KernelRequest, CpuKernel?>> kernels) => kernels.Add(Op.Softmax, request =>
    {
        int axis = request.As<Op.AxisAttributes>().Axis;
        if (!request.IsFloat32) return null;
        // Along an inner axis rows are not contiguous: the reference is for those.
        return axis == -1 || axis == request.Inputs[0]!.Rank - 1 ? new CpuKernel("rows", Run) : null;
    });

    private static void Run(KernelContext context)
    {
        using Tensor x = context.Dense(0);
        Tensor y = context.Output(0, x.Shape);
        int n = x.Shape[-1];
        if (y.ElementCount == 0) return;
        float* from = (float*)x.Pointer, to = (float*)y.Pointer;
        context.ForEach(x.ElementCount / n, 20 + n * 0.7, (start, end, _) =>
        {
            for (long row = start; row < end; row++)
            {
                float* result = to + row * n;
                float sum = VectorSums.ExpAndSum(from + row * n, VectorSums.Max(from + row * n, n), result, n);
                VectorSums.ScaleAndShift(result, 1 / sum, 0, result, n);
            }
        });
    }
}
