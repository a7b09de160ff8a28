using System.Runtime.Intrinsics;

namespace TensorLogic.Cpu.Kernels;

/// <summary>What a tile kernel computes: C[r, j] = start[r, j] + Σ over k of A[r, k] · B[k, j].</summary>
/// <remarks>A is readable at A[r · ARow + k · AStep] for r &lt; Rows; B is a packed panel, K rows of <see cref="GemmTile.Columns"/>; C and, if
/// StartColumn is 1, Start have room for a whole tile. Start[r · StartRow + j · StartColumn] may be C itself, to add to it.</remarks>
internal unsafe struct TileArguments
{
    public float* A;
    public nint ARow;
    public nint AStep;
    public float* B;
    public nint K;
    public float* C;
    public nint CRow;
    public float* Start;
    public nint StartRow;
    public nint StartColumn;
    public nint Rows;
}

/// <summary>The innermost part of every matrix product: one tile of C, held in registers over the whole sum.</summary>
/// <remarks>Every element is a sum in the order of k, in whichever tile it stands and however wide the vectors are.</remarks>
internal static unsafe class GemmTile
{
    /// <summary>Elements of a vector.</summary>
    public static int Lanes { get; } = Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;

    /// <summary>Rows of a tile, and of a packed panel of A.</summary>
    public static int Rows { get; } = Vector512.IsHardwareAccelerated ? 8 : 4;

    /// <summary>Columns of a tile, and of a packed panel of B.</summary>
    public static int Columns => 3 * Lanes;

    /// <summary>Largest tile in elements.</summary>
    public const int MaxElements = 8 * 48;

    /// <summary>Computes a tile of which <paramref name="columns"/> columns and t.Rows rows exist; writes no others.</summary>
    public static void Run(ref TileArguments t, int columns)
    {
        int vectors = (columns + Lanes - 1) / Lanes;
        bool whole = columns == vectors * Lanes && (t.Rows == Rows || t.Rows == 1 && vectors == 3);
        if (whole)
        {
            Whole(t, vectors);
            return;
        }
        float* c = t.C;
        nint cRow = t.CRow;
        float* tile = stackalloc float[MaxElements];
        for (nint r = 0; r < t.Rows; r++)
            for (nint j = 0; j < columns; j++)
                tile[r * Columns + j] = t.Start[r * t.StartRow + j * t.StartColumn];
        TileArguments own = t with { C = tile, CRow = Columns, Start = tile, StartRow = Columns, StartColumn = 1 };
        Whole(own, own.Rows == 1 ? 3 : vectors);
        for (nint r = 0; r < t.Rows; r++)
            new ReadOnlySpan<float>(tile + r * Columns, columns).CopyTo(new Span<float>(c + r * cRow, columns));
    }

    private static void Whole(in TileArguments t, int vectors)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            if (t.Rows == 1 && vectors == 3) GemmTileFour<Lanes512>.Tile1x3(t);
            else if (vectors == 3) GemmTile512.Tile8x3(t);
            else if (vectors == 2) GemmTile512.Tile8x2(t);
            else GemmTile512.Tile8x1(t);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            if (t.Rows == 1 && vectors == 3) GemmTileFour<Lanes256>.Tile1x3(t);
            else if (vectors == 3) GemmTileFour<Lanes256>.Tile4x3(t);
            else if (vectors == 2) GemmTileFour<Lanes256>.Tile4x2(t);
            else GemmTileFour<Lanes256>.Tile4x1(t);
        }
        else
        {
            if (t.Rows == 1 && vectors == 3) GemmTileFour<Lanes128>.Tile1x3(t);
            else if (vectors == 3) GemmTileFour<Lanes128>.Tile4x3(t);
            else if (vectors == 2) GemmTileFour<Lanes128>.Tile4x2(t);
            else GemmTileFour<Lanes128>.Tile4x1(t);
        }
    }
}
