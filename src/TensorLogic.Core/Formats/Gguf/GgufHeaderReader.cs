using System.Collections.Immutable;

namespace TensorLogic.Formats.Gguf;

/// <summary>Reads and checks a header.</summary>
internal static class GgufHeaderReader
{
    /// <summary>Reads the header of a file.</summary>
    /// <param name="start">The file from its first byte; the data may be missing.</param>
    /// <param name="fileLength">Length of the whole file.</param>
    /// <param name="file">Path, for messages.</param>
    /// <param name="limits">Bounds.</param>
    /// <exception cref="ModelFormatException">The header is broken or does not describe the file.</exception>
    /// <exception cref="ModelLimitException">The header asks for more than allowed.</exception>
    public static GgufHeader Read(ReadOnlySpan<byte> start, long fileLength, string file, LoadLimits limits)
    {
        GgufReader reader = new(start, fileLength, file, limits);
        int version = reader.Version();
        // Of a tensor: name, number of axes, type, offset. Of a pair: key, type, a byte.
        int tensorCount = reader.Count("Number of tensors", reader.LengthBytes + 16, limits.Count);
        int pairCount = reader.Count("Number of metadata entries", reader.LengthBytes + 5, limits.Count);
        OrderedDictionary<string, object> metadata = Metadata(ref reader, pairCount, limits);
        uint alignment = metadata.TryGetValue(GgufHeader.AlignmentKey, out object? given) ? (uint)given : GgufLimits.Alignment;
        var tensors = new List<GgufEntry>(Math.Min(tensorCount, 1024));
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < tensorCount; i++)
        {
            GgufEntry entry = Tensor(ref reader, limits);
            if (!names.Add(entry.Name)) throw reader.Broken($"Two tensors are named \"{entry.Name}\".", entry.Place);
            if (entry.Offset % alignment != 0)
                throw reader.Broken($"The data begin at {entry.Offset}, which is no multiple of the alignment {alignment}.", entry.Place);
            tensors.Add(entry);
            reader.Field = null;
        }
        long dataStart = ((long)reader.Position + alignment - 1) / alignment * alignment;
        CheckPlaces(reader, tensors, fileLength - dataStart);
        return new(version, reader.IsBigEndian, metadata, tensors, dataStart);
    }

    private static OrderedDictionary<string, object> Metadata(ref GgufReader reader, int count, LoadLimits limits)
    {
        OrderedDictionary<string, object> metadata = new(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            int at = reader.Position;
            reader.Charge(GgufLimits.PairCost);
            string key = reader.Text("a metadata key", Math.Min(limits.NameBytes, GgufLimits.KeyBytes));
            if (key.Length == 0) throw reader.Broken("A metadata key is empty.", at);
            reader.Field = key;
            if (metadata.ContainsKey(key)) throw reader.Broken($"The metadata key \"{key}\" is given twice.", at);
            GgufValueType type = (GgufValueType)reader.UInt32("a value type");
            int valueAt = reader.Position;
            object value = reader.Value(type);
            if (key == GgufHeader.AlignmentKey && value is not uint) throw reader.Broken($"Expected a value of type UInt32, found {type}.", valueAt);
            if (key == GgufHeader.AlignmentKey && value is uint alignment && (!uint.IsPow2(alignment) || alignment > GgufLimits.GreatestAlignment))
                throw reader.Broken($"Expected a power of two up to {GgufLimits.GreatestAlignment}, found {alignment}.", valueAt);
            metadata.Add(key, value);
            reader.Field = null;
        }
        return metadata;
    }

    private static GgufEntry Tensor(ref GgufReader reader, LoadLimits limits)
    {
        reader.Charge(GgufLimits.TensorCost);
        int at = reader.Position;
        string name = reader.Text("a tensor name", Math.Min(limits.NameBytes, GgufLimits.NameBytes));
        reader.Field = name;
        uint axes = reader.UInt32("a number of axes");
        if (axes > GgufLimits.Axes) throw reader.Broken($"Expected up to {GgufLimits.Axes} axes, found {axes}.", at);
        var sizes = new long[axes];
        for (int axis = sizes.Length - 1; axis >= 0; axis--)
        {
            ulong size = reader.Length("a size");
            if (size > long.MaxValue) throw reader.Broken($"Expected a size below 2^63, found {size}.", at);
            sizes[axis] = (long)size;
        }
        uint id = reader.UInt32("a tensor type");
        GgufType type = GgufType.Find(id) ?? throw reader.Broken($"The tensor type {id} is not known or was removed from the format.", at,
            "Convert the model anew with a present version of its tool, or use a newer release of the library.");
        ulong offset = reader.UInt64("an offset");
        return new(name, type, ImmutableArray.Create(sizes), offset, ByteCount(reader, type, sizes, at), at);
    }

    private static long ByteCount(GgufReader reader, GgufType type, long[] sizes, int at)
    {
        long row = sizes.Length == 0 ? 1 : sizes[^1];
        if (row % type.BlockElements != 0)
            throw reader.Broken($"A row has {row} elements, which blocks of {type.BlockElements} ({type}) do not fill.", at);
        Int128 bytes = (Int128)(row / type.BlockElements) * type.BlockBytes;
        foreach (long size in sizes.AsSpan(0, Math.Max(0, sizes.Length - 1)))
        {
            if (bytes > long.MaxValue) break;
            bytes *= size;
        }
        if (bytes > long.MaxValue) throw reader.Broken($"{type} [{string.Join(", ", sizes)}] takes more than 2^63 bytes.", at);
        return (long)bytes;
    }

    /// <summary>Every tensor lies in the file and none shares bytes with another. The order of the data is free, and holes are allowed.</summary>
    private static void CheckPlaces(GgufReader reader, List<GgufEntry> tensors, long dataLength)
    {
        GgufEntry? before = null;
        foreach (GgufEntry entry in tensors.Where(entry => entry.ByteCount > 0).OrderBy(entry => entry.Offset))
        {
            reader.Field = entry.Name;
            if (dataLength < 0 || entry.Offset > (ulong)dataLength || entry.ByteCount > dataLength - (long)entry.Offset)
                throw reader.Broken($"{entry.Type} [{string.Join(", ", entry.Dimensions)}] takes {entry.ByteCount} bytes at {entry.Offset}, but the file has {Math.Max(dataLength, 0)} data bytes.",
                    entry.Place, GgufReader.CutShort);
            if (before is not null && entry.Offset < before.Offset + (ulong)before.ByteCount)
                throw reader.Broken($"The data begin at {entry.Offset}, inside the tensor \"{before.Name}\".", entry.Place);
            before = entry;
        }
    }
}
