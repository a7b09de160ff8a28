using System.Runtime.Intrinsics;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Packing and tiles of the matrix product C = A · B in f32.</summary>
/// <remarks>A is packed in panels of <see cref="Rows"/> rows, [k][Rows]; B in panels of <see cref="Columns"/> columns, [k][columns]; the last
/// panel of each is filled up with zeros (B's only to whole vectors). Sums run over k in order, whatever the number of threads.</remarks>
internal static unsafe class Gemm
{
    private static readonly int s_lanes = Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;

    /// <summary>Rows of a tile.</summary>
    public static int Rows { get; } = s_lanes == 16 ? 8 : 4;

    /// <summary>Columns of a full tile.</summary>
    public static int Columns { get; } = 3 * s_lanes;

    /// <summary>For plans: <c>8x48</c>.</summary>
    public static string TileName { get; } = $"{Rows}x{Columns}";

    public static int RowPanels(int rows) => (rows + Rows - 1) / Rows;

    public static int ColumnPanels(int columns) => (columns + Columns - 1) / Columns;

    /// <summary>Floats that a packed A takes.</summary>
    public static int PackedRowsLength(int rows, int k) => checked(RowPanels(rows) * Rows * k);

    /// <summary>Floats that a packed B takes.</summary>
    public static int PackedColumnsLength(int columns, int k) => checked(ColumnPanels(columns) * Columns * k);

    /// <summary>Vectors that this many columns take.</summary>
    public static int Vectors(int columns) => (columns + s_lanes - 1) / s_lanes;

    /// <summary>Packs one panel of A: rows <paramref name="first"/> to first + <see cref="Rows"/> - 1.</summary>
    public static void PackRowPanel(float* a, int rows, int k, long rowStride, long columnStride, int first, float* panel)
    {
        int count = Math.Min(Rows, rows - first);
        for (int r = 0; r < Rows; r++)
        {
            float* to = panel + r;
            if (r >= count)
            {
                for (int i = 0; i < k; i++) to[(long)i * Rows] = 0;
                continue;
            }
            float* from = a + (first + r) * rowStride;
            for (int i = 0; i < k; i++) to[(long)i * Rows] = from[i * columnStride];
        }
    }

    /// <summary>Packs one panel of B of <paramref name="count"/> columns from <paramref name="first"/>.</summary>
    public static void PackColumnPanel(float* b, int k, long rowStride, long columnStride, int first, int count, float* panel)
    {
        int width = Vectors(count) * s_lanes;
        for (int i = 0; i < k; i++, panel += width)
        {
            float* from = b + i * rowStride + first * columnStride;
            if (columnStride == 1) new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(panel, count));
            else for (int j = 0; j < count; j++) panel[j] = from[j * columnStride];
            for (int j = count; j < width; j++) panel[j] = 0;
        }
    }

    /// <summary>One tile: <paramref name="rows"/> rows and <paramref name="columns"/> columns of C from a panel of A and one of B.</summary>
    public static void Tile(float* a, float* b, int k, float* c, int ldc, int rows, int columns)
    {
        int vectors = Vectors(columns), width = vectors * s_lanes;
        if (rows == Rows && columns == width)
        {
            Run(vectors, a, b, k, c, ldc);
            return;
        }
        float* whole = stackalloc float[8 * 48];
        Run(vectors, a, b, k, whole, width);
        for (int r = 0; r < rows; r++) new ReadOnlySpan<float>(whole + r * width, columns).CopyTo(new Span<float>(c + (long)r * ldc, columns));
    }

    private static void Run(int vectors, float* a, float* b, int k, float* c, int ldc)
    {
        if (s_lanes == 16) Tiles512.Run(vectors, a, b, k, c, ldc);
        else if (s_lanes == 8) Tiles256.Run(vectors, a, b, k, c, ldc);
        else Tiles128.Run(vectors, a, b, k, c, ldc);
    }
}
