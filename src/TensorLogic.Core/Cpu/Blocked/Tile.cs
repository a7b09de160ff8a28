using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TensorLogic.Cpu.Blocked;

/// <summary>Inputs that lie one after another, at a distance from a tile's first pixel: a tap of a window, a block of channels.</summary>
internal readonly record struct Run(nint Offset, nint Count);

/// <summary>What a tile computes: y[p, o] = start[o] + Σ over runs and their inputs of x[p, input] · weight[input, o].</summary>
/// <remarks>Inputs of pixel p stand p · <see cref="PixelStride"/> further. Weights of an input are 16 numbers for each block of outputs;
/// blocks of weights are <see cref="WeightBlock"/> apart, those of outputs <see cref="OutputBlock"/>.</remarks>
internal unsafe struct TileArguments
{
    public float* X;
    public nint PixelStride;
    public Run* Runs;
    public nint RunCount;
    public float* Weights;
    public nint WeightBlock;
    /// <summary>How far ahead weights are fetched into the cache: to those that the next tiles need. 0 where they are there already.</summary>
    public nint Ahead;
    public float* Start;
    public float* Y;
    public nint OutputBlock;
    /// <summary>Added to the sums, laid out with <see cref="AddedBlock"/>; null for nothing.</summary>
    public float* Added;
    public nint AddedBlock;
    public bool Clamps;
    public float Low;
    public float High;
}

/// <summary>The innermost loops: some neighbouring pixels of some blocks of channels, held in registers over the whole sum.</summary>
internal static unsafe class Tile
{
    private const MethodImplOptions Kernel = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    /// <summary>Kernels by number of pixels, from 1; index 0 is not used.</summary>
    private static readonly delegate*<TileArguments*, void>[] OneBlock, TwoBlocks, FourBlocks, Depthwise;

    static Tile()
    {
        if (Vector512.IsHardwareAccelerated)
        {
            OneBlock = UpToFourteen<Block512>();
            TwoBlocks = UpToFourteen<Twice<Block512>>();
            FourBlocks = UpToSeven<Twice<Twice<Block512>>>();
            Depthwise = DepthwiseUpToFourteen<Block512>();
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            OneBlock = UpToSix<Block256>();
            TwoBlocks = FourBlocks = [];
            Depthwise = DepthwiseUpToFour<Block256>();
        }
        else
        {
            OneBlock = UpToSix<Block128>();
            TwoBlocks = FourBlocks = [];
            Depthwise = DepthwiseUpToFour<Block128>();
        }
    }

    /// <summary>Pixels of the largest depthwise tile.</summary>
    public static int DepthwisePixels => Depthwise.Length - 1;

    /// <summary>Blocks and pixels of the tiles for rows of outputs, those that keep most registers busy.</summary>
    /// <param name="blocks">Blocks of outputs that are left.</param>
    /// <param name="pixels">Pixels of a row.</param>
    public static (int Blocks, int Pixels) Best(int blocks, int pixels)
    {
        if (blocks >= 4 && FourBlocks.Length > pixels) return (4, pixels);
        delegate*<TileArguments*, void>[] kernels = blocks >= 2 && TwoBlocks.Length > 0 ? TwoBlocks : OneBlock;
        int most = kernels.Length - 1, tiles = (pixels + most - 1) / most;
        return (kernels == TwoBlocks ? 2 : 1, (pixels + tiles - 1) / tiles);
    }

    /// <summary>Computes a tile of so many blocks and pixels, which <see cref="Best"/> gave, or fewer pixels.</summary>
    public static void Compute(TileArguments* arguments, int blocks, int pixels) =>
        (blocks == 4 ? FourBlocks : blocks == 2 ? TwoBlocks : OneBlock)[pixels](arguments);

    /// <summary>Computes a tile of one block where every channel sees only itself: y[p, c] = start[c] + Σ over runs of x[p, run, c] · weight[run, c].</summary>
    public static void ComputeDepthwise(TileArguments* arguments, int pixels) => Depthwise[pixels](arguments);

    [MethodImpl(Kernel)]
    private static void Sum<TChannels, TPixels>(TileArguments* t) where TChannels : struct, IChannels<TChannels> where TPixels : struct, IPixels<TChannels>
    {
        TChannels start = default;
        start.Load(t->Start, Planes.Lanes);
        TPixels pixels = default;
        pixels.Start(in start);
        float* weights = t->Weights;
        nint pixel = t->PixelStride, weightBlock = t->WeightBlock, ahead = t->Ahead;
        Run* run = t->Runs, end = run + t->RunCount;
        do
        {
            float* x = t->X + run->Offset, last = x + run->Count;
            do
            {
                TChannels w = default;
                w.Load(weights, weightBlock);
                TChannels.Prefetch(weights + ahead, weightBlock);
                pixels.AddScaled(x, pixel, in w);
                x++;
                weights += Planes.Lanes;
            }
            while (x != last);
            run++;
        }
        while (run != end);
        Finish<TChannels, TPixels>(t, ref pixels);
    }

    [MethodImpl(Kernel)]
    private static void SumDepthwise<TChannels, TPixels>(TileArguments* t) where TChannels : struct, IChannels<TChannels> where TPixels : struct, IPixels<TChannels>
    {
        TChannels start = default;
        start.Load(t->Start, Planes.Lanes);
        TPixels pixels = default;
        pixels.Start(in start);
        float* weights = t->Weights;
        nint pixel = t->PixelStride;
        Run* run = t->Runs, end = run + t->RunCount;
        do
        {
            TChannels w = default;
            w.Load(weights, 0);
            pixels.AddProduct(t->X + run->Offset, pixel, 0, in w);
            weights += Planes.Lanes;
            run++;
        }
        while (run != end);
        Finish<TChannels, TPixels>(t, ref pixels);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TChannels, TPixels>(TileArguments* t, ref TPixels pixels) where TChannels : struct, IChannels<TChannels> where TPixels : struct, IPixels<TChannels>
    {
        if (t->Added is not null) pixels.Add(t->Added, t->AddedBlock);
        if (t->Clamps) pixels.Clamp(t->Low, t->High);
        pixels.Store(t->Y, t->OutputBlock);
    }

    private static delegate*<TileArguments*, void>[] UpToSix<T>() where T : struct, IChannels<T> =>
    [
        null, &Sum<T, One<T, End<T>>>, &Sum<T, Two<T, End<T>>>, &Sum<T, Two<T, One<T, End<T>>>>, &Sum<T, Four<T, End<T>>>,
        &Sum<T, Four<T, One<T, End<T>>>>, &Sum<T, Four<T, Two<T, End<T>>>>,
    ];

    private static delegate*<TileArguments*, void>[] UpToSeven<T>() where T : struct, IChannels<T> => [.. UpToSix<T>(), &Sum<T, Seven<T, End<T>>>];

    private static delegate*<TileArguments*, void>[] UpToFourteen<T>() where T : struct, IChannels<T> =>
    [
        .. UpToSeven<T>(), &Sum<T, Seven<T, One<T, End<T>>>>, &Sum<T, Seven<T, Two<T, End<T>>>>, &Sum<T, Four<T, Four<T, Two<T, End<T>>>>>,
        &Sum<T, Seven<T, Four<T, End<T>>>>, &Sum<T, Four<T, Four<T, Four<T, End<T>>>>>, &Sum<T, Seven<T, Four<T, Two<T, End<T>>>>>, &Sum<T, Seven<T, Seven<T, End<T>>>>,
    ];

    private static delegate*<TileArguments*, void>[] DepthwiseUpToFour<T>() where T : struct, IChannels<T> =>
    [
        null, &SumDepthwise<T, One<T, End<T>>>, &SumDepthwise<T, Two<T, End<T>>>, &SumDepthwise<T, Two<T, One<T, End<T>>>>, &SumDepthwise<T, Four<T, End<T>>>,
    ];

    private static delegate*<TileArguments*, void>[] DepthwiseUpToFourteen<T>() where T : struct, IChannels<T> =>
    [
        .. DepthwiseUpToFour<T>(), &SumDepthwise<T, Four<T, One<T, End<T>>>>, &SumDepthwise<T, Four<T, Two<T, End<T>>>>, &SumDepthwise<T, Seven<T, End<T>>>,
        &SumDepthwise<T, Seven<T, One<T, End<T>>>>, &SumDepthwise<T, Seven<T, Two<T, End<T>>>>, &SumDepthwise<T, Four<T, Four<T, Two<T, End<T>>>>>,
        &SumDepthwise<T, Seven<T, Four<T, End<T>>>>, &SumDepthwise<T, Four<T, Four<T, Four<T, End<T>>>>>, &SumDepthwise<T, Seven<T, Four<T, Two<T, End<T>>>>>,
        &SumDepthwise<T, Seven<T, Seven<T, End<T>>>>,
    ];
}
