using System.Collections.Immutable;

namespace TensorLogic.Formats.SafeTensors;

/// <summary>What the header of one file says, checked.</summary>
/// <param name="DataStart">Position in the file of the first data byte.</param>
/// <param name="Metadata">The pairs of <c>__metadata__</c> in file order; null where it is absent or null.</param>
/// <param name="Tensors">Sorted by name.</param>
internal sealed record SafeTensorsHeader(
    long DataStart,
    IReadOnlyList<KeyValuePair<string, string>>? Metadata,
    IReadOnlyList<SafeTensorsEntry> Tensors)
{
    /// <summary>The tensors as their bytes follow each other.</summary>
    public static SafeTensorsEntry[] InDataOrder(IEnumerable<SafeTensorsEntry> tensors)
    {
        SafeTensorsEntry[] sorted = [.. tensors];
        Array.Sort(sorted, (x, y) => (x.Start, x.End).CompareTo((y.Start, y.End)));
        return sorted;
    }
}

/// <summary>One tensor of a header.</summary>
/// <param name="Name">Name; may be empty.</param>
/// <param name="Dtype">Element type.</param>
/// <param name="Dimensions">Sizes, outermost first.</param>
/// <param name="Start">First byte, counted from the start of the data.</param>
/// <param name="End">One past the last byte.</param>
/// <param name="Place">Position of the name in the file, for messages.</param>
internal sealed record SafeTensorsEntry(string Name, SafeTensorsDtype Dtype, ImmutableArray<long> Dimensions, long Start, long End, long Place)
{
    public long ByteCount => End - Start;

    /// <summary>Number of elements. Exact and no overflow: the reader has compared it with the byte range.</summary>
    public long ElementCount => (long)((Int128)ByteCount * 8 / Dtype.ElementType.Bits);
}
