namespace TensorLogic.Formats.SafeTensors;

/// <summary>Bounds of the format itself; those a caller may change are in <see cref="LoadLimits"/>.</summary>
internal static class SafeTensorsLimits
{
    /// <summary>The header length that stands before the header, a little-endian 64-bit number.</summary>
    public const int LengthBytes = 8;

    /// <summary>The longest header that the reference implementation reads and writes.</summary>
    public const int HeaderBytes = 100_000_000;

    /// <summary>What one described tensor costs in memory: entry, name, sizes, place in the dictionary.</summary>
    public const int TensorCost = 416;

    /// <summary>What one metadata pair or shard name costs in memory besides its text.</summary>
    public const int TextCost = 224;

    /// <summary>What one size of a shape costs while it is read: the list that grows, then the array.</summary>
    public const int DimensionCost = 3 * sizeof(long);
}
