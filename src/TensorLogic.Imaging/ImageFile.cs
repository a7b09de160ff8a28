using StbImageSharp;

namespace TensorLogic;

/// <summary>PNG, JPEG and BMP files as images and as pixels.</summary>
/// <remarks>
/// <para>The format follows from the content. The EXIF orientation is applied; 16-bit channels keep their high byte; colours are taken as sRGB,
/// colour profiles are not applied. A file is a model's input and so as hostile as a model: sizes are checked before anything is allocated.</para>
/// <para>Refused with a <see cref="ModelFormatException"/>: other formats, CMYK, lossless and arithmetic-coded JPEG, damaged or cut files.</para>
/// </remarks>
public static class ImageFile
{
    /// <summary>Pixels that an image may have unless a call says otherwise: 64 megapixels.</summary>
    public const long DefaultPixelLimit = 64L << 20;

    // The largest plain file of that many pixels: four 16-bit channels, and as much again for what else the file holds.
    private const int FileBytesPerPixel = 16, FileBytesElsewhere = 1 << 20;

    /// <summary>Reads an image file as input of a model.</summary>
    /// <param name="path">A PNG, JPEG or BMP file.</param>
    /// <param name="fit">How the image reaches the size that the model declares.</param>
    /// <param name="pixelLimit">Width times height allowed.</param>
    /// <returns>Grey files as H×W, others as H×W×3 (RGB). Transparency is dropped: the colours stay as stored.</returns>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    /// <exception cref="ModelFormatException">The file is not an image that can be read.</exception>
    /// <exception cref="ModelLimitException">The image has more pixels than <paramref name="pixelLimit"/>.</exception>
    public static Image Load(string path, ImageFit fit = ImageFit.Stretch, long pixelLimit = DefaultPixelLimit) =>
        new(Pixels(Read(path, pixelLimit), path, pixelLimit, keepAlpha: false), fit);

    /// <summary>As <see cref="Load"/>, from the bytes of a file.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="fit">How the image reaches the size that the model declares.</param>
    /// <param name="name">Name of the image for error messages.</param>
    /// <param name="pixelLimit">Width times height allowed.</param>
    /// <exception cref="ModelFormatException">The file is not an image that can be read.</exception>
    /// <exception cref="ModelLimitException">The image has more pixels than <paramref name="pixelLimit"/>.</exception>
    public static Image Decode(ReadOnlyMemory<byte> file, ImageFit fit = ImageFit.Stretch, string name = "image", long pixelLimit = DefaultPixelLimit) =>
        new(Pixels(file, name, pixelLimit, keepAlpha: false), fit);

    /// <summary>As <see cref="Load"/>, from a stream, which is read to its end and left open.</summary>
    /// <param name="file">Stands at the start of the file.</param>
    /// <param name="fit">How the image reaches the size that the model declares.</param>
    /// <param name="name">Name of the image for error messages.</param>
    /// <param name="pixelLimit">Width times height allowed.</param>
    /// <exception cref="ModelFormatException">The file is not an image that can be read.</exception>
    /// <exception cref="ModelLimitException">The image has more pixels than <paramref name="pixelLimit"/>.</exception>
    public static Image Decode(Stream file, ImageFit fit = ImageFit.Stretch, string name = "image", long pixelLimit = DefaultPixelLimit)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new(Pixels(Read(file, name, pixelLimit), name, pixelLimit, keepAlpha: false), fit);
    }

    /// <summary>Reads an image file as it is, transparency included.</summary>
    /// <param name="path">A PNG, JPEG or BMP file.</param>
    /// <param name="pixelLimit">Width times height allowed.</param>
    /// <returns><c>u8[H, W]</c> for grey, <c>u8[H, W, 3]</c> for RGB, <c>u8[H, W, 4]</c> for RGBA; grey with transparency comes as RGBA.</returns>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    /// <exception cref="ModelFormatException">The file is not an image that can be read.</exception>
    /// <exception cref="ModelLimitException">The image has more pixels than <paramref name="pixelLimit"/>.</exception>
    public static Tensor<byte> LoadPixels(string path, long pixelLimit = DefaultPixelLimit) =>
        Pixels(Read(path, pixelLimit), path, pixelLimit, keepAlpha: true);

    /// <summary>Reads what an image file says of itself, without its pixels.</summary>
    /// <param name="path">A PNG, JPEG or BMP file.</param>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    /// <exception cref="ModelFormatException">The file is not an image that can be read.</exception>
    public static ImageFileInfo ReadInfo(string path) => ImageHeader.Read(Read(path, DefaultPixelLimit), path).Info;

    private static byte[] Read(string path, long pixelLimit)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no image at '{path}'.", path);
        using FileStream stream = File.OpenRead(path);
        return Read(stream, path, pixelLimit);
    }

    private static byte[] Read(Stream stream, string name, long pixelLimit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pixelLimit, 1);
        long limit = Math.Min(pixelLimit, (Array.MaxLength - FileBytesElsewhere) / FileBytesPerPixel) * FileBytesPerPixel + FileBytesElsewhere;
        if (stream.CanSeek && stream.Length - stream.Position > limit) throw TooLong(stream.Length - stream.Position);
        using MemoryStream file = new();
        byte[] part = new byte[1 << 16];
        for (int count; (count = stream.Read(part)) > 0;)
        {
            if (file.Length + count > limit) throw TooLong(file.Length + count);
            file.Write(part, 0, count);
        }
        return file.ToArray();

        ModelLimitException TooLong(long length) => new(name, "Bytes of the image file", length, limit);
    }

    private static Tensor<byte> Pixels(ReadOnlyMemory<byte> file, string name, long pixelLimit, bool keepAlpha)
    {
        ImageHeader header = ImageHeader.Read(file, name);
        ImageFileInfo info = header.Info;
        long pixels = (long)info.Width * info.Height;
        if (pixels > pixelLimit) throw new ModelLimitException(name, $"Pixels of the {info.Width}x{info.Height} image", pixels, pixelLimit);
        header.CheckContent();

        ImageResult decoded;
        try
        {
            using GuardedStream stream = new(file);
            decoded = ImageResult.FromStream(stream);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The decoder reports damage by whatever its array accesses and checks happen to throw.
            throw new ModelFormatException(name, $"The {info.Format} image cannot be decoded: {error.Message.TrimEnd('.')}.", cause: error);
        }
        if (decoded.Width != info.Width || decoded.Height != info.Height)
            throw new ModelFormatException(name, $"The header says {info.Width}x{info.Height} pixels, the content is {decoded.Width}x{decoded.Height}.");

        (byte[] data, int channels) = ((int)decoded.SourceComp, keepAlpha) switch
        {
            (2, true) => (ChannelOrder.GreyToRgba(decoded.Data), 4),
            (2, false) => (ChannelOrder.Keep(decoded.Data, 2, 1), 1),
            (4, false) => (ChannelOrder.Keep(decoded.Data, 4, 3), 3),
            (int count, _) => (decoded.Data, count),
        };
        (data, int width, int height) = Orientation.Apply(header.Orientation, data, info.Width, info.Height, channels);
        return Tensor.FromArray(data, channels == 1 ? [height, width] : [height, width, channels]);
    }
}

/// <summary>Format of an image file.</summary>
public enum ImageFileFormat
{
    /// <summary>Portable Network Graphics.</summary>
    Png,
    /// <summary>JPEG: baseline, extended and progressive, 8 bits.</summary>
    Jpeg,
    /// <summary>Windows bitmap.</summary>
    Bmp,
}

/// <summary>What an image file says of itself.</summary>
/// <param name="Format">Format, found by content.</param>
/// <param name="Width">Stored width in pixels, before the orientation is applied.</param>
/// <param name="Height">Stored height in pixels, before the orientation is applied.</param>
/// <param name="BitsPerChannel">8 for palettes, else as stored: 1, 2, 4, 8 or 16.</param>
public sealed record ImageFileInfo(ImageFileFormat Format, int Width, int Height, int BitsPerChannel);
