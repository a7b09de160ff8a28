using System.Buffers.Binary;

namespace TensorLogic;

/// <summary>Walks the marker segments of a JPEG file (ITU-T T.81, annex B) to its end.</summary>
internal static class JpegHeader
{
    // A progressive scan costs a pass over all blocks whatever its length; encoders write about ten.
    private const int MostScans = 100;

    private const byte StartOfFrame0 = 0xC0, HuffmanTables = 0xC4, Reserved = 0xC8, ArithmeticTables = 0xCC, StartOfFrame15 = 0xCF;
    private const byte Restart0 = 0xD0, StartOfImage = 0xD8, EndOfImage = 0xD9, StartOfScan = 0xDA, Application1 = 0xE1, Temporary = 0x01;

    public static ImageHeader Read(ReadOnlySpan<byte> file, string name)
    {
        ImageFileInfo? info = null;
        int orientation = 0, scans = 0;
        for (int at = 2; ;)
        {
            at = NextMarker(file, at);
            if (at < 0) throw new ModelFormatException(name, "The JPEG file ends before its end-of-image marker.", offset: file.Length);
            byte marker = file[at++];
            if (marker == EndOfImage) break;
            if (marker is Temporary or (>= Restart0 and <= StartOfImage)) continue;

            int left = file.Length - at;
            int length = left < 2 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(file[at..]);
            if (length < 2 || length > left)
                throw new ModelFormatException(name, $"A JPEG segment of {length} bytes does not fit into the {left} bytes left.", offset: at, field: $"marker {marker:X2}");
            ReadOnlySpan<byte> segment = file.Slice(at + 2, length - 2);
            if (marker is >= StartOfFrame0 and <= StartOfFrame15 and not (HuffmanTables or Reserved or ArithmeticTables))
            {
                if (info is not null) throw new ModelFormatException(name, "The JPEG file has two frame headers.", offset: at);
                info = ReadFrame(marker, segment, name, at);
            }
            else if (marker == StartOfScan && ++scans > MostScans) throw new ModelLimitException(name, "JPEG scans", scans, MostScans);
            else if (marker == Application1 && orientation == 0 && segment.StartsWith("Exif\0\0"u8)) orientation = Orientation.FromTiff(segment[6..]);
            at += length;
        }
        if (info is null || scans == 0) throw new ModelFormatException(name, "The JPEG file has no picture in it.");
        return new() { Info = info, Orientation = Math.Max(1, orientation) };
    }

    private static ImageFileInfo ReadFrame(byte marker, ReadOnlySpan<byte> frame, string name, int offset)
    {
        if (marker > StartOfFrame0 + 2)
            throw new ModelFormatException(name, "Lossless, hierarchical and arithmetic-coded JPEG files are not supported. Save the picture as baseline JPEG or PNG.", offset);
        if (frame.Length < 6) throw new ModelFormatException(name, "The JPEG frame header is too short.", offset);
        if (frame[0] != 8) throw new ModelFormatException(name, $"JPEG files with {frame[0]} bits a channel are not supported, only 8.", offset);
        if (frame[5] == 4) throw new ModelFormatException(name, "CMYK JPEG files are not supported. Convert the picture to RGB.", offset);
        if (frame[5] is not (1 or 3)) throw new ModelFormatException(name, $"A JPEG picture has 1 or 3 channels, not {frame[5]}.", offset);
        return new(ImageFileFormat.Jpeg, BinaryPrimitives.ReadUInt16BigEndian(frame[3..]), BinaryPrimitives.ReadUInt16BigEndian(frame[1..]), 8);
    }

    /// <summary>Position of the next marker code, past entropy-coded data, stuffed zeros and fill bytes; -1 at the end.</summary>
    private static int NextMarker(ReadOnlySpan<byte> file, int at)
    {
        while (at < file.Length)
        {
            int found = file[at..].IndexOf((byte)0xFF);
            if (found < 0) return -1;
            at += found;
            while (at < file.Length && file[at] == 0xFF) at++;
            if (at < file.Length && file[at] != 0) return at;
        }
        return -1;
    }
}
