using System.Collections.Immutable;

namespace TensorLogic.Formats.Gguf;

/// <summary>A tensor of a file's directory.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">How it is stored.</param>
/// <param name="Dimensions">Sizes, outermost first: the file has them the other way round.</param>
/// <param name="Start">First byte in the file.</param>
/// <param name="ByteCount">Stored size.</param>
internal sealed record GgufEntry(string Name, GgufType Type, ImmutableArray<long> Dimensions, long Start, long ByteCount)
{
    public long ElementCount => Dimensions.Aggregate(1L, (product, size) => product * size);
}

/// <summary>What stands before the tensors of a file.</summary>
internal sealed record GgufHeader(int Version, bool IsBigEndian, IReadOnlyDictionary<string, object> Metadata, IReadOnlyList<GgufEntry> Tensors)
{
    private const string AlignmentKey = "general.alignment";
    private const uint UInt32Type = 4;
    private const int MaxDimensions = 4, MaxNameBytes = 64, DefaultAlignment = 32;

    /// <summary>Reads and checks a header.</summary>
    /// <param name="bytes">The file, or as much of it as a span can hold.</param>
    /// <param name="fileLength">Length of the file.</param>
    /// <param name="path">For errors.</param>
    /// <param name="limits">What the file may ask for.</param>
    public static GgufHeader Read(ReadOnlySpan<byte> bytes, long fileLength, string path, LoadLimits limits)
    {
        GgufReader reader = new(bytes, fileLength, path, limits);
        int version = (int)reader.Version();
        int tensorCount = reader.Count("Tensors", version == 1 ? 16 : 24), pairCount = reader.Count("Metadata pairs", version == 1 ? 9 : 13);

        OrderedDictionary<string, object> metadata = new(StringComparer.Ordinal);
        for (int i = 0; i < pairCount; i++)
        {
            int at = reader.Position;
            string key = reader.Text("a metadata key", Math.Min(limits.NameBytes, ushort.MaxValue));
            if (key.Length == 0) throw reader.Broken("A metadata key is empty.", at);
            uint type = reader.UInt32();
            if (key == AlignmentKey && type != UInt32Type) throw reader.Broken($"{AlignmentKey} is of type {type}, not a 32-bit unsigned integer.", at);
            if (!metadata.TryAdd(key, reader.Value(type, key))) throw reader.Broken($"The metadata key '{key}' stands twice.", at);
        }
        long alignment = DefaultAlignment;
        if (metadata.TryGetValue(AlignmentKey, out object? given))
        {
            alignment = given is long number ? number : 0;
            if (alignment < 1 || !long.IsPow2(alignment) || alignment > 1 << 30) throw reader.Broken($"{AlignmentKey} is {given}, not a power of two.", reader.Position);
        }

        List<(string Name, GgufType Type, ImmutableArray<long> Sizes, long Bytes, ulong Offset, int At)> listed = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < tensorCount; i++)
        {
            int at = reader.Position;
            string name = reader.Text("a tensor name", Math.Min(limits.NameBytes, MaxNameBytes));
            if (!names.Add(name)) throw reader.Broken($"The tensor '{name}' stands twice.", at);
            uint rank = reader.UInt32();
            if (rank > MaxDimensions) throw reader.Broken($"The tensor '{name}' has {rank} dimensions; {MaxDimensions} are allowed.", at);
            var sizes = new long[rank];
            for (int axis = (int)rank - 1; axis >= 0; axis--)
            {
                ulong size = reader.Length();
                if (size > long.MaxValue) throw reader.Broken($"The tensor '{name}' has a size of {size}.", at);
                sizes[axis] = (long)size;
            }
            uint id = reader.UInt32();
            GgufType type = GgufType.Find(id) ?? throw reader.Broken($"The tensor '{name}' has the unknown type {id}.", at);
            ulong offset = reader.UInt64();
            listed.Add((name, type, [.. sizes], ByteCount(reader, name, type, sizes, at), offset, at));
        }

        long dataStart = (reader.Position + alignment - 1) / alignment * alignment;
        List<GgufEntry> entries = [];
        foreach ((string name, GgufType type, ImmutableArray<long> sizes, long size, ulong offset, int at) in listed)
        {
            if (offset % (ulong)alignment != 0) throw reader.Broken($"The tensor '{name}' begins at {offset}, which is no multiple of {alignment}.", at);
            if (size > 0 && (offset > (ulong)fileLength || (Int128)dataStart + offset + size > fileLength))
                throw reader.Broken($"The tensor '{name}' has {size} bytes at {(Int128)dataStart + offset}; the file has {fileLength}.", at);
            entries.Add(new(name, type, sizes, size == 0 ? 0 : dataStart + (long)offset, size));
        }
        CheckOverlap(reader, entries);
        return new(version, reader.IsBigEndian, metadata, entries);
    }

    private static long ByteCount(GgufReader reader, string name, GgufType type, long[] sizes, int at)
    {
        Int128 count = 1;
        foreach (long size in sizes)
        {
            count *= size;
            if (count > long.MaxValue / 8) throw reader.Broken($"The tensor '{name}' is larger than any file: [{string.Join(", ", sizes)}].", at);
        }
        long row = sizes.Length == 0 ? 1 : sizes[^1];
        if (row % type.BlockElements != 0) throw reader.Broken($"The rows of the tensor '{name}' have {row} elements, which blocks of {type.BlockElements} ({type.Name}) do not fill.", at);
        return (long)(count / type.BlockElements * type.BlockBytes);
    }

    private static void CheckOverlap(GgufReader reader, List<GgufEntry> entries)
    {
        long end = 0;
        foreach (GgufEntry entry in entries.Where(entry => entry.ByteCount > 0).OrderBy(entry => entry.Start))
        {
            if (entry.Start < end) throw reader.Broken($"The tensor '{entry.Name}' begins inside another.", entry.Start);
            end = entry.Start + entry.ByteCount;
        }
    }
}
