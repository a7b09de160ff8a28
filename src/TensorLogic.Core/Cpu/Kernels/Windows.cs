using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Sliding windows along one axis.</summary>
internal readonly record struct WindowAxis(int Size, int Kernel, int Stride, int Dilation, int Before, int After, int Output)
{
    /// <summary>An axis of one element.</summary>
    public static WindowAxis Single => new(1, 1, 1, 1, 0, 0, 1);

    public static WindowAxis Of(Op.ConvAttributes a, int axis, int size, int kernel)
    {
        int dilation = a.Dilations.Count == 0 ? 1 : a.Dilations[axis];
        (int before, int after) = Spatial.Padding(a.PadType, a.Pad, axis, size, kernel, a.Strides[axis], dilation);
        return new(size, kernel, a.Strides[axis], dilation, before, after, Spatial.OutputSize(a.PadType, a.Pad, axis, size, kernel, a.Strides[axis], dilation));
    }

    public static WindowAxis Of(Op.PoolAttributes a, int axis, int size)
    {
        (int before, int after) = Spatial.Padding(a.PadType, a.Pad, axis, size, a.KernelSizes[axis], a.Strides[axis], 1);
        return new(size, a.KernelSizes[axis], a.Strides[axis], 1, before, after, Spatial.OutputSize(a.PadType, a.Pad, axis, size, a.KernelSizes[axis], a.Strides[axis], 1, a.CeilMode));
    }

    /// <summary>Outputs, from the first to before the second, whose window reads the input at this tap and not padding.</summary>
    public (int First, int End) Inside(int tap)
    {
        int shift = Before - tap * Dilation;
        int first = shift <= 0 ? 0 : (shift + Stride - 1) / Stride;
        int end = Size - 1 + shift < 0 ? 0 : (Size - 1 + shift) / Stride + 1;
        return (Math.Min(first, Output), Math.Clamp(end, Math.Min(first, Output), Output));
    }

    /// <summary>Where the window of an output reads at a tap.</summary>
    public int Position(int output, int tap) => output * Stride + tap * Dilation - Before;
}

/// <summary>Packs windows of an image [C, H, W] as columns of a matrix [C · kh · kw, windows].</summary>
internal sealed unsafe class Windows(WindowAxis vertical, WindowAxis horizontal, int channels)
{
    /// <summary>Rows of the matrix.</summary>
    public int Taps { get; } = channels * vertical.Kernel * horizontal.Kernel;

    /// <summary>True if every window is one pixel and all pixels have one.</summary>
    public bool IsPointwise => vertical is { Kernel: 1, Stride: 1, Before: 0, After: 0 } && horizontal is { Kernel: 1, Stride: 1, Before: 0, After: 0 };

    /// <summary>The same pointwise windows over one row of all pixels.</summary>
    public Windows Flattened()
    {
        int pixels = vertical.Size * horizontal.Size;
        return new(WindowAxis.Single, new(pixels, 1, 1, 1, 0, 0, pixels), channels);
    }

    /// <summary>Packs windows <paramref name="first"/> to first + count - 1, in row-major order of their outputs, as a panel.</summary>
    // In bounds: Inside limits every position to the image; the panel has Taps rows of whole vectors.
    public void Pack(float* image, int first, int count, float* panel)
    {
        int width = Gemm.Vectors(count) * (Gemm.Columns / 3);
        for (int c = 0; c < channels; c++, image += vertical.Size * horizontal.Size)
        for (int ky = 0; ky < vertical.Kernel; ky++)
        for (int kx = 0; kx < horizontal.Kernel; kx++, panel += width)
        {
            (int insideFirst, int insideEnd) = horizontal.Inside(kx);
            new Span<float>(panel, width).Clear();
            for (int at = 0; at < count;)
            {
                int oy = (first + at) / horizontal.Output, ox = (first + at) % horizontal.Output, length = Math.Min(count - at, horizontal.Output - ox);
                int y = vertical.Position(oy, ky);
                int from = Math.Max(ox, insideFirst), end = Math.Min(ox + length, insideEnd);
                if ((uint)y < (uint)vertical.Size && from < end)
                {
                    float* source = image + y * horizontal.Size + horizontal.Position(from, kx), to = panel + at + from - ox;
                    if (horizontal.Stride == 1) new ReadOnlySpan<float>(source, end - from).CopyTo(new Span<float>(to, end - from));
                    else for (int i = 0; i < end - from; i++) to[i] = source[i * horizontal.Stride];
                }
                at += length;
            }
        }
    }
}
