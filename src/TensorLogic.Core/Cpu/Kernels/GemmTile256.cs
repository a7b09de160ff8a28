using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Matrix tiles of 4 rows and up to 24 columns in 256-bit vectors: one register for each 8 elements of C.</summary>
// In bounds: see TileArguments. The sums stand in named locals, because the compiler keeps arrays of vectors in memory.
internal static unsafe class GemmTile256
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Tile4x3(in TileArguments t)
    {
        nint last = t.Rows - 1;
        float* a0 = t.A, a1 = t.A + Math.Min(1, last) * t.ARow, a2 = t.A + Math.Min(2, last) * t.ARow, a3 = t.A + Math.Min(3, last) * t.ARow;
        float* b = t.B, s = t.Start;
        nint step = t.AStep, end = t.K * step, sRow = t.StartRow;
        Vector256<float> c00, c01, c02, c10, c11, c12, c20, c21, c22, c30, c31, c32;
        if (t.StartColumn == 0)
        {
            c00 = c01 = c02 = Vector256.Create(s[0]);
            c10 = c11 = c12 = Vector256.Create(s[sRow]);
            c20 = c21 = c22 = Vector256.Create(s[2 * sRow]);
            c30 = c31 = c32 = Vector256.Create(s[3 * sRow]);
        }
        else
        {
            c00 = Vector256.Load(s);
            c01 = Vector256.Load(s + 8);
            c02 = Vector256.Load(s + 16);
            c10 = Vector256.Load(s + sRow);
            c11 = Vector256.Load(s + sRow + 8);
            c12 = Vector256.Load(s + sRow + 16);
            c20 = Vector256.Load(s + 2 * sRow);
            c21 = Vector256.Load(s + 2 * sRow + 8);
            c22 = Vector256.Load(s + 2 * sRow + 16);
            c30 = Vector256.Load(s + 3 * sRow);
            c31 = Vector256.Load(s + 3 * sRow + 8);
            c32 = Vector256.Load(s + 3 * sRow + 16);
        }
        for (nint k = 0; k != end; k += step)
        {
            Vector256<float> b0 = Vector256.Load(b), b1 = Vector256.Load(b + 8), b2 = Vector256.Load(b + 16), v;
            v = Vector256.Create(a0[k]);
            c00 = Vector256.MultiplyAddEstimate(v, b0, c00);
            c01 = Vector256.MultiplyAddEstimate(v, b1, c01);
            c02 = Vector256.MultiplyAddEstimate(v, b2, c02);
            v = Vector256.Create(a1[k]);
            c10 = Vector256.MultiplyAddEstimate(v, b0, c10);
            c11 = Vector256.MultiplyAddEstimate(v, b1, c11);
            c12 = Vector256.MultiplyAddEstimate(v, b2, c12);
            v = Vector256.Create(a2[k]);
            c20 = Vector256.MultiplyAddEstimate(v, b0, c20);
            c21 = Vector256.MultiplyAddEstimate(v, b1, c21);
            c22 = Vector256.MultiplyAddEstimate(v, b2, c22);
            v = Vector256.Create(a3[k]);
            c30 = Vector256.MultiplyAddEstimate(v, b0, c30);
            c31 = Vector256.MultiplyAddEstimate(v, b1, c31);
            c32 = Vector256.MultiplyAddEstimate(v, b2, c32);
            b += 24;
        }
        float* c = t.C;
        nint cRow = t.CRow;
        c00.Store(c);
        c01.Store(c + 8);
        c02.Store(c + 16);
        c10.Store(c + cRow);
        c11.Store(c + cRow + 8);
        c12.Store(c + cRow + 16);
        c20.Store(c + 2 * cRow);
        c21.Store(c + 2 * cRow + 8);
        c22.Store(c + 2 * cRow + 16);
        c30.Store(c + 3 * cRow);
        c31.Store(c + 3 * cRow + 8);
        c32.Store(c + 3 * cRow + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Tile4x2(in TileArguments t)
    {
        nint last = t.Rows - 1;
        float* a0 = t.A, a1 = t.A + Math.Min(1, last) * t.ARow, a2 = t.A + Math.Min(2, last) * t.ARow, a3 = t.A + Math.Min(3, last) * t.ARow;
        float* b = t.B, s = t.Start;
        nint step = t.AStep, end = t.K * step, sRow = t.StartRow;
        Vector256<float> c00, c01, c10, c11, c20, c21, c30, c31;
        if (t.StartColumn == 0)
        {
            c00 = c01 = Vector256.Create(s[0]);
            c10 = c11 = Vector256.Create(s[sRow]);
            c20 = c21 = Vector256.Create(s[2 * sRow]);
            c30 = c31 = Vector256.Create(s[3 * sRow]);
        }
        else
        {
            c00 = Vector256.Load(s);
            c01 = Vector256.Load(s + 8);
            c10 = Vector256.Load(s + sRow);
            c11 = Vector256.Load(s + sRow + 8);
            c20 = Vector256.Load(s + 2 * sRow);
            c21 = Vector256.Load(s + 2 * sRow + 8);
            c30 = Vector256.Load(s + 3 * sRow);
            c31 = Vector256.Load(s + 3 * sRow + 8);
        }
        for (nint k = 0; k != end; k += step)
        {
            Vector256<float> b0 = Vector256.Load(b), b1 = Vector256.Load(b + 8), v;
            v = Vector256.Create(a0[k]);
            c00 = Vector256.MultiplyAddEstimate(v, b0, c00);
            c01 = Vector256.MultiplyAddEstimate(v, b1, c01);
            v = Vector256.Create(a1[k]);
            c10 = Vector256.MultiplyAddEstimate(v, b0, c10);
            c11 = Vector256.MultiplyAddEstimate(v, b1, c11);
            v = Vector256.Create(a2[k]);
            c20 = Vector256.MultiplyAddEstimate(v, b0, c20);
            c21 = Vector256.MultiplyAddEstimate(v, b1, c21);
            v = Vector256.Create(a3[k]);
            c30 = Vector256.MultiplyAddEstimate(v, b0, c30);
            c31 = Vector256.MultiplyAddEstimate(v, b1, c31);
            b += 24;
        }
        float* c = t.C;
        nint cRow = t.CRow;
        c00.Store(c);
        c01.Store(c + 8);
        c10.Store(c + cRow);
        c11.Store(c + cRow + 8);
        c20.Store(c + 2 * cRow);
        c21.Store(c + 2 * cRow + 8);
        c30.Store(c + 3 * cRow);
        c31.Store(c + 3 * cRow + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Tile4x1(in TileArguments t)
    {
        nint last = t.Rows - 1;
        float* a0 = t.A, a1 = t.A + Math.Min(1, last) * t.ARow, a2 = t.A + Math.Min(2, last) * t.ARow, a3 = t.A + Math.Min(3, last) * t.ARow;
        float* b = t.B, s = t.Start;
        nint step = t.AStep, end = t.K * step, sRow = t.StartRow;
        Vector256<float> c00, c10, c20, c30;
        if (t.StartColumn == 0)
        {
            c00 = Vector256.Create(s[0]);
            c10 = Vector256.Create(s[sRow]);
            c20 = Vector256.Create(s[2 * sRow]);
            c30 = Vector256.Create(s[3 * sRow]);
        }
        else
        {
            c00 = Vector256.Load(s);
            c10 = Vector256.Load(s + sRow);
            c20 = Vector256.Load(s + 2 * sRow);
            c30 = Vector256.Load(s + 3 * sRow);
        }
        for (nint k = 0; k != end; k += step)
        {
            Vector256<float> b0 = Vector256.Load(b), v;
            v = Vector256.Create(a0[k]);
            c00 = Vector256.MultiplyAddEstimate(v, b0, c00);
            v = Vector256.Create(a1[k]);
            c10 = Vector256.MultiplyAddEstimate(v, b0, c10);
            v = Vector256.Create(a2[k]);
            c20 = Vector256.MultiplyAddEstimate(v, b0, c20);
            v = Vector256.Create(a3[k]);
            c30 = Vector256.MultiplyAddEstimate(v, b0, c30);
            b += 24;
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
        Vector256<float> c00, c01, c02;
        if (t.StartColumn == 0)
        {
            c00 = c01 = c02 = Vector256.Create(s[0]);
        }
        else
        {
            c00 = Vector256.Load(s);
            c01 = Vector256.Load(s + 8);
            c02 = Vector256.Load(s + 16);
        }
        for (nint k = 0; k != end; k += step)
        {
            Vector256<float> b0 = Vector256.Load(b), b1 = Vector256.Load(b + 8), b2 = Vector256.Load(b + 16), v;
            v = Vector256.Create(a0[k]);
            c00 = Vector256.MultiplyAddEstimate(v, b0, c00);
            c01 = Vector256.MultiplyAddEstimate(v, b1, c01);
            c02 = Vector256.MultiplyAddEstimate(v, b2, c02);
            b += 24;
        }
        float* c = t.C;
        c00.Store(c);
        c01.Store(c + 8);
        c02.Store(c + 16);
    }
}
