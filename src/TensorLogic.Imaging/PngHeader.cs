using System.Buffers.Binary;
using System.IO.Compression;

namespace TensorLogic;

/// <summary>Walks the chunks of a PNG file (ISO/IEC 15948): sizes, checksums of the critical chunks, and how much the pixels inflate to.</summary>
/// <remarks>The decoder checks neither checksums nor how far its buffer grows; a few kilobytes can inflate to gigabytes.</remarks>
internal static class PngHeader
{
    private const int ChunkOverhead = 12;   // length, type, CRC
    private static readonly uint[] CrcTable = MakeCrcTable();

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public static ImageHeader Read(ReadOnlyMemory<byte> memory, string name)
    {
        ReadOnlySpan<byte> file = memory.Span;
        ReadOnlySpan<byte> ihdr = [];
        int orientation = 1;
        List<Range> pixelData = [];
        bool ended = false;
        for (int at = Signature.Length; !ended;)
        {
            if (file.Length - at < ChunkOverhead) throw new ModelFormatException(name, "The PNG file ends before its IEND chunk.", offset: at);
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - ChunkOverhead)
                throw new ModelFormatException(name, $"A PNG chunk of {length} bytes is longer than the {file.Length - at - ChunkOverhead} bytes left.", offset: at);
            ReadOnlySpan<byte> type = file.Slice(at + 4, 4);
            Range data = (at + 8)..(at + 8 + (int)length);
            bool isCritical = (type[0] & 0x20) == 0;
            if (isCritical && Crc(file[(at + 4)..data.End.Value]) != BinaryPrimitives.ReadUInt32BigEndian(file[data.End.Value..]))
                throw new ModelFormatException(name, "The checksum of a PNG chunk is wrong.", offset: at, field: System.Text.Encoding.Latin1.GetString(type));

            if (type.SequenceEqual("IHDR"u8) && ihdr.IsEmpty && length == 13) ihdr = file[data];
            else if (ihdr.IsEmpty) throw new ModelFormatException(name, "A PNG file begins with an IHDR chunk of 13 bytes.", offset: at);
            else if (type.SequenceEqual("IDAT"u8)) pixelData.Add(data);
            else if (type.SequenceEqual("eXIf"u8)) orientation = TensorLogic.Orientation.FromTiff(file[data]);
            else if (type.SequenceEqual("IEND"u8)) ended = true;
            at = data.End.Value + 4;
        }

        uint width = BinaryPrimitives.ReadUInt32BigEndian(ihdr), height = BinaryPrimitives.ReadUInt32BigEndian(ihdr[4..]);
        int depth = ihdr[8], colourType = ihdr[9];
        bool interlaced = ihdr[12] != 0;
        int channels = colourType switch { 0 or 3 => 1, 2 => 3, 4 => 2, 6 => 4, _ => throw Unknown("colour type", colourType) };
        if (depth is not (1 or 2 or 4 or 8 or 16)) throw Unknown("bit depth", depth);
        if (width > int.MaxValue || height > int.MaxValue) throw new ModelFormatException(name, $"The PNG header says {width}x{height} pixels.");
        return new()
        {
            Info = new(ImageFileFormat.Png, (int)width, (int)height, colourType == 3 ? 8 : depth),
            Orientation = orientation,
            CheckContent = () => CheckPixelData(memory, pixelData, RawBytes(width, height, channels * depth, interlaced), name),
        };

        ModelFormatException Unknown(string what, int value) => new(name, $"PNG has no {what} {value}.", field: "IHDR");
    }

    /// <summary>Bytes of the filtered rows: one filter byte before each row, rows rounded up to bytes, Adam7's seven images if interlaced.</summary>
    private static long RawBytes(long width, long height, int bitsPerPixel, bool interlaced)
    {
        if (!interlaced) return Rows(width, height);
        ReadOnlySpan<(int X, int Y, int StepX, int StepY)> passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
        long total = 0;
        foreach ((int x, int y, int stepX, int stepY) in passes)
            total += Rows((width - x + stepX - 1) / stepX, (height - y + stepY - 1) / stepY);
        return total;

        long Rows(long w, long h) => w <= 0 || h <= 0 ? 0 : h * (1 + (w * bitsPerPixel + 7) / 8);
    }

    private static void CheckPixelData(ReadOnlyMemory<byte> file, List<Range> chunks, long expected, string name)
    {
        using MemoryStream compressed = new();
        foreach (Range chunk in chunks) compressed.Write(file.Span[chunk]);
        compressed.Position = 0;
        using ZLibStream inflated = new(compressed, CompressionMode.Decompress);
        byte[] part = new byte[1 << 16];
        long total = 0;
        try
        {
            for (int count; total <= expected && (count = inflated.Read(part)) > 0;) total += count;
        }
        catch (InvalidDataException error)
        {
            throw new ModelFormatException(name, "The compressed pixels are damaged.", field: "IDAT", cause: error);
        }
        if (total != expected)
            throw new ModelFormatException(name, $"The pixels take {expected} bytes; the file holds {(total > expected ? "more" : $"{total}")}.", field: "IDAT");
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes) crc = CrcTable[(byte)(crc ^ value)] ^ crc >> 8;
        return ~crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (uint n = 0; n < table.Length; n++)
        {
            uint value = n;
            for (int bit = 0; bit < 8; bit++) value = (value & 1) == 0 ? value >> 1 : 0xEDB88320 ^ value >> 1;
            table[n] = value;
        }
        return table;
    }
}
