using TensorLogic.Operators;

namespace TensorLogic.Cpu.Blocked;

/// <summary>Pixels of zeros around every plane of a blocked tensor, for windows that look over the edge.</summary>
internal readonly record struct Border(int Top, int Left, int Bottom, int Right)
{
    /// <summary>The widest border that is kept; windows that reach further run on plain tensors.</summary>
    public const int Widest = 16;

    public static Border None => default;

    /// <summary>A border that serves both.</summary>
    public Border Union(Border other) => new(Math.Max(Top, other.Top), Math.Max(Left, other.Left), Math.Max(Bottom, other.Bottom), Math.Max(Right, other.Right));

    /// <summary>True if no side is wider than <see cref="Widest"/>.</summary>
    public bool IsNarrow => Top <= Widest && Left <= Widest && Bottom <= Widest && Right <= Widest;

    /// <summary>What windows over planes of unknown or known size need at most.</summary>
    public static Border Of(Ints kernel, Ints strides, PadType type, Ints pad, Ints dilations)
    {
        if (type == PadType.Valid) return None;
        (int top, int bottom) = Side(0);
        (int left, int right) = Side(1);
        return new(top, left, bottom, right);

        (int Before, int After) Side(int axis)
        {
            if (type == PadType.Custom) return pad.Count == 0 ? (0, 0) : (pad[2 * axis], pad[2 * axis + 1]);
            // Same padding is less than the window's extent in all, whatever the size.
            int total = Spatial.Extent(kernel[axis], dilations.Count == 0 ? 1 : dilations[axis]) - 1, small = total / 2, large = total - small;
            return type == PadType.Same ? (small, large) : (large, small);
        }
    }
}

/// <summary>A tensor [N, C, H, W] of f32 in blocks of 16 channels: [N, ⌈C / 16⌉, H, W, 16], rows and planes at any distance.</summary>
/// <remarks>The channels that fill up the last block hold anything finite or not: no kernel lets them into another channel.</remarks>
internal readonly unsafe struct Planes
{
    /// <summary>Channels of a block.</summary>
    public const int Lanes = 16;

    /// <param name="blocked">[N, blocks, H, W, 16]; kept reachable by the caller.</param>
    public Planes(Tensor blocked)
    {
        Shape shape = blocked.Shape;
        (Images, Blocks, Height, Width) = (shape[0], shape[1], shape[2], shape[3]);
        (ImageStride, BlockStride, RowStride) = ((nint)blocked.Strides[0], (nint)blocked.Strides[1], (nint)blocked.Strides[2]);
        Pointer = (float*)blocked.Pointer;
    }

    public int Images { get; }

    public int Blocks { get; }

    public int Height { get; }

    public int Width { get; }

    public float* Pointer { get; }

    public nint ImageStride { get; }

    public nint BlockStride { get; }

    public nint RowStride { get; }

    /// <summary>True if the rows of a plane follow each other without a border.</summary>
    public bool HasDenseRows => RowStride == Width * Lanes || Height == 1;

    /// <summary>True if it has the sizes of another.</summary>
    public bool HasSizesOf(in Planes other) => Images == other.Images && Blocks == other.Blocks && Height == other.Height && Width == other.Width;

    /// <summary>The first pixel of a plane.</summary>
    public float* Plane(int image, int block) => Pointer + image * ImageStride + block * BlockStride;

    /// <summary>Blocks that hold so many channels.</summary>
    public static int BlocksOf(int channels) => (channels + Lanes - 1) / Lanes;

    /// <summary>Makes the output of a node: undefined planes in a border of zeros.</summary>
    public static Planes Output(KernelContext context, int images, int channels, int height, int width, Border border)
    {
        int blocks = BlocksOf(channels), rowPixels = border.Left + width + border.Right, rows = border.Top + height + border.Bottom;
        using Tensor whole = context.Pool.Rent(ElementType.Float32, Shape.Create(images, blocks, rows, rowPixels, Lanes));
        long[] strides = whole.Strides.ToArray();
        Tensor inside = whole.View(Shape.Create(images, blocks, height, width, Lanes), strides, border.Top * strides[2] + border.Left * strides[3]);
        if (border != Border.None) ClearBorder(context, (float*)whole.Pointer, (long)images * blocks, rows, rowPixels, border);
        context.SetOutput(0, inside);
        return new Planes(inside);
    }

    // In bounds: the pieces are the rows above, what stands between two rows, and the rows below, of each plane.
    private static void ClearBorder(KernelContext context, float* planes, long count, int rows, int rowPixels, Border border) =>
        context.ForEach(count, 20 + (rows + rowPixels) * 2.0, (start, end, _) =>
        {
            int rowElements = rowPixels * Lanes;
            for (long plane = start; plane < end; plane++)
            {
                float* at = planes + plane * rows * rowElements;
                new Span<float>(at, border.Top * rowElements + border.Left * Lanes).Clear();
                int last = rows - border.Bottom - 1, between = (border.Right + border.Left) * Lanes;
                for (int row = border.Top; row < last; row++) new Span<float>(at + (long)(row + 1) * rowElements - border.Right * Lanes, between).Clear();
                if (last >= border.Top) new Span<float>(at + (long)(last + 1) * rowElements - border.Right * Lanes, border.Right * Lanes + border.Bottom * rowElements).Clear();
            }
        });
}
