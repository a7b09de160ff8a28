using System.Buffers.Binary;

namespace TensorLogic;

/// <summary>What is read and checked of an image file before the decoder sees it.</summary>
internal sealed class ImageHeader
{
    public required ImageFileInfo Info { get; init; }

    /// <summary>The EXIF orientation, 1 to 8.</summary>
    public int Orientation { get; init; } = 1;

    /// <summary>Checks that need more than the header, made after the size was found acceptable.</summary>
    public Action CheckContent { get; init; } = () => { };

    /// <summary>Recognises the format by its first bytes and reads the header.</summary>
    /// <exception cref="ModelFormatException">Another format, or a damaged file.</exception>
    public static ImageHeader Read(ReadOnlyMemory<byte> file, string name)
    {
        ReadOnlySpan<byte> start = file.Span;
        ImageHeader header = start switch
        {
            _ when start.StartsWith(PngHeader.Signature) => PngHeader.Read(file, name),
            [0xFF, 0xD8, 0xFF, ..] => JpegHeader.Read(start, name),
            [(byte)'B', (byte)'M', ..] => ReadBmp(start, name),
            _ => throw new ModelFormatException(name, "The file is not a PNG, JPEG or BMP image.", offset: 0),
        };
        return header.Info is { Width: > 0, Height: > 0 }
            ? header
            : throw new ModelFormatException(name, $"The image has {header.Info.Width}x{header.Info.Height} pixels; both must be at least 1.");
    }

    // BITMAPFILEHEADER (14 bytes), then the DIB header: its size, width, height (negative: rows from the top), planes, bits per pixel.
    private static ImageHeader ReadBmp(ReadOnlySpan<byte> file, string name)
    {
        if (file.Length < 30) throw new ModelFormatException(name, $"A BMP header has at least 30 bytes; the file has {file.Length}.");
        int headerSize = BinaryPrimitives.ReadInt32LittleEndian(file[14..]);
        bool isCore = headerSize == 12;
        long width = isCore ? BinaryPrimitives.ReadUInt16LittleEndian(file[18..]) : BinaryPrimitives.ReadInt32LittleEndian(file[18..]);
        long height = isCore ? BinaryPrimitives.ReadUInt16LittleEndian(file[20..]) : BinaryPrimitives.ReadInt32LittleEndian(file[22..]);
        if (width is < 1 or > int.MaxValue || Math.Abs(height) is < 1 or > int.MaxValue)
            throw new ModelFormatException(name, $"The BMP header says {width}x{height} pixels.", offset: 18);
        return new() { Info = new(ImageFileFormat.Bmp, (int)width, (int)Math.Abs(height), 8) };
    }
}
