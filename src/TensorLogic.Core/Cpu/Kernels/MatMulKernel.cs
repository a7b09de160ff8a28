using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary><c>matmul</c> of two computed tensors: panels of y are packed as they are needed.</summary>
internal static unsafe class MatMulKernel
{
    private const int RowBlock = 256;

    public static CpuKernel? Create(KernelRequest request)
    {
        if (!request.IsFloat32 || !request.Fusion.IsEmpty) return null;
        var attributes = request.As<Op.MatMulAttributes>();
        return new CpuKernel("matrix tiles", context => Run(context, attributes));
    }

    private static void Run(KernelContext context, Op.MatMulAttributes attributes)
    {
        // The tiles step along x, which an element that repeats does not allow.
        using Tensor distinct = Distinct(context.Input(0));
        using Tensor left = Matrices(distinct, attributes.TransposeX, asRow: true), right = Matrices(context.Input(1), attributes.TransposeY, asRow: false);
        int m = left.Shape[-2], k = left.Shape[-1], n = right.Shape[-1];
        if (right.Shape[-2] != k || !Shape.TryBroadcast(Shape.Create(left.Shape.Sizes[..^2]), Shape.Create(right.Shape.Sizes[..^2]), out Shape batch))
            throw context.Error(1, context.Input(1).ToString(), $"a tensor to multiply with {context.Input(0)}");
        Tensor z = context.Output(0, Shape.Create([.. batch.Sizes, .. context.Input(0).Rank > 1 ? [m] : (int[])[], .. context.Input(1).Rank > 1 ? [n] : (int[])[]]));
        if (z.ElementCount == 0) return;
        using Tensor x = left.BroadcastTo(Shape.Create([.. batch.Sizes, m, k])), y = right.BroadcastTo(Shape.Create([.. batch.Sizes, k, n]));

        int width = GemmTile.Columns, panels = (n + width - 1) / width, blocks = (m + RowBlock - 1) / RowBlock;
        long panelElements = (long)Math.Max(1, k) * width;
        long[] xStrides = x.Strides.ToArray(), yStrides = y.Strides.ToArray();
        float* from = (float*)x.Pointer, by = (float*)y.Pointer, to = (float*)z.Pointer;
        using Tensor scratch = context.Pool.Rent(ElementType.Float32, Shape.Create(context.Workers.Count, checked((int)panelElements)));
        float* panelMemory = (float*)scratch.Pointer;
        context.ForEach(batch.ElementCount * blocks * panels, 2.0 * Math.Min(m, RowBlock) * width * k / 100, (start, end, worker) =>
        {
            float* b = panelMemory + worker * panelElements;
            for (long item = start; item < end; item++)
            {
                int panel = (int)(item % panels), row = (int)(item / panels % blocks) * RowBlock;
                long matrix = item / panels / blocks;
                int column = panel * width, columns = Math.Min(width, n - column);
                float* source = by + Offset(batch, yStrides, matrix) + column * yStrides[^1];
                Pack(source, (nint)yStrides[^2], (nint)yStrides[^1], k, columns, b);
                MatrixProduct.Panel(from + Offset(batch, xStrides, matrix) + row * xStrides[^2], (nint)xStrides[^2], (nint)xStrides[^1], Math.Min(RowBlock, m - row),
                    b, k, null, to + (matrix * m + row) * n + column, n, columns);
            }
        });
    }

    // In bounds: columns of the source exist, and the panel has room for k whole rows.
    private static void Pack(float* source, nint rowStride, nint columnStride, int k, int columns, float* panel)
    {
        int width = GemmTile.Columns;
        if (columns < width) new Span<float>(panel, k * width).Clear();
        if (columnStride == 1)
            for (int i = 0; i < k; i++) new ReadOnlySpan<float>(source + i * rowStride, columns).CopyTo(new Span<float>(panel + (long)i * width, columns));
        else
            for (int j = 0; j < columns; j++)
                for (int i = 0; i < k; i++) panel[(long)i * width + j] = source[i * rowStride + j * columnStride];
    }

    private static Tensor Distinct(Tensor x)
    {
        for (int axis = 0; axis < x.Rank; axis++)
            if (x.Strides[axis] == 0 && x.Shape[axis] > 1) return x.Clone();
        return x.View(x.Shape, x.Strides.ToArray(), x.Offset);
    }

    private static long Offset(Shape batch, long[] strides, long matrix)
    {
        long offset = 0;
        for (int axis = batch.Rank - 1; axis >= 0; axis--)
        {
            offset += matrix % batch.Sizes[axis] * strides[axis];
            matrix /= batch.Sizes[axis];
        }
        return offset;
    }

    private static Tensor Matrices(Tensor tensor, bool transpose, bool asRow)
    {
        if (tensor.Rank == 1) return tensor.ExpandDims(asRow ? 0 : 1);
        if (!transpose) return tensor.View(tensor.Shape, tensor.Strides.ToArray(), tensor.Offset);
        return tensor.Transpose([.. Enumerable.Range(0, tensor.Rank - 2), tensor.Rank - 1, tensor.Rank - 2]);
    }
}
