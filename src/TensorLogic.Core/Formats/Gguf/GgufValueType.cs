namespace TensorLogic.Formats.Gguf;

/// <summary>Type of a metadata value; the numbers are those of the format.</summary>
internal enum GgufValueType : uint
{
    UInt8,
    Int8,
    UInt16,
    Int16,
    UInt32,
    Int32,
    Float32,
    Bool,
    String,
    Array,
    UInt64,
    Int64,
    Float64,
}

/// <summary>Facts about value types.</summary>
internal static class GgufValueTypes
{
    public static bool IsKnown(GgufValueType type) => type <= GgufValueType.Float64;

    /// <summary>The fewest bytes that a value takes.</summary>
    /// <param name="type">A known type.</param>
    /// <param name="lengthBytes">Bytes of a length: 4 in version 1, else 8.</param>
    public static int LeastBytes(GgufValueType type, int lengthBytes) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Bool => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        GgufValueType.String => lengthBytes,
        GgufValueType.Array => sizeof(uint) + lengthBytes,
        _ => 8,
    };
}
