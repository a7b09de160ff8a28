using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Matrix-multiply tiles over 128-bit vectors: 4 rows by 1 to 3 vectors, all sums in registers.</summary>
// In bounds: a holds k · 4 floats, b k · (vectors · 4), and c has 4 rows of that many columns at a distance of ldc.
internal static unsafe class Tiles128
{
    public static void Run(int vectors, float* a, float* b, int k, float* c, int ldc)
    {
        switch (vectors)
        {
            case 1: Tile4x4(a, b, k, c, ldc); break;
            case 2: Tile4x8(a, b, k, c, ldc); break;
            default: Tile4x12(a, b, k, c, ldc); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile4x4(float* a, float* b, int k, float* c, int ldc)
    {
        Vector128<float> c00 = default;
        Vector128<float> c10 = default;
        Vector128<float> c20 = default;
        Vector128<float> c30 = default;
        float* end = a + (long)k * 4;
        for (; a < end; a += 4, b += 4)
        {
            Vector128<float> b0 = Vector128.Load(b), x;
            x = Vector128.Create(a[0]);
            c00 = Vector128.FusedMultiplyAdd(x, b0, c00);
            x = Vector128.Create(a[1]);
            c10 = Vector128.FusedMultiplyAdd(x, b0, c10);
            x = Vector128.Create(a[2]);
            c20 = Vector128.FusedMultiplyAdd(x, b0, c20);
            x = Vector128.Create(a[3]);
            c30 = Vector128.FusedMultiplyAdd(x, b0, c30);
        }
        c00.Store(c); c += ldc;
        c10.Store(c); c += ldc;
        c20.Store(c); c += ldc;
        c30.Store(c);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile4x8(float* a, float* b, int k, float* c, int ldc)
    {
        Vector128<float> c00 = default, c01 = default;
        Vector128<float> c10 = default, c11 = default;
        Vector128<float> c20 = default, c21 = default;
        Vector128<float> c30 = default, c31 = default;
        float* end = a + (long)k * 4;
        for (; a < end; a += 4, b += 8)
        {
            Vector128<float> b0 = Vector128.Load(b), b1 = Vector128.Load(b + 4), x;
            x = Vector128.Create(a[0]);
            c00 = Vector128.FusedMultiplyAdd(x, b0, c00); c01 = Vector128.FusedMultiplyAdd(x, b1, c01);
            x = Vector128.Create(a[1]);
            c10 = Vector128.FusedMultiplyAdd(x, b0, c10); c11 = Vector128.FusedMultiplyAdd(x, b1, c11);
            x = Vector128.Create(a[2]);
            c20 = Vector128.FusedMultiplyAdd(x, b0, c20); c21 = Vector128.FusedMultiplyAdd(x, b1, c21);
            x = Vector128.Create(a[3]);
            c30 = Vector128.FusedMultiplyAdd(x, b0, c30); c31 = Vector128.FusedMultiplyAdd(x, b1, c31);
        }
        c00.Store(c); c01.Store(c + 4); c += ldc;
        c10.Store(c); c11.Store(c + 4); c += ldc;
        c20.Store(c); c21.Store(c + 4); c += ldc;
        c30.Store(c); c31.Store(c + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile4x12(float* a, float* b, int k, float* c, int ldc)
    {
        Vector128<float> c00 = default, c01 = default, c02 = default;
        Vector128<float> c10 = default, c11 = default, c12 = default;
        Vector128<float> c20 = default, c21 = default, c22 = default;
        Vector128<float> c30 = default, c31 = default, c32 = default;
        float* end = a + (long)k * 4;
        for (; a < end; a += 4, b += 12)
        {
            Vector128<float> b0 = Vector128.Load(b), b1 = Vector128.Load(b + 4), b2 = Vector128.Load(b + 8), x;
            x = Vector128.Create(a[0]);
            c00 = Vector128.FusedMultiplyAdd(x, b0, c00); c01 = Vector128.FusedMultiplyAdd(x, b1, c01); c02 = Vector128.FusedMultiplyAdd(x, b2, c02);
            x = Vector128.Create(a[1]);
            c10 = Vector128.FusedMultiplyAdd(x, b0, c10); c11 = Vector128.FusedMultiplyAdd(x, b1, c11); c12 = Vector128.FusedMultiplyAdd(x, b2, c12);
            x = Vector128.Create(a[2]);
            c20 = Vector128.FusedMultiplyAdd(x, b0, c20); c21 = Vector128.FusedMultiplyAdd(x, b1, c21); c22 = Vector128.FusedMultiplyAdd(x, b2, c22);
            x = Vector128.Create(a[3]);
            c30 = Vector128.FusedMultiplyAdd(x, b0, c30); c31 = Vector128.FusedMultiplyAdd(x, b1, c31); c32 = Vector128.FusedMultiplyAdd(x, b2, c32);
        }
        c00.Store(c); c01.Store(c + 4); c02.Store(c + 8); c += ldc;
        c10.Store(c); c11.Store(c + 4); c12.Store(c + 8); c += ldc;
        c20.Store(c); c21.Store(c + 4); c22.Store(c + 8); c += ldc;
        c30.Store(c); c31.Store(c + 4); c32.Store(c + 8);
    }
}
