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

    /// <summary>The type of a value of <see cref="ModelMetadata.UserDefined"/>. Lists come with their items as an array of their own type; an array type
    /// without items stands for a value that the format lacks.</summary>
    public static (GgufValueType Type, Array? Items) Of(object? value) => value switch
    {
        byte => (GgufValueType.UInt8, null),
        sbyte => (GgufValueType.Int8, null),
        ushort => (GgufValueType.UInt16, null),
        short => (GgufValueType.Int16, null),
        uint => (GgufValueType.UInt32, null),
        int => (GgufValueType.Int32, null),
        float => (GgufValueType.Float32, null),
        bool => (GgufValueType.Bool, null),
        string => (GgufValueType.String, null),
        ulong => (GgufValueType.UInt64, null),
        long => (GgufValueType.Int64, null),
        double => (GgufValueType.Float64, null),
        // An array says what it holds; asked by interface, a byte[] would pass for a list of sbyte too.
        Array array => (GgufValueType.Array, s_byItem.ContainsKey(array.GetType().GetElementType()!) ? array : null),
        _ => (GgufValueType.Array, ItemsOf(value)),
    };

    /// <summary>The type of the items of an array that <see cref="Of"/> gave.</summary>
    public static GgufValueType OfItems(Array items) => s_byItem[items.GetType().GetElementType()!];

    private static Array? ItemsOf(object? list) => Items<byte>(list) ?? Items<sbyte>(list) ?? Items<ushort>(list) ?? Items<short>(list)
        ?? Items<uint>(list) ?? Items<int>(list) ?? Items<float>(list) ?? Items<bool>(list) ?? Items<string>(list) ?? Items<ulong>(list)
        ?? Items<long>(list) ?? Items<double>(list) ?? (Array?)Items<object>(list);

    private static T[]? Items<T>(object? value) => value is IReadOnlyList<T> list ? list.ToArray() : null;

    private static readonly Dictionary<Type, GgufValueType> s_byItem = new()
    {
        [typeof(byte)] = GgufValueType.UInt8,
        [typeof(sbyte)] = GgufValueType.Int8,
        [typeof(ushort)] = GgufValueType.UInt16,
        [typeof(short)] = GgufValueType.Int16,
        [typeof(uint)] = GgufValueType.UInt32,
        [typeof(int)] = GgufValueType.Int32,
        [typeof(float)] = GgufValueType.Float32,
        [typeof(bool)] = GgufValueType.Bool,
        [typeof(string)] = GgufValueType.String,
        [typeof(object)] = GgufValueType.Array,
        [typeof(ulong)] = GgufValueType.UInt64,
        [typeof(long)] = GgufValueType.Int64,
        [typeof(double)] = GgufValueType.Float64,
    };
}
