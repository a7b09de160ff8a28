using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace TensorLogic.Imaging.Tests;

/// <summary>Writes PNG files by hand: ISO/IEC 15948, every row with filter 0.</summary>
internal static class PngBuilder
{
    public const int Grey = 0, Rgb = 2, Palette = 3, GreyAlpha = 4, Rgba = 6;

    public static byte[] Png(int width, int height, int depth, int colourType, byte[] rows, params (string Type, byte[] Data)[] extra) =>
        Join(width, height, depth, colourType, Compress(Filtered(rows, height)), extra);

    public static byte[] Join(int width, int height, int depth, int colourType, byte[] compressed, params (string Type, byte[] Data)[] extra)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = ((byte)depth, (byte)colourType);
        return
        [
            0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n',
            .. Chunk("IHDR", header),
            .. extra.SelectMany(chunk => Chunk(chunk.Type, chunk.Data)),
            .. Chunk("IDAT", compressed),
            .. Chunk("IEND", []),
        ];
    }

    public static byte[] Filtered(byte[] rows, int height) => [.. rows.Chunk(rows.Length / height).SelectMany(row => (byte[])[0, .. row])];

    public static byte[] Compress(byte[] bytes)
    {
        using MemoryStream stream = new();
        using (ZLibStream zlib = new(stream, CompressionLevel.Optimal, leaveOpen: true)) zlib.Write(bytes);
        return stream.ToArray();
    }

    public static byte[] Chunk(string type, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        var length = new byte[4];
        var crc = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(crc, Crc(body));
        return [.. length, .. body, .. crc];
    }

    private static uint Crc(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
        }
        return ~crc;
    }
}
