using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary>A sliding window over planes of an input [N, C, H, W] or [N, C, W]: sizes, steps and padding, and how padded planes are laid out.</summary>
/// <remarks>A padded plane of stride s is split into s · s phases: phase (p, q) holds rows p, p + s, … and columns q, q + s, …, so that every
/// tap of the window reads neighbours for neighbouring outputs, whatever the stride.</remarks>
internal sealed class Window
{
    /// <param name="x">The input's shape, of rank 3 or 4.</param>
    /// <param name="kernel">Spatial sizes of the window.</param>
    /// <param name="strides">One for each spatial axis.</param>
    /// <param name="padType">How borders are padded.</param>
    /// <param name="pad">Before and after each axis.</param>
    /// <param name="dilations">One for each axis, or none.</param>
    /// <param name="ceil">Sizes of the output round up.</param>
    public Window(Shape x, ReadOnlySpan<int> kernel, Ints strides, PadType padType, Ints pad, Ints dilations, bool ceil = false)
    {
        Images = x[0];
        Channels = x[1];
        bool flat = x.Rank == 3;
        (Height, Width) = flat ? (1, x[2]) : (x[2], x[3]);
        (KernelHeight, KernelWidth) = flat ? (1, kernel[0]) : (kernel[0], kernel[1]);
        (StrideY, StrideX) = flat ? (1, strides[0]) : (strides[0], strides[1]);
        (DilationY, DilationX) = dilations.Count == 0 ? (1, 1) : flat ? (1, dilations[0]) : (dilations[0], dilations[1]);
        int axis = flat ? 0 : 1;
        (Left, Right) = Spatial.Padding(padType, pad, axis, Width, KernelWidth, StrideX, DilationX);
        OutputWidth = Spatial.OutputSize(padType, pad, axis, Width, KernelWidth, StrideX, DilationX, ceil);
        OutputHeight = 1;
        if (!flat)
        {
            (Top, Bottom) = Spatial.Padding(padType, pad, 0, Height, KernelHeight, StrideY, DilationY);
            OutputHeight = Spatial.OutputSize(padType, pad, 0, Height, KernelHeight, StrideY, DilationY, ceil);
        }
        PhaseHeight = OutputHeight + (KernelHeight - 1) * DilationY / StrideY;
        PhaseWidth = OutputWidth + (KernelWidth - 1) * DilationX / StrideX;
        PhasesY = Math.Min(StrideY, (KernelHeight - 1) * DilationY + 1);
        PhasesX = Math.Min(StrideX, (KernelWidth - 1) * DilationX + 1);
        NeedsPadding = Left > 0 || Top > 0 || StrideX > 1 || StrideY > 1 || PhaseWidth != Width || PhaseHeight > Height;
        PlaneElements = NeedsPadding ? (long)PhasesY * PhasesX * PhaseHeight * PhaseWidth : (long)Height * Width;
    }

    public int Images { get; }
    public int Channels { get; }
    public int Height { get; }
    public int Width { get; }
    public int KernelHeight { get; }
    public int KernelWidth { get; }
    public int StrideY { get; }
    public int StrideX { get; }
    public int DilationY { get; }
    public int DilationX { get; }
    public int Top { get; }
    public int Bottom { get; }
    public int Left { get; }
    public int Right { get; }
    public int OutputHeight { get; }
    public int OutputWidth { get; }

    /// <summary>Elements of an output plane.</summary>
    public int Outputs => OutputHeight * OutputWidth;

    /// <summary>Taps of the window.</summary>
    public int Taps => KernelHeight * KernelWidth;

    /// <summary>Rows of one phase.</summary>
    public int PhaseHeight { get; }

    /// <summary>Elements of a row of a phase.</summary>
    public int PhaseWidth { get; }

    /// <summary>Phases that some tap reads.</summary>
    public int PhasesY { get; }

    /// <summary>Phases that some tap reads.</summary>
    public int PhasesX { get; }

    /// <summary>False where the input itself can be read as a padded plane.</summary>
    public bool NeedsPadding { get; }

    /// <summary>Elements of a padded plane.</summary>
    public long PlaneElements { get; }

    /// <summary>For each tap the place, in a padded plane, of the element that belongs to the first output.</summary>
    public long[] TapOffsets()
    {
        var offsets = new long[Taps];
        for (int i = 0; i < KernelHeight; i++)
            for (int j = 0; j < KernelWidth; j++)
            {
                int y = i * DilationY, x = j * DilationX;
                long phase = (long)(y % StrideY) * PhasesX + x % StrideX;
                offsets[i * KernelWidth + j] = (phase * PhaseHeight + y / StrideY) * PhaseWidth + x / StrideX;
            }
        return offsets;
    }

    /// <summary>Writes the padded plane of a channel.</summary>
    /// <param name="plane">Height · Width elements.</param>
    /// <param name="padded">Room for <see cref="PlaneElements"/>.</param>
    /// <param name="value">What stands in the padding.</param>
    public unsafe void Pad(float* plane, float* padded, float value)
    {
        for (int p = 0; p < PhasesY; p++)
            for (int q = 0; q < PhasesX; q++)
            {
                // First and end index r such that 0 <= r · stride + q - left < width.
                int first = Math.Min(PhaseWidth, Math.Max(0, (Left - q + StrideX - 1) / StrideX));
                int end = Math.Clamp((Width + Left - q + StrideX - 1) / StrideX, first, PhaseWidth);
                for (int r = 0; r < PhaseHeight; r++, padded += PhaseWidth)
                {
                    int y = r * StrideY + p - Top;
                    Span<float> row = new(padded, PhaseWidth);
                    if ((uint)y >= (uint)Height)
                    {
                        row.Fill(value);
                        continue;
                    }
                    row[..first].Fill(value);
                    row[end..].Fill(value);
                    // In bounds: by the choice of first and end.
                    float* source = plane + (long)y * Width + first * StrideX + q - Left;
                    if (StrideX == 1) new ReadOnlySpan<float>(source, end - first).CopyTo(row[first..]);
                    else for (int x = first; x < end; x++, source += StrideX) row[x] = *source;
                }
            }
    }
}
