using System.Runtime.CompilerServices;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Matrix tiles of 4 rows, and of one, and of up to 3 vectors of columns: each vector of C in a register.</summary>
// In bounds: see TileArguments. The sums stand in named locals, because the compiler keeps arrays of vectors in memory.
internal static unsafe class GemmTileFour<T> where T : struct, ILanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Tile4x3(in TileArguments t)
    {
        nint last = t.Rows - 1;
        float* a0 = t.A, a1 = t.A + Math.Min(1, last) * t.ARow, a2 = t.A + Math.Min(2, last) * t.ARow, a3 = t.A + Math.Min(3, last) * t.ARow;
        float* b = t.B, s = t.Start;
        nint step = t.AStep, end = t.K * step, sRow = t.StartRow;
        T c00, c01, c02, c10, c11, c12, c20, c21, c22, c30, c31, c32;
        if (t.StartColumn == 0)
        {
            c00 = c01 = c02 = T.Create(s[0]);
            c10 = c11 = c12 = T.Create(s[sRow]);
            c20 = c21 = c22 = T.Create(s[2 * sRow]);
            c30 = c31 = c32 = T.Create(s[3 * sRow]);
        }
        else
        {
            c00 = T.Load(s);
            c01 = T.Load(s + T.Count);
            c02 = T.Load(s + 2 * T.Count);
            c10 = T.Load(s + sRow);
            c11 = T.Load(s + sRow + T.Count);
            c12 = T.Load(s + sRow + 2 * T.Count);
            c20 = T.Load(s + 2 * sRow);
            c21 = T.Load(s + 2 * sRow + T.Count);
            c22 = T.Load(s + 2 * sRow + 2 * T.Count);
            c30 = T.Load(s + 3 * sRow);
            c31 = T.Load(s + 3 * sRow + T.Count);
            c32 = T.Load(s + 3 * sRow + 2 * T.Count);
        }
        for (nint k = 0; k != end; k += step)
        {
            T b0 = T.Load(b), b1 = T.Load(b + T.Count), b2 = T.Load(b + 2 * T.Count), v;
            v = T.Create(a0[k]);
            c00 = T.MultiplyAdd(v, b0, c00);
            c01 = T.MultiplyAdd(v, b1, c01);
            c02 = T.MultiplyAdd(v, b2, c02);
            v = T.Create(a1[k]);
            c10 = T.MultiplyAdd(v, b0, c10);
            c11 = T.MultiplyAdd(v, b1, c11);
            c12 = T.MultiplyAdd(v, b2, c12);
            v = T.Create(a2[k]);
            c20 = T.MultiplyAdd(v, b0, c20);
            c21 = T.MultiplyAdd(v, b1, c21);
            c22 = T.MultiplyAdd(v, b2, c22);
            v = T.Create(a3[k]);
            c30 = T.MultiplyAdd(v, b0, c30);
            c31 = T.MultiplyAdd(v, b1, c31);
            c32 = T.MultiplyAdd(v, b2, c32);
            b += 3 * T.Count;
        }
        float* c = t.C;
        nint cRow = t.CRow;
        c00.Store(c);
        c01.Store(c + T.Count);
        c02.Store(c + 2 * T.Count);
        c10.Store(c + cRow);
        c11.Store(c + cRow + T.Count);
        c12.Store(c + cRow + 2 * T.Count);
        c20.Store(c + 2 * cRow);
        c21.Store(c + 2 * cRow + T.Count);
        c22.Store(c + 2 * cRow + 2 * T.Count);
        c30.Store(c + 3 * cRow);
        c31.Store(c + 3 * cRow + T.Count);
        c32.Store(c + 3 * cRow + 2 * T.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Tile4x2(in TileArguments t)
    {
        nint last = t.Rows - 1;
        float* a0 = t.A, a1 = t.A + Math.Min(1, last) * t.ARow, a2 = t.A + Math.Min(2, last) * t.ARow, a3 = t.A + Math.Min(3, last) * t.ARow;
        float* b = t.B, s = t.Start;
        nint step = t.AStep, end = t.K * step, sRow = t.StartRow;
        T c00, c01, c10, c11, c20, c21, c30, c31;
        if (t.StartColumn == 0)
        {
            c00 = c01 = T.Create(s[0]);
            c10 = c11 = T.Create(s[sRow]);
            c20 = c21 = T.Create(s[2 * sRow]);
            c30 = c31 = T.Create(s[3 * sRow]);
        }
        else
        {
            c00 = T.Load(s);
            c01 = T.Load(s + T.Count);
            c10 = T.Load(s + sRow);
            c11 = T.Load(s + sRow + T.Count);
            c20 = T.Load(s + 2 * sRow);
            c21 = T.Load(s + 2 * sRow + T.Count);
            c30 = T.Load(s + 3 * sRow);
            c31 = T.Load(s + 3 * sRow + T.Count);
        }
        for (nint k = 0; k != end; k += step)
        {
            T b0 = T.Load(b), b1 = T.Load(b + T.Count), v;
            v = T.Create(a0[k]);
            c00 = T.MultiplyAdd(v, b0, c00);
            c01 = T.MultiplyAdd(v, b1, c01);
            v = T.Create(a1[k]);
            c10 = T.MultiplyAdd(v, b0, c10);
            c11 = T.MultiplyAdd(v, b1, c11);
            v = T.Create(a2[k]);
            c20 = T.MultiplyAdd(v, b0, c20);
            c21 = T.MultiplyAdd(v, b1, c21);
            v = T.Create(a3[k]);
            c30 = T.MultiplyAdd(v, b0, c30);
            c31 = T.MultiplyAdd(v, b1, c31);
            b += 3 * T.Count;
        }
        float* c = t.C;
        nint cRow = t.CRow;
        c00.Store(c);
        c01.Store(c + T.Count);
        c10.Store(c + cRow);
        c11.Store(c + cRow + T.Count);
        c20.Store(c + 2 * cRow);
        c21.Store(c + 2 * cRow + T.Count);
        c30.Store(c + 3 * cRow);
        c31.Store(c + 3 * cRow + T.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Tile4x1(in TileArguments t)
    {
        nint last = t.Rows - 1;
        float* a0 = t.A, a1 = t.A + Math.Min(1, last) * t.ARow, a2 = t.A + Math.Min(2, last) * t.ARow, a3 = t.A + Math.Min(3, last) * t.ARow;
        float* b = t.B, s = t.Start;
        nint step = t.AStep, end = t.K * step, sRow = t.StartRow;
        T c00, c10, c20, c30;
        if (t.StartColumn == 0)
        {
            c00 = T.Create(s[0]);
            c10 = T.Create(s[sRow]);
            c20 = T.Create(s[2 * sRow]);
            c30 = T.Create(s[3 * sRow]);
        }
        else
        {
            c00 = T.Load(s);
            c10 = T.Load(s + sRow);
            c20 = T.Load(s + 2 * sRow);
            c30 = T.Load(s + 3 * sRow);
        }
        for (nint k = 0; k != end; k += step)
        {
            T b0 = T.Load(b), v;
            v = T.Create(a0[k]);
            c00 = T.MultiplyAdd(v, b0, c00);
            v = T.Create(a1[k]);
            c10 = T.MultiplyAdd(v, b0, c10);
            v = T.Create(a2[k]);
            c20 = T.MultiplyAdd(v, b0, c20);
            v = T.Create(a3[k]);
            c30 = T.MultiplyAdd(v, b0, c30);
            b += 3 * T.Count;
        }
        float* c = t.C;
        nint cRow = t.CRow;
        c00.Store(c);
        c10.Store(c + cRow);
        c20.Store(c + 2 * cRow);
        c30.Store(c + 3 * cRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Tile1x3(in TileArguments t)
    {
        float* a0 = t.A;
        float* b = t.B, s = t.Start;
        nint step = t.AStep, end = t.K * step, sRow = t.StartRow;
        T c00, c01, c02;
        if (t.StartColumn == 0)
        {
            c00 = c01 = c02 = T.Create(s[0]);
        }
        else
        {
            c00 = T.Load(s);
            c01 = T.Load(s + T.Count);
            c02 = T.Load(s + 2 * T.Count);
        }
        for (nint k = 0; k != end; k += step)
        {
            T b0 = T.Load(b), b1 = T.Load(b + T.Count), b2 = T.Load(b + 2 * T.Count), v;
            v = T.Create(a0[k]);
            c00 = T.MultiplyAdd(v, b0, c00);
            c01 = T.MultiplyAdd(v, b1, c01);
            c02 = T.MultiplyAdd(v, b2, c02);
            b += 3 * T.Count;
        }
        float* c = t.C;
        c00.Store(c);
        c01.Store(c + T.Count);
        c02.Store(c + 2 * T.Count);
    }
}
