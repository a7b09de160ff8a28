using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Batched matrix product; transposed and broadcast operands are packed from where they lie.</summary>
internal sealed unsafe class MatMulKernel(Op.MatMulAttributes attributes) : CpuKernel
{
    public override string Name => $"matmul {Gemm.TileName}";

    public static CpuKernel? Make(Node node) =>
        node.Inputs[0]!.TensorType is { Rank: >= 2, ElementType.IsFloat: true } && node.Inputs[1]!.TensorType.Rank >= 2 ? new MatMulKernel((Op.MatMulAttributes)node.Attributes) : null;

    public override void Run(NodeContext context)
    {
        using Tensor x = Oriented(context.Input(0), attributes.TransposeX), y = Oriented(context.Input(1), attributes.TransposeY);
        int m = x.Shape[-2], k = x.Shape[-1], n = y.Shape[-1];
        Shape.TryBroadcast(Shape.Create(x.Shape.Sizes[..^2]), Shape.Create(y.Shape.Sizes[..^2]), out Shape batch);
        Tensor z = context.Output(0, Shape.Create([.. batch.Sizes, m, n]));
        int batches = (int)batch.ElementCount;
        if (z.ElementCount == 0) return;
        using Tensor xs = x.BroadcastTo(Shape.Create([.. batch.Sizes, m, k])), ys = y.BroadcastTo(Shape.Create([.. batch.Sizes, k, n]));
        long[] xStarts = Starts(xs, batch), yStarts = Starts(ys, batch);
        (long xRow, long xColumn, long yRow, long yColumn) = (xs.Strides[^2], xs.Strides[^1], ys.Strides[^2], ys.Strides[^1]);

        int length = Gemm.PackedRowsLength(m, k), rowPanels = Gemm.RowPanels(m), columnPanels = Gemm.ColumnPanels(n);
        using Tensor scratch = context.Pool.Rent(ElementType.Float32, [checked(batches * length)]);
        float* left = (float*)xs.Pointer, right = (float*)ys.Pointer, to = (float*)z.Pointer, packed = (float*)scratch.Pointer;
        context.Workers.Run(batches * rowPanels, task =>
        {
            int b = task / rowPanels, panel = task % rowPanels;
            Gemm.PackRowPanel(left + xStarts[b], m, k, xRow, xColumn, panel * Gemm.Rows, packed + (long)b * length + (long)panel * Gemm.Rows * k);
        }, context.Cancellation);
        context.Workers.Run(batches * columnPanels, task =>
        {
            int b = task / columnPanels, first = task % columnPanels * Gemm.Columns, columns = Math.Min(Gemm.Columns, n - first);
            using Tensor panelScratch = context.Pool.Rent(ElementType.Float32, [Math.Max(1, k) * Gemm.Columns]);
            float* panel = (float*)panelScratch.Pointer;
            Gemm.PackColumnPanel(right + yStarts[b], k, yRow, yColumn, first, columns, panel);
            for (int row = 0; row < m; row += Gemm.Rows)
                Gemm.Tile(packed + (long)b * length + (long)row * k, panel, k, to + ((long)b * m + row) * n + first, n, Math.Min(Gemm.Rows, m - row), columns);
        }, context.Cancellation);
        GC.KeepAlive(xs);
        GC.KeepAlive(ys);
    }

    private static Tensor Oriented(Tensor tensor, bool transpose)
    {
        int rank = tensor.Rank;
        return transpose ? tensor.Transpose([.. Enumerable.Range(0, rank - 2), rank - 1, rank - 2]) : tensor.Transpose([.. Enumerable.Range(0, rank)]);
    }

    /// <summary>Where each matrix begins, in elements from the tensor's first.</summary>
    private static long[] Starts(Tensor tensor, Shape batch)
    {
        long[] starts = [0];
        for (int axis = 0; axis < batch.Rank; axis++)
        {
            long stride = tensor.Strides[axis];
            int size = batch[axis];
            starts = [.. starts.SelectMany(start => Enumerable.Range(0, size).Select(i => start + i * stride))];
        }
        return starts;
    }
}
