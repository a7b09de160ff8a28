using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

// Fields that only their own methods fill.
#pragma warning disable CS0649

namespace TensorLogic.Cpu.Blocked;

/// <summary>One or more blocks of 16 channels of a pixel in registers. All vectors together are one value of a tile.</summary>
internal unsafe interface IChannels<TSelf> where TSelf : struct, IChannels<TSelf>
{
    /// <summary>Number of blocks.</summary>
    static abstract int Blocks { get; }

    /// <summary>Reads block b at p + b · block.</summary>
    void Load(float* p, nint block);

    void Store(float* p, nint block);

    void Add(float* p, nint block);

    /// <summary>A NaN stays one.</summary>
    void Clamp(float low, float high);

    /// <summary>Fetches the blocks at p + b · block into the cache next to the core, where the processor can be asked to.</summary>
    static abstract void Prefetch(float* p, nint block);

    /// <summary>Adds *x times <paramref name="weights"/>.</summary>
    void AddScaled(float* x, in TSelf weights);

    /// <summary>Adds the blocks at x, channel by channel, times <paramref name="weights"/>.</summary>
    void AddProduct(float* x, nint block, in TSelf weights);
}

/// <summary>A block in one 512-bit vector.</summary>
internal unsafe struct Block512 : IChannels<Block512>
{
    private Vector512<float> _v;

    public static int Blocks => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(float* p, nint block)
    {
        if (Sse.IsSupported) Sse.Prefetch1(p);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Load(float* p, nint block) => _v = Vector512.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* p, nint block) => _v.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(float* p, nint block) => _v += Vector512.Load(p);

    // x86 gives the second operand if one is NaN, and other processors NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Clamp(float low, float high) => _v = Vector512.MinNative(Vector512.Create(high), Vector512.MaxNative(Vector512.Create(low), _v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddScaled(float* x, in Block512 weights) => _v = Vector512.FusedMultiplyAdd(Vector512.Create(*x), weights._v, _v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddProduct(float* x, nint block, in Block512 weights) => _v = Vector512.FusedMultiplyAdd(Vector512.Load(x), weights._v, _v);
}

/// <summary>A block in two 256-bit vectors.</summary>
internal unsafe struct Block256 : IChannels<Block256>
{
    private Vector256<float> _v0, _v1;

    public static int Blocks => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(float* p, nint block)
    {
        if (Sse.IsSupported) Sse.Prefetch1(p);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Load(float* p, nint block) => (_v0, _v1) = (Vector256.Load(p), Vector256.Load(p + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* p, nint block)
    {
        _v0.Store(p);
        _v1.Store(p + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(float* p, nint block)
    {
        _v0 += Vector256.Load(p);
        _v1 += Vector256.Load(p + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Clamp(float low, float high)
    {
        _v0 = Vector256.MinNative(Vector256.Create(high), Vector256.MaxNative(Vector256.Create(low), _v0));
        _v1 = Vector256.MinNative(Vector256.Create(high), Vector256.MaxNative(Vector256.Create(low), _v1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddScaled(float* x, in Block256 weights)
    {
        Vector256<float> scale = Vector256.Create(*x);
        _v0 = Vector256.FusedMultiplyAdd(scale, weights._v0, _v0);
        _v1 = Vector256.FusedMultiplyAdd(scale, weights._v1, _v1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddProduct(float* x, nint block, in Block256 weights)
    {
        _v0 = Vector256.FusedMultiplyAdd(Vector256.Load(x), weights._v0, _v0);
        _v1 = Vector256.FusedMultiplyAdd(Vector256.Load(x + 8), weights._v1, _v1);
    }
}

/// <summary>A block in four 128-bit vectors.</summary>
internal unsafe struct Block128 : IChannels<Block128>
{
    private Vector128<float> _v0, _v1, _v2, _v3;

    public static int Blocks => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(float* p, nint block)
    {
        if (Sse.IsSupported) Sse.Prefetch1(p);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Load(float* p, nint block) =>
        (_v0, _v1, _v2, _v3) = (Vector128.Load(p), Vector128.Load(p + 4), Vector128.Load(p + 8), Vector128.Load(p + 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* p, nint block)
    {
        _v0.Store(p);
        _v1.Store(p + 4);
        _v2.Store(p + 8);
        _v3.Store(p + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(float* p, nint block)
    {
        _v0 += Vector128.Load(p);
        _v1 += Vector128.Load(p + 4);
        _v2 += Vector128.Load(p + 8);
        _v3 += Vector128.Load(p + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Clamp(float low, float high)
    {
        Vector128<float> least = Vector128.Create(low), most = Vector128.Create(high);
        _v0 = Vector128.MinNative(most, Vector128.MaxNative(least, _v0));
        _v1 = Vector128.MinNative(most, Vector128.MaxNative(least, _v1));
        _v2 = Vector128.MinNative(most, Vector128.MaxNative(least, _v2));
        _v3 = Vector128.MinNative(most, Vector128.MaxNative(least, _v3));
    }

    // Without a fused instruction this rounds twice: 128-bit x86 before FMA.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddScaled(float* x, in Block128 weights)
    {
        Vector128<float> scale = Vector128.Create(*x);
        _v0 = Vector128.MultiplyAddEstimate(scale, weights._v0, _v0);
        _v1 = Vector128.MultiplyAddEstimate(scale, weights._v1, _v1);
        _v2 = Vector128.MultiplyAddEstimate(scale, weights._v2, _v2);
        _v3 = Vector128.MultiplyAddEstimate(scale, weights._v3, _v3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddProduct(float* x, nint block, in Block128 weights)
    {
        _v0 = Vector128.MultiplyAddEstimate(Vector128.Load(x), weights._v0, _v0);
        _v1 = Vector128.MultiplyAddEstimate(Vector128.Load(x + 4), weights._v1, _v1);
        _v2 = Vector128.MultiplyAddEstimate(Vector128.Load(x + 8), weights._v2, _v2);
        _v3 = Vector128.MultiplyAddEstimate(Vector128.Load(x + 12), weights._v3, _v3);
    }
}

/// <summary>Twice as many blocks.</summary>
internal unsafe struct Twice<T> : IChannels<Twice<T>> where T : struct, IChannels<T>
{
    private T _a, _b;

    public static int Blocks => 2 * T.Blocks;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(float* p, nint block)
    {
        T.Prefetch(p, block);
        T.Prefetch(p + T.Blocks * block, block);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Load(float* p, nint block)
    {
        _a.Load(p, block);
        _b.Load(p + T.Blocks * block, block);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* p, nint block)
    {
        _a.Store(p, block);
        _b.Store(p + T.Blocks * block, block);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(float* p, nint block)
    {
        _a.Add(p, block);
        _b.Add(p + T.Blocks * block, block);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Clamp(float low, float high)
    {
        _a.Clamp(low, high);
        _b.Clamp(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddScaled(float* x, in Twice<T> weights)
    {
        _a.AddScaled(x, in weights._a);
        _b.AddScaled(x, in weights._b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddProduct(float* x, nint block, in Twice<T> weights)
    {
        _a.AddProduct(x, block, in weights._a);
        _b.AddProduct(x + T.Blocks * block, block, in weights._b);
    }
}
