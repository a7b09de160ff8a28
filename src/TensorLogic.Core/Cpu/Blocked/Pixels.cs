using System.Runtime.CompilerServices;

// Fields that only their own methods fill.
#pragma warning disable CS0649

namespace TensorLogic.Cpu.Blocked;

/// <summary>Neighbouring pixels of a tile in registers. Types nest, so that the compiler sees every vector as a variable of its own:
/// <c>Seven&lt;C, Seven&lt;C, End&lt;C&gt;&gt;&gt;</c> are 14 pixels.</summary>
/// <remarks>Nests deeper than about seven lose their registers to the limits of inlining; hence pixels come in sevens, fours and twos.</remarks>
internal unsafe interface IPixels<TChannels> where TChannels : struct, IChannels<TChannels>
{
    /// <summary>Number of pixels.</summary>
    static abstract int Count { get; }

    /// <summary>Sets every pixel.</summary>
    void Start(in TChannels value);

    /// <summary>Adds to pixel i the number at x + i · pixel times <paramref name="weights"/>.</summary>
    void AddScaled(float* x, nint pixel, in TChannels weights);

    /// <summary>Adds to pixel i the channels at x + i · pixel times <paramref name="weights"/>, channel by channel.</summary>
    void AddProduct(float* x, nint pixel, nint block, in TChannels weights);

    /// <summary>Adds the pixels at y, which are neighbours in memory.</summary>
    void Add(float* y, nint block);

    void Clamp(float low, float high);

    /// <summary>Writes the pixels to y as neighbours.</summary>
    void Store(float* y, nint block);
}

/// <summary>No further pixel.</summary>
internal unsafe struct End<TChannels> : IPixels<TChannels> where TChannels : struct, IChannels<TChannels>
{
    public static int Count => 0;

    public readonly void Start(in TChannels value)
    {
    }

    public readonly void AddScaled(float* x, nint pixel, in TChannels weights)
    {
    }

    public readonly void AddProduct(float* x, nint pixel, nint block, in TChannels weights)
    {
    }

    public readonly void Add(float* y, nint block)
    {
    }

    public readonly void Clamp(float low, float high)
    {
    }

    public readonly void Store(float* y, nint block)
    {
    }
}

/// <summary>One pixel more than <typeparamref name="TNext"/>.</summary>
internal unsafe struct One<TChannels, TNext> : IPixels<TChannels> where TChannels : struct, IChannels<TChannels> where TNext : struct, IPixels<TChannels>
{
    private TChannels _c0;
    private TNext _next;

    public static int Count => 1 + TNext.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Start(in TChannels value)
    {
        _c0 = value;
        _next.Start(in value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddScaled(float* x, nint pixel, in TChannels weights)
    {
        _c0.AddScaled(x, in weights);
        _next.AddScaled(x + pixel, pixel, in weights);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddProduct(float* x, nint pixel, nint block, in TChannels weights)
    {
        _c0.AddProduct(x, block, in weights);
        _next.AddProduct(x + pixel, pixel, block, in weights);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(float* y, nint block)
    {
        _c0.Add(y, block);
        _next.Add(y + Planes.Lanes, block);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Clamp(float low, float high)
    {
        _c0.Clamp(low, high);
        _next.Clamp(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* y, nint block)
    {
        _c0.Store(y, block);
        _next.Store(y + Planes.Lanes, block);
    }
}

/// <summary>Two pixels more than <typeparamref name="TNext"/>.</summary>
internal unsafe struct Two<TChannels, TNext> : IPixels<TChannels> where TChannels : struct, IChannels<TChannels> where TNext : struct, IPixels<TChannels>
{
    private TChannels _c0, _c1;
    private TNext _next;

    public static int Count => 2 + TNext.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Start(in TChannels value)
    {
        _c0 = _c1 = value;
        _next.Start(in value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddScaled(float* x, nint pixel, in TChannels weights)
    {
        _c0.AddScaled(x, in weights);
        _c1.AddScaled(x + pixel, in weights);
        _next.AddScaled(x + 2 * pixel, pixel, in weights);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddProduct(float* x, nint pixel, nint block, in TChannels weights)
    {
        _c0.AddProduct(x, block, in weights);
        _c1.AddProduct(x + pixel, block, in weights);
        _next.AddProduct(x + 2 * pixel, pixel, block, in weights);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(float* y, nint block)
    {
        _c0.Add(y, block);
        _c1.Add(y + Planes.Lanes, block);
        _next.Add(y + 2 * Planes.Lanes, block);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Clamp(float low, float high)
    {
        _c0.Clamp(low, high);
        _c1.Clamp(low, high);
        _next.Clamp(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* y, nint block)
    {
        _c0.Store(y, block);
        _c1.Store(y + Planes.Lanes, block);
        _next.Store(y + 2 * Planes.Lanes, block);
    }
}

/// <summary>Four pixels more than <typeparamref name="TNext"/>.</summary>
internal unsafe struct Four<TChannels, TNext> : IPixels<TChannels> where TChannels : struct, IChannels<TChannels> where TNext : struct, IPixels<TChannels>
{
    private TChannels _c0, _c1, _c2, _c3;
    private TNext _next;

    public static int Count => 4 + TNext.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Start(in TChannels value)
    {
        _c0 = _c1 = _c2 = _c3 = value;
        _next.Start(in value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddScaled(float* x, nint pixel, in TChannels weights)
    {
        _c0.AddScaled(x, in weights);
        _c1.AddScaled(x + pixel, in weights);
        _c2.AddScaled(x + 2 * pixel, in weights);
        _c3.AddScaled(x + 3 * pixel, in weights);
        _next.AddScaled(x + 4 * pixel, pixel, in weights);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddProduct(float* x, nint pixel, nint block, in TChannels weights)
    {
        _c0.AddProduct(x, block, in weights);
        _c1.AddProduct(x + pixel, block, in weights);
        _c2.AddProduct(x + 2 * pixel, block, in weights);
        _c3.AddProduct(x + 3 * pixel, block, in weights);
        _next.AddProduct(x + 4 * pixel, pixel, block, in weights);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(float* y, nint block)
    {
        _c0.Add(y, block);
        _c1.Add(y + Planes.Lanes, block);
        _c2.Add(y + 2 * Planes.Lanes, block);
        _c3.Add(y + 3 * Planes.Lanes, block);
        _next.Add(y + 4 * Planes.Lanes, block);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Clamp(float low, float high)
    {
        _c0.Clamp(low, high);
        _c1.Clamp(low, high);
        _c2.Clamp(low, high);
        _c3.Clamp(low, high);
        _next.Clamp(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* y, nint block)
    {
        _c0.Store(y, block);
        _c1.Store(y + Planes.Lanes, block);
        _c2.Store(y + 2 * Planes.Lanes, block);
        _c3.Store(y + 3 * Planes.Lanes, block);
        _next.Store(y + 4 * Planes.Lanes, block);
    }
}

/// <summary>Seven pixels more than <typeparamref name="TNext"/>.</summary>
internal unsafe struct Seven<TChannels, TNext> : IPixels<TChannels> where TChannels : struct, IChannels<TChannels> where TNext : struct, IPixels<TChannels>
{
    private TChannels _c0, _c1, _c2, _c3, _c4, _c5, _c6;
    private TNext _next;

    public static int Count => 7 + TNext.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Start(in TChannels value)
    {
        _c0 = _c1 = _c2 = _c3 = _c4 = _c5 = _c6 = value;
        _next.Start(in value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddScaled(float* x, nint pixel, in TChannels weights)
    {
        _c0.AddScaled(x, in weights);
        _c1.AddScaled(x + pixel, in weights);
        _c2.AddScaled(x + 2 * pixel, in weights);
        _c3.AddScaled(x + 3 * pixel, in weights);
        _c4.AddScaled(x + 4 * pixel, in weights);
        _c5.AddScaled(x + 5 * pixel, in weights);
        _c6.AddScaled(x + 6 * pixel, in weights);
        _next.AddScaled(x + 7 * pixel, pixel, in weights);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddProduct(float* x, nint pixel, nint block, in TChannels weights)
    {
        _c0.AddProduct(x, block, in weights);
        _c1.AddProduct(x + pixel, block, in weights);
        _c2.AddProduct(x + 2 * pixel, block, in weights);
        _c3.AddProduct(x + 3 * pixel, block, in weights);
        _c4.AddProduct(x + 4 * pixel, block, in weights);
        _c5.AddProduct(x + 5 * pixel, block, in weights);
        _c6.AddProduct(x + 6 * pixel, block, in weights);
        _next.AddProduct(x + 7 * pixel, pixel, block, in weights);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(float* y, nint block)
    {
        _c0.Add(y, block);
        _c1.Add(y + Planes.Lanes, block);
        _c2.Add(y + 2 * Planes.Lanes, block);
        _c3.Add(y + 3 * Planes.Lanes, block);
        _c4.Add(y + 4 * Planes.Lanes, block);
        _c5.Add(y + 5 * Planes.Lanes, block);
        _c6.Add(y + 6 * Planes.Lanes, block);
        _next.Add(y + 7 * Planes.Lanes, block);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Clamp(float low, float high)
    {
        _c0.Clamp(low, high);
        _c1.Clamp(low, high);
        _c2.Clamp(low, high);
        _c3.Clamp(low, high);
        _c4.Clamp(low, high);
        _c5.Clamp(low, high);
        _c6.Clamp(low, high);
        _next.Clamp(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* y, nint block)
    {
        _c0.Store(y, block);
        _c1.Store(y + Planes.Lanes, block);
        _c2.Store(y + 2 * Planes.Lanes, block);
        _c3.Store(y + 3 * Planes.Lanes, block);
        _c4.Store(y + 4 * Planes.Lanes, block);
        _c5.Store(y + 5 * Planes.Lanes, block);
        _c6.Store(y + 6 * Planes.Lanes, block);
        _next.Store(y + 7 * Planes.Lanes, block);
    }
}
