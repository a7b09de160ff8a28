using TensorLogic.Operators;

namespace TensorLogic.Cpu.Blocked;

/// <summary>A window over planes of known size.</summary>
internal readonly record struct Window2D(int Top, int Left, int KernelHeight, int KernelWidth, int StrideY, int StrideX, int DilationY, int DilationX, int OutputHeight, int OutputWidth)
{
    public static Window2D Of(Op.ConvAttributes a, int kernelHeight, int kernelWidth, int height, int width) =>
        Of(height, width, kernelHeight, kernelWidth, a.Strides, a.PadType, a.Pad, a.Dilations, false);

    public static Window2D Of(int height, int width, int kernelHeight, int kernelWidth, Ints strides, PadType type, Ints pad, Ints dilations, bool ceil)
    {
        (int dilationY, int dilationX) = dilations.Count == 0 ? (1, 1) : (dilations[0], dilations[1]);
        return new(Spatial.Padding(type, pad, 0, height, kernelHeight, strides[0], dilationY).Before, Spatial.Padding(type, pad, 1, width, kernelWidth, strides[1], dilationX).Before,
            kernelHeight, kernelWidth, strides[0], strides[1], dilationY, dilationX,
            Spatial.OutputSize(type, pad, 0, height, kernelHeight, strides[0], dilationY, ceil), Spatial.OutputSize(type, pad, 1, width, kernelWidth, strides[1], dilationX, ceil));
    }

    /// <summary>Number of windows.</summary>
    public long Outputs => (long)OutputHeight * OutputWidth;

    /// <summary>True if output pixel i sees input pixel i alone.</summary>
    public bool IsPointwise => KernelHeight == 1 && KernelWidth == 1 && StrideY == 1 && StrideX == 1 && Top == 0 && Left == 0;

    /// <summary>Rows from the first that a window sees to the last.</summary>
    public int ReachY => checked((OutputHeight - 1) * StrideY + Spatial.Extent(KernelHeight, DilationY));

    /// <summary>Columns from the first that a window sees to the last.</summary>
    public int ReachX => checked((OutputWidth - 1) * StrideX + Spatial.Extent(KernelWidth, DilationX));
}
