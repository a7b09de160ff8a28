using System.Buffers.Binary;

namespace TensorLogic;

/// <summary>The EXIF orientation: how stored rows and columns are turned to stand upright.</summary>
internal static class Orientation
{
    private const ushort OrientationTag = 0x0112, ShortType = 3;

    /// <summary>Reads tag 0x0112 of the first directory of a TIFF structure; 1 (upright) where it is absent or damaged.</summary>
    public static int FromTiff(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8) return 1;
        bool littleEndian = tiff.StartsWith("II"u8);
        if (!littleEndian && !tiff.StartsWith("MM"u8)) return 1;
        uint directory = littleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (directory > tiff.Length - 2) return 1;
        ReadOnlySpan<byte> entries = tiff[((int)directory + 2)..];
        int count = UInt16(tiff[(int)directory..]);
        for (int i = 0; i < count && entries.Length >= 12; i++, entries = entries[12..])
            if (UInt16(entries) == OrientationTag)
                return UInt16(entries[2..]) == ShortType && UInt16(entries[8..]) is >= 1 and <= 8 and int value ? value : 1;
        return 1;

        int UInt16(ReadOnlySpan<byte> at) => littleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);
    }

    /// <summary>Turns the pixels upright. Orientations 5 to 8 exchange width and height.</summary>
    /// <param name="orientation">1 upright, 2 mirrored, 3 turned by 180°, 4 flipped, 5 transposed, 6 to be turned by 90° clockwise,
    /// 7 transposed along the other diagonal, 8 to be turned by 90° counterclockwise.</param>
    /// <param name="pixels">Rows of <paramref name="width"/> pixels of <paramref name="channels"/> bytes.</param>
    /// <param name="width">Stored width.</param>
    /// <param name="height">Stored height.</param>
    /// <param name="channels">Bytes a pixel.</param>
    public static (byte[] Pixels, int Width, int Height) Apply(int orientation, byte[] pixels, int width, int height, int channels)
    {
        if (orientation == 1) return (pixels, width, height);
        bool exchanges = orientation >= 5;
        (int newWidth, int newHeight) = exchanges ? (height, width) : (width, height);
        var upright = new byte[pixels.Length];
        for (int y = 0; y < newHeight; y++)
            for (int x = 0; x < newWidth; x++)
            {
                (int fromX, int fromY) = orientation switch
                {
                    2 => (width - 1 - x, y),
                    3 => (width - 1 - x, height - 1 - y),
                    4 => (x, height - 1 - y),
                    5 => (y, x),
                    6 => (y, height - 1 - x),
                    7 => (width - 1 - y, height - 1 - x),
                    _ => (width - 1 - y, x),
                };
                pixels.AsSpan((fromY * width + fromX) * channels, channels).CopyTo(upright.AsSpan((y * newWidth + x) * channels));
            }
        return (upright, newWidth, newHeight);
    }
}
