using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Matrix tiles of 4 rows and up to 12 columns in 128-bit vectors: one register for each 4 elements of C.</summary>
// In bounds: see TileArguments. The sums stand in named locals, because the compiler keeps arrays of vectors in memory.
internal static unsafe class GemmTile128
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Tile4x3(in TileArguments t)
    {
        nint last = t.Rows - 1;
        float* a0 = t.A, a1 = t.A + Math.Min(1, last) * t.ARow, a2 = t.A + Math.Min(2, last) * t.ARow, a3 = t.A + Math.Min(3, last) * t.ARow;
        float* b = t.B, s = t.Start;
        nint step = t.AStep, end = t.K * step, sRow = t.StartRow;
        Vector128<float> c00, c01, c02, c10, c11, c12, c20, c21, c22, c30, c31, c32;
        if (t.StartColumn == 0)
        {
            c00 = c01 = c02 = Vector128.Create(s[0]);
            c10 = c11 = c12 = Vector128.Create(s[sRow]);
            c20 = c21 = c22 = Vector128.Create(s[2 * sRow]);
            c30 = c31 = c32 = Vector128.Create(s[3 * sRow]);
        }
        else
        {
            c00 = Vector128.Load(s);
            c01 = Vector128.Load(s + 4);
            c02 = Vector128.Load(s + 8);
            c10 = Vector128.Load(s + sRow);
            c11 = Vector128.Load(s + sRow + 4);
            c12 = Vector128.Load(s + sRow + 8);
            c20 = Vector128.Load(s + 2 * sRow);
            c21 = Vector128.Load(s + 2 * sRow + 4);
            c22 = Vector128.Load(s + 2 * sRow + 8);
            c30 = Vector128.Load(s + 3 * sRow);
            c31 = Vector128.Load(s + 3 * sRow + 4);
            c32 = Vector128.Load(s + 3 * sRow + 8);
        }
        for (nint k = 0; k != end; k += step)
        {
            Vector128<float> b0 = Vector128.Load(b), b1 = Vector128.Load(b + 4), b2 = Vector128.Load(b + 8), v;
            v = Vector128.Create(a0[k]);
            c00 = Vector128.MultiplyAddEstimate(v, b0, c00);
            c01 = Vector128.MultiplyAddEstimate(v, b1, c01);
            c02 = Vector128.MultiplyAddEstimate(v, b2, c02);
            v = Vector128.Create(a1[k]);
            c10 = Vector128.MultiplyAddEstimate(v, b0, c10);
            c11 = Vector128.MultiplyAddEstimate(v, b1, c11);
            c12 = Vector128.MultiplyAddEstimate(v, b2, c12);
            v = Vector128.Create(a2[k]);
            c20 = Vector128.MultiplyAddEstimate(v, b0, c20);
            c21 = Vector128.MultiplyAddEstimate(v, b1, c21);
            c22 = Vector128.MultiplyAddEstimate(v, b2, c22);
            v = Vector128.Create(a3[k]);
            c30 = Vector128.MultiplyAddEstimate(v, b0, c30);
            c31 = Vector128.MultiplyAddEstimate(v, b1, c31);
            c32 = Vector128.MultiplyAddEstimate(v, b2, c32);
            b += 12;
        }
        float* c = t.C;
        nint cRow = t.CRow;
        c00.Store(c);
        c01.Store(c + 4);
        c02.Store(c + 8);
        c10.Store(c + cRow);
        c11.Store(c + cRow + 4);
        c12.Store(c + cRow + 8);
        c20.Store(c + 2 * cRow);
        c21.Store(c + 2 * cRow + 4);
        c22.Store(c + 2 * cRow + 8);
        c30.Store(c + 3 * cRow);
        c31.Store(c + 3 * cRow + 4);
        c32.Store(c + 3 * cRow + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Tile4x2(in TileArguments t)
    {
        nint last = t.Rows - 1;
        float* a0 = t.A, a1 = t.A + Math.Min(1, last) * t.ARow, a2 = t.A + Math.Min(2, last) * t.ARow, a3 = t.A + Math.Min(3, last) * t.ARow;
        float* b = t.B, s = t.Start;
        nint step = t.AStep, end = t.K * step, sRow = t.StartRow;
        Vector128<float> c00, c01, c10, c11, c20, c21, c30, c31;
        if (t.StartColumn == 0)
        {
            c00 = c01 = Vector128.Create(s[0]);
            c10 = c11 = Vector128.Create(s[sRow]);
            c20 = c21 = Vector128.Create(s[2 * sRow]);
            c30 = c31 = Vector128.Create(s[3 * sRow]);
        }
        else
        {
            c00 = Vector128.Load(s);
            c01 = Vector128.Load(s + 4);
            c10 = Vector128.Load(s + sRow);
            c11 = Vector128.Load(s + sRow + 4);
            c20 = Vector128.Load(s + 2 * sRow);
            c21 = Vector128.Load(s + 2 * sRow + 4);
            c30 = Vector128.Load(s + 3 * sRow);
            c31 = Vector128.Load(s + 3 * sRow + 4);
        }
        for (nint k = 0; k != end; k += step)
        {
            Vector128<float> b0 = Vector128.Load(b), b1 = Vector128.Load(b + 4), v;
            v = Vector128.Create(a0[k]);
            c00 = Vector128.MultiplyAddEstimate(v, b0, c00);
            c01 = Vector128.MultiplyAddEstimate(v, b1, c01);
            v = Vector128.Create(a1[k]);
            c10 = Vector128.MultiplyAddEstimate(v, b0, c10);
            c11 = Vector128.MultiplyAddEstimate(v, b1, c11);
            v = Vector128.Create(a2[k]);
            c20 = Vector128.MultiplyAddEstimate(v, b0, c20);
            c21 = Vector128.MultiplyAddEstimate(v, b1, c21);
            v = Vector128.Create(a3[k]);
            c30 = Vector128.MultiplyAddEstimate(v, b0, c30);
            c31 = Vector128.MultiplyAddEstimate(v, b1, c31);
            b += 12;
        }
        float* c = t.C;
        nint cRow = t.CRow;
        c00.Store(c);
        c01.Store(c + 4);
        c10.Store(c + cRow);
        c11.Store(c + cRow + 4);
        c20.Store(c + 2 * cRow);
        c21.Store(c + 2 * cRow + 4);
        c30.Store(c + 3 * cRow);
        c31.Store(c + 3 * cRow + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Tile4x1(in TileArguments t)
    {
        nint last = t.Rows - 1;
        float* a0 = t.A, a1 = t.A + Math.Min(1, last) * t.ARow, a2 = t.A + Math.Min(2, last) * t.ARow, a3 = t.A + Math.Min(3, last) * t.ARow;
        float* b = t.B, s = t.Start;
        nint step = t.AStep, end = t.K * step, sRow = t.StartRow;
        Vector128<float> c00, c10, c20, c30;
        if (t.StartColumn == 0)
        {
            c00 = Vector128.Create(s[0]);
            c10 = Vector128.Create(s[sRow]);
            c20 = Vector128.Create(s[2 * sRow]);
            c30 = Vector128.Create(s[3 * sRow]);
        }
        else
        {
            c00 = Vector128.Load(s);
            c10 = Vector128.Load(s + sRow);
            c20 = Vector128.Load(s + 2 * sRow);
            c30 = Vector128.Load(s + 3 * sRow);
        }
        for (nint k = 0; k != end; k += step)
        {
            Vector128<float> b0 = Vector128.Load(b), v;
            v = Vector128.Create(a0[k]);
            c00 = Vector128.MultiplyAddEstimate(v, b0, c00);
            v = Vector128.Create(a1[k]);
            c10 = Vector128.MultiplyAddEstimate(v, b0, c10);
            v = Vector128.Create(a2[k]);
            c20 = Vector128.MultiplyAddEstimate(v, b0, c20);
            v = Vector128.Create(a3[k]);
            c30 = Vector128.MultiplyAddEstimate(v, b0, c30);
            b += 12;
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
        Vector128<float> c00, c01, c02;
        if (t.StartColumn == 0)
        {
            c00 = c01 = c02 = Vector128.Create(s[0]);
        }
        else
        {
            c00 = Vector128.Load(s);
            c01 = Vector128.Load(s + 4);
            c02 = Vector128.Load(s + 8);
        }
        for (nint k = 0; k != end; k += step)
        {
            Vector128<float> b0 = Vector128.Load(b), b1 = Vector128.Load(b + 4), b2 = Vector128.Load(b + 8), v;
            v = Vector128.Create(a0[k]);
            c00 = Vector128.MultiplyAddEstimate(v, b0, c00);
            c01 = Vector128.MultiplyAddEstimate(v, b1, c01);
            c02 = Vector128.MultiplyAddEstimate(v, b2, c02);
            b += 12;
        }
        float* c = t.C;
        c00.Store(c);
        c01.Store(c + 4);
        c02.Store(c + 8);
    }
}
