using TensorLogic.CoreML.Protobuf;
using static TensorLogic.CoreML.Protobuf.WireType;

namespace TensorLogic.CoreML.Specification;

/// <summary>Reads the <c>ValueType</c> messages of an ML Program.</summary>
internal static class MilTypeReader
{
    private const int RecordBytes = 96;

    public static MilType Read(ProtobufReader reader)
    {
        MilType? type = null;
        while (reader.Next())
            type = (reader.Field, reader.Wire) switch
            {
                (1, Bytes) => Tensor(reader.Message("tensorType")),
                (2, Bytes) => List(reader.Message("listType")),
                (3, Bytes) => Tuple(reader.Message("tupleType")),
                (4, Bytes) => Dictionary(reader.Message("dictionaryType")),
                (5, Bytes) => State(reader.Message("stateType")),
                _ => type,
            };
        reader.Source.Charge(RecordBytes, "types");
        return type ?? throw reader.Broken("Expected a type, found none.");
    }

    private static MilTensorType Tensor(ProtobufReader reader)
    {
        int dataType = 0;
        long rank = 0;
        List<Dimension> dimensions = [];
        bool anyRank = false;
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Varint): dataType = reader.Int32(); break;
                case (2, Varint): rank = reader.Int64(); break;
                case (3, Bytes):
                    if (dimensions.Count >= Shape.MaxRank) throw new ModelLimitException(reader.Source.File, "Number of axes", dimensions.Count + 1, Shape.MaxRank);
                    dimensions.Add(ReadDimension(reader.Message("dimensions", dimensions.Count), out bool variadic));
                    anyRank |= variadic;
                    break;
            }
        if (!TryParse(dataType, out ElementType? element)) throw reader.Broken($"Expected a data type of an ML Program, found {dataType}.", "dataType");
        if (rank == -1 && dimensions.Count == 0) return new(element, [], HasRank: false);
        if (rank != dimensions.Count) throw reader.Broken($"Expected {rank} dimensions, found {dimensions.Count}.", "rank");
        CheckSize(dimensions, reader);
        // A variadic dimension stands for any number of axes.
        return anyRank ? new(element, [], HasRank: false) : new(element, [.. dimensions]);
    }

    private static void CheckSize(List<Dimension> dimensions, ProtobufReader reader)
    {
        Int128 count = 1;
        foreach (Dimension dimension in dimensions)
            if ((count *= Math.Max(dimension.Size ?? 1, 1)) > long.MaxValue)
                throw new ModelLimitException(reader.Source.File, $"Elements of a tensor [{string.Join(", ", dimensions)}]", count, long.MaxValue);
    }

    private static Dimension ReadDimension(ProtobufReader reader, out bool variadic)
    {
        Dimension? dimension = null;
        variadic = false;
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes): dimension = Constant(reader.Message("constant")); break;
                case (2, Bytes):
                    dimension = Dimension.Unknown;
                    variadic = IsVariadic(reader.Message("unknown"));
                    break;
            }
        return dimension ?? throw reader.Broken("Expected a size, found none.");
    }

    private static bool IsVariadic(ProtobufReader reader)
    {
        bool variadic = false;
        while (reader.Next())
            if ((reader.Field, reader.Wire) == (1, Varint)) variadic = reader.UInt64() != 0;
        return variadic;
    }

    private static Dimension Constant(ProtobufReader reader)
    {
        ulong size = 0;
        while (reader.Next())
            if ((reader.Field, reader.Wire) == (1, Varint))
                size = reader.UInt64();
        if (size > int.MaxValue) throw new ModelLimitException(reader.Source.File, "Size of an axis", size, int.MaxValue);
        return (int)size;
    }

    private static MilListType List(ProtobufReader reader)
    {
        MilType? element = null;
        Dimension length = Dimension.Unknown;
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes): element = Read(reader.Message("type")); break;
                case (2, Bytes): length = ReadDimension(reader.Message("length"), out _); break;
            }
        return new(element ?? throw reader.Broken("Expected the type of the elements, found none.", "type"), length);
    }

    private static MilTupleType Tuple(ProtobufReader reader)
    {
        List<MilType> elements = [];
        while (reader.Next())
            if ((reader.Field, reader.Wire) == (1, Bytes))
                elements.Add(Read(reader.Message("types", elements.Count)));
        return new(elements);
    }

    private static MilDictionaryType Dictionary(ProtobufReader reader)
    {
        MilType? key = null, value = null;
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes): key = Read(reader.Message("keyType")); break;
                case (2, Bytes): value = Read(reader.Message("valueType")); break;
            }
        return key is null || value is null ? throw reader.Broken("Expected the types of keys and values, found none.") : new(key, value);
    }

    private static MilStateType State(ProtobufReader reader)
    {
        MilType? wrapped = null;
        while (reader.Next())
            if ((reader.Field, reader.Wire) == (1, Bytes))
                wrapped = Read(reader.Message("wrappedType"));
        return new(wrapped ?? throw reader.Broken("Expected the type of the state, found none.", "wrappedType"));
    }

    /// <summary>The element type of a <c>DataType</c>; null for strings.</summary>
    private static bool TryParse(int dataType, out ElementType? type)
    {
        type = dataType switch
        {
            1 => ElementType.Bool,
            10 => ElementType.Float16,
            11 => ElementType.Float32,
            12 => ElementType.Float64,
            13 => ElementType.BFloat16,
            21 => ElementType.Int8,
            22 => ElementType.Int16,
            23 => ElementType.Int32,
            24 => ElementType.Int64,
            25 => ElementType.Int4,
            31 => ElementType.UInt8,
            32 => ElementType.UInt16,
            33 => ElementType.UInt32,
            34 => ElementType.UInt64,
            35 => ElementType.UInt4,
            36 => ElementType.UInt2,
            37 => ElementType.UInt1,
            38 => ElementType.UInt6,
            39 => ElementType.UInt3,
            40 => ElementType.Float8E4M3,
            41 => ElementType.Float8E5M2,
            _ => null,
        };
        return type is not null || dataType == 2;
    }
}
