using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Matrix tiles of 8 rows and up to 48 columns in 512-bit vectors: one register for each 16 elements of C.</summary>
// In bounds: see TileArguments. The sums stand in named locals, because the compiler keeps arrays of vectors in memory.
internal static unsafe class GemmTile512
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Tile8x3(in TileArguments t)
    {
        nint last = t.Rows - 1;
        float* a0 = t.A, a1 = t.A + Math.Min(1, last) * t.ARow, a2 = t.A + Math.Min(2, last) * t.ARow, a3 = t.A + Math.Min(3, last) * t.ARow, a4 = t.A + Math.Min(4, last) * t.ARow, a5 = t.A + Math.Min(5, last) * t.ARow, a6 = t.A + Math.Min(6, last) * t.ARow, a7 = t.A + Math.Min(7, last) * t.ARow;
        float* b = t.B, s = t.Start;
        nint step = t.AStep, end = t.K * step, sRow = t.StartRow;
        Vector512<float> c00, c01, c02, c10, c11, c12, c20, c21, c22, c30, c31, c32, c40, c41, c42, c50, c51, c52, c60, c61, c62, c70, c71, c72;
        if (t.StartColumn == 0)
        {
            c00 = c01 = c02 = Vector512.Create(s[0]);
            c10 = c11 = c12 = Vector512.Create(s[sRow]);
            c20 = c21 = c22 = Vector512.Create(s[2 * sRow]);
            c30 = c31 = c32 = Vector512.Create(s[3 * sRow]);
            c40 = c41 = c42 = Vector512.Create(s[4 * sRow]);
            c50 = c51 = c52 = Vector512.Create(s[5 * sRow]);
            c60 = c61 = c62 = Vector512.Create(s[6 * sRow]);
            c70 = c71 = c72 = Vector512.Create(s[7 * sRow]);
        }
        else
        {
            c00 = Vector512.Load(s);
            c01 = Vector512.Load(s + 16);
            c02 = Vector512.Load(s + 32);
            c10 = Vector512.Load(s + sRow);
            c11 = Vector512.Load(s + sRow + 16);
            c12 = Vector512.Load(s + sRow + 32);
            c20 = Vector512.Load(s + 2 * sRow);
            c21 = Vector512.Load(s + 2 * sRow + 16);
            c22 = Vector512.Load(s + 2 * sRow + 32);
            c30 = Vector512.Load(s + 3 * sRow);
            c31 = Vector512.Load(s + 3 * sRow + 16);
            c32 = Vector512.Load(s + 3 * sRow + 32);
            c40 = Vector512.Load(s + 4 * sRow);
            c41 = Vector512.Load(s + 4 * sRow + 16);
            c42 = Vector512.Load(s + 4 * sRow + 32);
            c50 = Vector512.Load(s + 5 * sRow);
            c51 = Vector512.Load(s + 5 * sRow + 16);
            c52 = Vector512.Load(s + 5 * sRow + 32);
            c60 = Vector512.Load(s + 6 * sRow);
            c61 = Vector512.Load(s + 6 * sRow + 16);
            c62 = Vector512.Load(s + 6 * sRow + 32);
            c70 = Vector512.Load(s + 7 * sRow);
            c71 = Vector512.Load(s + 7 * sRow + 16);
            c72 = Vector512.Load(s + 7 * sRow + 32);
        }
        for (nint k = 0; k != end; k += step)
        {
            Vector512<float> b0 = Vector512.Load(b), b1 = Vector512.Load(b + 16), b2 = Vector512.Load(b + 32), v;
            v = Vector512.Create(a0[k]);
            c00 = Vector512.MultiplyAddEstimate(v, b0, c00);
            c01 = Vector512.MultiplyAddEstimate(v, b1, c01);
            c02 = Vector512.MultiplyAddEstimate(v, b2, c02);
            v = Vector512.Create(a1[k]);
            c10 = Vector512.MultiplyAddEstimate(v, b0, c10);
            c11 = Vector512.MultiplyAddEstimate(v, b1, c11);
            c12 = Vector512.MultiplyAddEstimate(v, b2, c12);
            v = Vector512.Create(a2[k]);
            c20 = Vector512.MultiplyAddEstimate(v, b0, c20);
            c21 = Vector512.MultiplyAddEstimate(v, b1, c21);
            c22 = Vector512.MultiplyAddEstimate(v, b2, c22);
            v = Vector512.Create(a3[k]);
            c30 = Vector512.MultiplyAddEstimate(v, b0, c30);
            c31 = Vector512.MultiplyAddEstimate(v, b1, c31);
            c32 = Vector512.MultiplyAddEstimate(v, b2, c32);
            v = Vector512.Create(a4[k]);
            c40 = Vector512.MultiplyAddEstimate(v, b0, c40);
            c41 = Vector512.MultiplyAddEstimate(v, b1, c41);
            c42 = Vector512.MultiplyAddEstimate(v, b2, c42);
            v = Vector512.Create(a5[k]);
            c50 = Vector512.MultiplyAddEstimate(v, b0, c50);
            c51 = Vector512.MultiplyAddEstimate(v, b1, c51);
            c52 = Vector512.MultiplyAddEstimate(v, b2, c52);
            v = Vector512.Create(a6[k]);
            c60 = Vector512.MultiplyAddEstimate(v, b0, c60);
            c61 = Vector512.MultiplyAddEstimate(v, b1, c61);
            c62 = Vector512.MultiplyAddEstimate(v, b2, c62);
            v = Vector512.Create(a7[k]);
            c70 = Vector512.MultiplyAddEstimate(v, b0, c70);
            c71 = Vector512.MultiplyAddEstimate(v, b1, c71);
            c72 = Vector512.MultiplyAddEstimate(v, b2, c72);
            b += 48;
        }
        float* c = t.C;
        nint cRow = t.CRow;
        c00.Store(c);
        c01.Store(c + 16);
        c02.Store(c + 32);
        c10.Store(c + cRow);
        c11.Store(c + cRow + 16);
        c12.Store(c + cRow + 32);
        c20.Store(c + 2 * cRow);
        c21.Store(c + 2 * cRow + 16);
        c22.Store(c + 2 * cRow + 32);
        c30.Store(c + 3 * cRow);
        c31.Store(c + 3 * cRow + 16);
        c32.Store(c + 3 * cRow + 32);
        c40.Store(c + 4 * cRow);
        c41.Store(c + 4 * cRow + 16);
        c42.Store(c + 4 * cRow + 32);
        c50.Store(c + 5 * cRow);
        c51.Store(c + 5 * cRow + 16);
        c52.Store(c + 5 * cRow + 32);
        c60.Store(c + 6 * cRow);
        c61.Store(c + 6 * cRow + 16);
        c62.Store(c + 6 * cRow + 32);
        c70.Store(c + 7 * cRow);
        c71.Store(c + 7 * cRow + 16);
        c72.Store(c + 7 * cRow + 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Tile8x2(in TileArguments t)
    {
        nint last = t.Rows - 1;
        float* a0 = t.A, a1 = t.A + Math.Min(1, last) * t.ARow, a2 = t.A + Math.Min(2, last) * t.ARow, a3 = t.A + Math.Min(3, last) * t.ARow, a4 = t.A + Math.Min(4, last) * t.ARow, a5 = t.A + Math.Min(5, last) * t.ARow, a6 = t.A + Math.Min(6, last) * t.ARow, a7 = t.A + Math.Min(7, last) * t.ARow;
        float* b = t.B, s = t.Start;
        nint step = t.AStep, end = t.K * step, sRow = t.StartRow;
        Vector512<float> c00, c01, c10, c11, c20, c21, c30, c31, c40, c41, c50, c51, c60, c61, c70, c71;
        if (t.StartColumn == 0)
        {
            c00 = c01 = Vector512.Create(s[0]);
            c10 = c11 = Vector512.Create(s[sRow]);
            c20 = c21 = Vector512.Create(s[2 * sRow]);
            c30 = c31 = Vector512.Create(s[3 * sRow]);
            c40 = c41 = Vector512.Create(s[4 * sRow]);
            c50 = c51 = Vector512.Create(s[5 * sRow]);
            c60 = c61 = Vector512.Create(s[6 * sRow]);
            c70 = c71 = Vector512.Create(s[7 * sRow]);
        }
        else
        {
            c00 = Vector512.Load(s);
            c01 = Vector512.Load(s + 16);
            c10 = Vector512.Load(s + sRow);
            c11 = Vector512.Load(s + sRow + 16);
            c20 = Vector512.Load(s + 2 * sRow);
            c21 = Vector512.Load(s + 2 * sRow + 16);
            c30 = Vector512.Load(s + 3 * sRow);
            c31 = Vector512.Load(s + 3 * sRow + 16);
            c40 = Vector512.Load(s + 4 * sRow);
            c41 = Vector512.Load(s + 4 * sRow + 16);
            c50 = Vector512.Load(s + 5 * sRow);
            c51 = Vector512.Load(s + 5 * sRow + 16);
            c60 = Vector512.Load(s + 6 * sRow);
            c61 = Vector512.Load(s + 6 * sRow + 16);
            c70 = Vector512.Load(s + 7 * sRow);
            c71 = Vector512.Load(s + 7 * sRow + 16);
        }
        for (nint k = 0; k != end; k += step)
        {
            Vector512<float> b0 = Vector512.Load(b), b1 = Vector512.Load(b + 16), v;
            v = Vector512.Create(a0[k]);
            c00 = Vector512.MultiplyAddEstimate(v, b0, c00);
            c01 = Vector512.MultiplyAddEstimate(v, b1, c01);
            v = Vector512.Create(a1[k]);
            c10 = Vector512.MultiplyAddEstimate(v, b0, c10);
            c11 = Vector512.MultiplyAddEstimate(v, b1, c11);
            v = Vector512.Create(a2[k]);
            c20 = Vector512.MultiplyAddEstimate(v, b0, c20);
            c21 = Vector512.MultiplyAddEstimate(v, b1, c21);
            v = Vector512.Create(a3[k]);
            c30 = Vector512.MultiplyAddEstimate(v, b0, c30);
            c31 = Vector512.MultiplyAddEstimate(v, b1, c31);
            v = Vector512.Create(a4[k]);
            c40 = Vector512.MultiplyAddEstimate(v, b0, c40);
            c41 = Vector512.MultiplyAddEstimate(v, b1, c41);
            v = Vector512.Create(a5[k]);
            c50 = Vector512.MultiplyAddEstimate(v, b0, c50);
            c51 = Vector512.MultiplyAddEstimate(v, b1, c51);
            v = Vector512.Create(a6[k]);
            c60 = Vector512.MultiplyAddEstimate(v, b0, c60);
            c61 = Vector512.MultiplyAddEstimate(v, b1, c61);
            v = Vector512.Create(a7[k]);
            c70 = Vector512.MultiplyAddEstimate(v, b0, c70);
            c71 = Vector512.MultiplyAddEstimate(v, b1, c71);
            b += 48;
        }
        float* c = t.C;
        nint cRow = t.CRow;
        c00.Store(c);
        c01.Store(c + 16);
        c10.Store(c + cRow);
        c11.Store(c + cRow + 16);
        c20.Store(c + 2 * cRow);
        c21.Store(c + 2 * cRow + 16);
        c30.Store(c + 3 * cRow);
        c31.Store(c + 3 * cRow + 16);
        c40.Store(c + 4 * cRow);
        c41.Store(c + 4 * cRow + 16);
        c50.Store(c + 5 * cRow);
        c51.Store(c + 5 * cRow + 16);
        c60.Store(c + 6 * cRow);
        c61.Store(c + 6 * cRow + 16);
        c70.Store(c + 7 * cRow);
        c71.Store(c + 7 * cRow + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Tile8x1(in TileArguments t)
    {
        nint last = t.Rows - 1;
        float* a0 = t.A, a1 = t.A + Math.Min(1, last) * t.ARow, a2 = t.A + Math.Min(2, last) * t.ARow, a3 = t.A + Math.Min(3, last) * t.ARow, a4 = t.A + Math.Min(4, last) * t.ARow, a5 = t.A + Math.Min(5, last) * t.ARow, a6 = t.A + Math.Min(6, last) * t.ARow, a7 = t.A + Math.Min(7, last) * t.ARow;
        float* b = t.B, s = t.Start;
        nint step = t.AStep, end = t.K * step, sRow = t.StartRow;
        Vector512<float> c00, c10, c20, c30, c40, c50, c60, c70;
        if (t.StartColumn == 0)
        {
            c00 = Vector512.Create(s[0]);
            c10 = Vector512.Create(s[sRow]);
            c20 = Vector512.Create(s[2 * sRow]);
            c30 = Vector512.Create(s[3 * sRow]);
            c40 = Vector512.Create(s[4 * sRow]);
            c50 = Vector512.Create(s[5 * sRow]);
            c60 = Vector512.Create(s[6 * sRow]);
            c70 = Vector512.Create(s[7 * sRow]);
        }
        else
        {
            c00 = Vector512.Load(s);
            c10 = Vector512.Load(s + sRow);
            c20 = Vector512.Load(s + 2 * sRow);
            c30 = Vector512.Load(s + 3 * sRow);
            c40 = Vector512.Load(s + 4 * sRow);
            c50 = Vector512.Load(s + 5 * sRow);
            c60 = Vector512.Load(s + 6 * sRow);
            c70 = Vector512.Load(s + 7 * sRow);
        }
        for (nint k = 0; k != end; k += step)
        {
            Vector512<float> b0 = Vector512.Load(b), v;
            v = Vector512.Create(a0[k]);
            c00 = Vector512.MultiplyAddEstimate(v, b0, c00);
            v = Vector512.Create(a1[k]);
            c10 = Vector512.MultiplyAddEstimate(v, b0, c10);
            v = Vector512.Create(a2[k]);
            c20 = Vector512.MultiplyAddEstimate(v, b0, c20);
            v = Vector512.Create(a3[k]);
            c30 = Vector512.MultiplyAddEstimate(v, b0, c30);
            v = Vector512.Create(a4[k]);
            c40 = Vector512.MultiplyAddEstimate(v, b0, c40);
            v = Vector512.Create(a5[k]);
            c50 = Vector512.MultiplyAddEstimate(v, b0, c50);
            v = Vector512.Create(a6[k]);
            c60 = Vector512.MultiplyAddEstimate(v, b0, c60);
            v = Vector512.Create(a7[k]);
            c70 = Vector512.MultiplyAddEstimate(v, b0, c70);
            b += 48;
        }
        float* c = t.C;
        nint cRow = t.CRow;
        c00.Store(c);
        c10.Store(c + cRow);
        c20.Store(c + 2 * cRow);
        c30.Store(c + 3 * cRow);
        c40.Store(c + 4 * cRow);
        c50.Store(c + 5 * cRow);
        c60.Store(c + 6 * cRow);
        c70.Store(c + 7 * cRow);
    }
}
