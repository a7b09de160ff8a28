namespace TensorLogic;

/// <summary>How an image of another size reaches the size that a model declares.</summary>
public enum ImageFit
{
    /// <summary>Both axes are scaled independently; nothing is lost, proportions change.</summary>
    Stretch,
    /// <summary>Scaled until the declared size is covered, then cropped around the centre.</summary>
    CenterCrop,
    /// <summary>Scaled until all of it fits, then centred on black.</summary>
    Fit,
}

/// <summary>A picture: H×W (grey) or H×W×3 (RGB), 8 bits a channel, or 16-bit float grey.</summary>
/// <remarks>Tensors given as images must have the declared size; pictures from files carry an <see cref="ImageFit"/> and are resized.</remarks>
public sealed class Image
{
    /// <summary>Wraps pixels.</summary>
    /// <param name="pixels"><c>u8[H, W]</c>, <c>u8[H, W, 3]</c> in RGB order, or <c>f16[H, W]</c>. Borrowed, not copied.</param>
    /// <param name="fit">How to resize; null: the size must be the declared one.</param>
    /// <exception cref="ArgumentException">Another element type or shape.</exception>
    public Image(Tensor pixels, ImageFit? fit = null)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        bool fits = pixels switch
        {
            { ElementType: ElementType.UInt8, Rank: 2 } or { ElementType: ElementType.Float16, Rank: 2 } => true,
            { ElementType: ElementType.UInt8, Rank: 3 } => pixels.Shape[2] == 3,
            _ => false,
        };
        if (!fits) throw new ArgumentException($"An image is u8[H, W], u8[H, W, 3] or f16[H, W], not {pixels}.", nameof(pixels));
        Pixels = pixels;
        Fit = fit;
    }

    /// <summary>The pixels, row by row from the top.</summary>
    public Tensor Pixels { get; }

    /// <summary>How to resize, or null if the size must already be right.</summary>
    public ImageFit? Fit { get; }

    /// <summary>Height in pixels.</summary>
    public int Height => Pixels.Shape[0];

    /// <summary>Width in pixels.</summary>
    public int Width => Pixels.Shape[1];

    /// <summary>1 for grey, 3 for RGB.</summary>
    public int Channels => Pixels.Rank == 2 ? 1 : 3;
}
