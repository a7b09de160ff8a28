using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TensorLogic.Cpu.Kernels;

namespace TensorLogic.Cpu.Blocked;

/// <summary>What the transform of a tile's products does with its outputs.</summary>
internal unsafe struct WinogradOutput
{
    public float* Y;
    public nint RowStride;
    public int Rows;
    public int Columns;
    /// <summary>The bias, 16 numbers.</summary>
    public float* Start;
    /// <summary>Added to the outputs, laid out with <see cref="AddedRowStride"/>; null for nothing.</summary>
    public float* Added;
    public nint AddedRowStride;
    public bool Clamps;
    public float Low;
    public float High;
}

/// <summary>Transforms of tiles of 16 channels over both axes of a plane.</summary>
/// <remarks>Scratch memory between the two axes keeps the vectors out of registers that there are not enough of.</remarks>
internal sealed unsafe class WinogradTransform
{
    private const int Lanes = Planes.Lanes, MostPoints = 6, MostOutputs = 4;
    private const MethodImplOptions Kernel = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    private readonly delegate*<float*, nint, float*, nint, void> _input, _taps;
    private readonly delegate*<float*, nint, WinogradOutput*, void> _output;

    private WinogradTransform(int outputs, int points, delegate*<float*, nint, float*, nint, void> input, delegate*<float*, nint, float*, nint, void> taps, delegate*<float*, nint, WinogradOutput*, void> output)
    {
        (Outputs, Points) = (outputs, points);
        _input = input;
        _taps = taps;
        _output = output;
    }

    public static WinogradTransform Two { get; } = Of<WinogradTwo>();

    public static WinogradTransform Four { get; } = Of<WinogradFour>();

    /// <summary>Rows and columns of a tile's outputs.</summary>
    public int Outputs { get; }

    /// <summary>Rows and columns of a tile's inputs, and of its points.</summary>
    public int Points { get; }

    /// <summary>Inputs of a tile, whose rows are <paramref name="row"/> apart, to points, <paramref name="point"/> apart.</summary>
    public void Input(float* x, nint row, float* points, nint point) => _input(x, row, points, point);

    /// <summary>Filters [3, 3] of 16 outputs, tap by tap, to points.</summary>
    public void Taps(float* taps, float* points, nint point) => _taps(taps, 3 * Lanes, points, point);

    /// <summary>Products at points, <paramref name="point"/> apart, to outputs.</summary>
    public void Output(float* products, nint point, WinogradOutput* output) => _output(products, point, output);

    private static WinogradTransform Of<TScheme>() where TScheme : struct, IWinogradScheme =>
        Vector512.IsHardwareAccelerated ? Of<TScheme, Lanes512>() : Vector256.IsHardwareAccelerated ? Of<TScheme, Lanes256>() : Of<TScheme, Lanes128>();

    private static WinogradTransform Of<TScheme, T>() where TScheme : struct, IWinogradScheme where T : struct, ILanes<T> =>
        new(TScheme.Outputs, TScheme.Points, &Input<TScheme, T>, &Taps<TScheme, T>, &Output<TScheme, T>);

    [MethodImpl(Kernel)]
    private static void Input<TScheme, T>(float* x, nint row, float* points, nint point) where TScheme : struct, IWinogradScheme where T : struct, ILanes<T>
    {
        float* scratch = stackalloc float[MostPoints * MostPoints * Lanes];
        for (int part = 0; part < Lanes; part += T.Count)
        {
            for (int j = 0; j < TScheme.Points; j++) TScheme.OfInputs<T>(x + part + j * Lanes, row, scratch + j * Lanes, MostPoints * Lanes);
            for (int i = 0; i < TScheme.Points; i++) TScheme.OfInputs<T>(scratch + i * MostPoints * Lanes, Lanes, points + part + i * TScheme.Points * point, point);
        }
    }

    [MethodImpl(Kernel)]
    private static void Taps<TScheme, T>(float* taps, nint row, float* points, nint point) where TScheme : struct, IWinogradScheme where T : struct, ILanes<T>
    {
        float* scratch = stackalloc float[MostPoints * 3 * Lanes];
        for (int part = 0; part < Lanes; part += T.Count)
        {
            for (int j = 0; j < 3; j++) TScheme.OfTaps<T>(taps + part + j * Lanes, row, scratch + j * Lanes, 3 * Lanes);
            for (int i = 0; i < TScheme.Points; i++) TScheme.OfTaps<T>(scratch + i * 3 * Lanes, Lanes, points + part + i * TScheme.Points * point, point);
        }
    }

    [MethodImpl(Kernel)]
    private static void Output<TScheme, T>(float* products, nint point, WinogradOutput* output) where TScheme : struct, IWinogradScheme where T : struct, ILanes<T>
    {
        float* scratch = stackalloc float[(MostPoints + 1) * MostOutputs * Lanes];
        float* row = scratch + MostPoints * MostOutputs * Lanes;
        for (int part = 0; part < Lanes; part += T.Count)
        {
            for (int j = 0; j < TScheme.Points; j++) TScheme.OfProducts<T>(products + part + j * point, TScheme.Points * point, scratch + j * Lanes, MostPoints * Lanes);
            T start = T.Load(output->Start + part);
            for (int i = 0; i < output->Rows; i++)
            {
                TScheme.OfProducts<T>(scratch + i * MostPoints * Lanes, Lanes, row, Lanes);
                float* y = output->Y + i * output->RowStride + part;
                for (int j = 0; j < output->Columns; j++)
                {
                    T value = T.Load(row + j * Lanes) + start;
                    if (output->Added is not null) value += T.Load(output->Added + i * output->AddedRowStride + j * Lanes + part);
                    if (output->Clamps) value = T.Clamp(value, output->Low, output->High);
                    value.Store(y + j * Lanes);
                }
            }
        }
    }
}
