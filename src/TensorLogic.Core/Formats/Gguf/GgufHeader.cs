using System.Collections.Immutable;

namespace TensorLogic.Formats.Gguf;

/// <summary>A tensor of a file's directory.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">How it is stored.</param>
/// <param name="Dimensions">Sizes, outermost first: the file has them the other way round.</param>
/// <param name="Offset">First byte, counted from the start of the data.</param>
/// <param name="ByteCount">Stored size.</param>
/// <param name="Place">Where the entry stands in the file.</param>
internal sealed record GgufEntry(string Name, GgufType Type, ImmutableArray<long> Dimensions, ulong Offset, long ByteCount, int Place)
{
    /// <summary>Number of elements.</summary>
    public long ElementCount => ByteCount / Type.BlockBytes * Type.BlockElements;
}

/// <summary>What stands before the data.</summary>
/// <param name="Version">1 to 3.</param>
/// <param name="IsBigEndian">True where numbers have their highest byte first.</param>
/// <param name="Metadata">Values in the file's own types, in file order; lists as <see cref="ImmutableArray{T}"/>.</param>
/// <param name="Tensors">The directory, in file order.</param>
/// <param name="DataStart">First data byte. A file without data may end before it.</param>
internal sealed record GgufHeader(
    int Version, bool IsBigEndian, OrderedDictionary<string, object> Metadata, IReadOnlyList<GgufEntry> Tensors, long DataStart)
{
    public const string AlignmentKey = "general.alignment";
}
