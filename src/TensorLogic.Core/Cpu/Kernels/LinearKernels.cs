using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary><c>linear</c>, and <c>matmul</c> with constant weights on the right: weights are packed once.</summary>
internal static unsafe class LinearKernels
{
    public static void Register(Dictionary<Operator, Func<KernelRequest, CpuKernel?>> kernels)
    {
        kernels.Add(Op.Linear, Linear);
        kernels.Add(Op.MatMul, request => ConstantMatMul(request) ?? MatMulKernel.Create(request));
    }

    private static CpuKernel? Linear(KernelRequest request)
    {
        if (!request.IsFloat32) return null;
        if (request.Constants[1] is not { } weight)
            return request.Fusion.IsEmpty ? new CpuKernel("matrix tiles", RunUnpacked) : null;
        PackedPanels packed = PackedPanels.FromRows(weight, 1, weight.Shape[0], weight.Shape[1], GemmTile.Columns, request.Fusion.Scale);
        return Create(request, packed, request.Inputs.Length > 2 && request.Inputs[2] is not null ? 2 : -1);
    }

    private static CpuKernel? ConstantMatMul(KernelRequest request)
    {
        var attributes = request.As<Op.MatMulAttributes>();
        if (!request.IsFloat32 || request.Constants[1] is not { Rank: 2 } weight || attributes.TransposeX || request.Inputs[0]!.Rank < 2 || request.Fusion.Scale is not null) return null;
        PackedPanels packed = attributes.TransposeY
            ? PackedPanels.FromRows(weight, 1, weight.Shape[0], weight.Shape[1], GemmTile.Columns)
            : PackedPanels.FromColumns(weight, weight.Shape[1], weight.Shape[0], GemmTile.Columns);
        return Create(request, packed, -1);
    }

    private static CpuKernel? Create(KernelRequest request, PackedPanels packed, int biasInput)
    {
        Bias? bias = Bias.Create(request, biasInput, packed.Rows);
        if (bias is null && biasInput >= 0)
        {
            packed.Dispose();
            return null;
        }
        return new CpuKernel(request.Fusion.Name("matrix tiles, packed weights"), context => Run(context, packed, bias, request.Fusion.Epilogue), packed);
    }

    private static void Run(KernelContext context, PackedPanels weight, Bias? bias, Epilogue after)
    {
        using Tensor x = context.Dense(0);
        if (x.Shape[-1] != weight.K) throw context.Error(0, x.ToString(), $"a tensor whose last axis has size {weight.K}");
        Tensor y = context.Output(0, Shape.Create([.. x.Shape.Sizes[..^1], weight.Rows]));
        int rows = weight.Rows == 0 ? 0 : checked((int)(y.ElementCount / weight.Rows));
        using BoundEpilogue epilogue = after.Bind(context, y);
        fixed (float* b = bias?.Elements)
            MatrixProduct.Run(context, (float*)x.Pointer, weight.K, 1, rows, weight, b, (float*)y.Pointer, epilogue);
    }

    private static void RunUnpacked(KernelContext context)
    {
        using Tensor x = context.Dense(0), weight = context.Dense(1);
        using Tensor? bias = context.Has(2) ? context.Dense(2) : null;
        if (x.Shape[-1] != weight.Shape[1]) throw context.Error(0, x.ToString(), $"a tensor whose last axis has size {weight.Shape[1]}");
        using PackedPanels packed = PackedPanels.FromRows(weight, 1, weight.Shape[0], weight.Shape[1], GemmTile.Columns);
        Tensor y = context.Output(0, Shape.Create([.. x.Shape.Sizes[..^1], packed.Rows]));
        using BoundEpilogue epilogue = Epilogue.None.Bind(context, y);
        int rows = packed.Rows == 0 ? 0 : checked((int)(y.ElementCount / packed.Rows));
        MatrixProduct.Run(context, (float*)x.Pointer, packed.K, 1, rows, packed, bias is null ? null : (float*)bias.Pointer, (float*)y.Pointer, epilogue);
    }
}
