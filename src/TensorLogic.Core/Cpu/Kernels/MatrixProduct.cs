namespace TensorLogic.Cpu.Kernels;

/// <summary>C = A · B + bias for row-major C: the loops around the tile kernel.</summary>
internal static unsafe class MatrixProduct
{
    // A panel of B of this depth fills part of the second-level cache, the rows of A the first.
    private const int Depth = 1024;
    private const int RowBlock = 128;

    /// <summary>Length of the parts into which a sum of k terms is cut; depends on k alone.</summary>
    public static int DepthOf(int k)
    {
        int parts = (k + Depth - 1) / Depth;
        return parts <= 1 ? k : (k + parts - 1) / parts;
    }

    /// <summary>Multiplies by a packed matrix and finishes with an epilogue.</summary>
    /// <param name="context">Threads and cancellation.</param>
    /// <param name="a">First element of A, [rows, k] with strides aRow and aStep.</param>
    /// <param name="aRow">Elements from row to row.</param>
    /// <param name="aStep">Elements from k to k.</param>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="b">[columns, k] packed.</param>
    /// <param name="bias">One for each column; null for none.</param>
    /// <param name="c">[rows, columns], contiguous.</param>
    /// <param name="epilogue">Applied to each run of C once.</param>
    public static void Run(KernelContext context, float* a, nint aRow, nint aStep, int rows, PackedPanels b, float* bias, float* c, BoundEpilogue epilogue)
    {
        int columns = b.Rows, width = GemmTile.Columns, blocks = (rows + RowBlock - 1) / RowBlock;
        double flops = 2.0 * Math.Min(rows, RowBlock) * width * b.K, bytes = 4.0 * width * b.K;
        context.ForEach((long)blocks * b.Panels, Math.Max(flops / 100, bytes / 20), (start, end, _) =>
        {
            for (long item = start; item < end; item++)
            {
                int row = (int)(item / b.Panels) * RowBlock, panel = (int)(item % b.Panels), column = panel * width;
                int count = Math.Min(width, columns - column), last = Math.Min(rows, row + RowBlock);
                Panel(a + row * aRow, aRow, aStep, last - row, b.Pointer + (long)panel * b.K * width, b.K, bias is null ? null : bias + column,
                    c + (long)row * columns + column, columns, count);
                if (!epilogue.IsEmpty)
                    for (int r = row; r < last; r++) epilogue.Apply(c + (long)r * columns + column, count);
            }
        });
    }

    /// <summary>Rows of C for one panel of B.</summary>
    public static void Panel(float* a, nint aRow, nint aStep, int rows, float* b, int k, float* bias, float* c, nint cRow, int columns)
    {
        float zero = 0;
        // Tiles count in steps of A, and a view may have any step along an axis of one element.
        if (k == 1) aStep = 1;
        int depth = Math.Max(1, DepthOf(k));
        for (int from = 0; from == 0 || from < k; from += depth)
            for (int row = 0; row < rows; row += GemmTile.Rows)
            {
                float* tile = c + row * cRow;
                TileArguments t = new()
                {
                    A = a + row * aRow + from * aStep,
                    ARow = aRow,
                    AStep = aStep,
                    B = b + (long)from * GemmTile.Columns,
                    K = Math.Min(depth, k - from),
                    C = tile,
                    CRow = cRow,
                    Start = from > 0 ? tile : bias is null ? &zero : bias,
                    StartRow = from > 0 ? cRow : 0,
                    StartColumn = from > 0 || bias is not null ? 1 : 0,
                    Rows = Math.Min(GemmTile.Rows, rows - row),
                };
                GemmTile.Run(ref t, columns);
            }
    }
}
