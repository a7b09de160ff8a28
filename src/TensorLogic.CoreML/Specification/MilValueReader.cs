using System.Runtime.InteropServices;
using TensorLogic.CoreML.Packages;
using TensorLogic.CoreML.Protobuf;
using static TensorLogic.CoreML.Protobuf.WireType;

namespace TensorLogic.CoreML.Specification;

/// <summary>Reads the <c>Value</c> messages of an ML Program. Each value has as many elements as its type says.</summary>
internal static class MilValueReader
{
    private const int RecordBytes = 160;

    private static readonly MilTensorType ScalarString = new(null, []);

    public static MilValue Read(ProtobufReader reader, CoreMLPackage package)
    {
        ProtobufReader outer = reader;
        MilType? type = null;
        while (reader.Next())
            if ((reader.Field, reader.Wire) == (2, Bytes))
                type = MilTypeReader.Read(reader.Message("type"));
        if (type is null) throw reader.Broken("Expected the type of the value, found none.", "type");

        // The type may stand after the value, so the fields are walked again.
        MilValue? value = null;
        reader = outer;
        while (reader.Next())
            value = (reader.Field, reader.Wire) switch
            {
                (3, Bytes) => Immediate(reader.Message("immediateValue"), type, package),
                (5, Bytes) => Blob(reader.Message("blobFileValue"), type, package),
                _ => value,
            };
        reader.Source.Charge(RecordBytes, "values");
        return value ?? throw reader.Broken("Expected a value, found neither an immediate one nor a file.");
    }

    private static MilBlobValue Blob(ProtobufReader reader, MilType type, CoreMLPackage package)
    {
        string file = "";
        ulong offset = 0;
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes): file = reader.Name("fileName"); break;
                case (2, Varint): offset = reader.UInt64(); break;
            }
        MilTensorType tensor = Static(type, reader);
        return new(tensor, package.Blob(file, reader.Source.File, reader.Source.Path(reader.Depth, "fileName")), offset);
    }

    private static MilTensorType Static(MilType type, ProtobufReader reader)
    {
        if (type is not MilTensorType { IsString: false } tensor) throw reader.Broken($"Expected a tensor of numbers, found the type {type}.");
        if (!tensor.IsStatic) throw reader.Broken($"Expected known sizes in the type of a constant, found {tensor}.");
        return tensor;
    }

    private static MilValue Immediate(ProtobufReader reader, MilType type, CoreMLPackage package)
    {
        MilValue? value = null;
        while (reader.Next())
            value = (reader.Field, reader.Wire) switch
            {
                (1, Bytes) => Tensor(reader.Message("tensor"), type),
                (2, Bytes) => List(reader.Message("tuple"), type as MilTupleType, package),
                (3, Bytes) => List(reader.Message("list"), type as MilListType, package),
                (4, Bytes) => Dictionary(reader.Message("dictionary"), type as MilDictionaryType, package),
                _ => value,
            };
        return value ?? throw reader.Broken("Expected an immediate value, found none.");
    }

    private static MilListValue List(ProtobufReader reader, MilType? type, CoreMLPackage package)
    {
        if (type is null) throw reader.Broken("Expected a value of the declared type, found a list or tuple.");
        List<MilValue> items = [];
        while (reader.Next())
            if ((reader.Field, reader.Wire) == (1, Bytes))
                items.Add(Read(reader.Message("values", items.Count), package));
        if (type is MilListType { Element: MilTensorType element } && items.FirstOrDefault(item => item.Type is not MilTensorType found || found.ElementType != element.ElementType) is MilValue other)
            throw reader.Broken($"Expected items of {element}, found {other.Type}.");
        int? expected = type is MilTupleType tuple ? tuple.Elements.Count : ((MilListType)type).Length.Size;
        if (expected is int count && count != items.Count) throw reader.Broken($"Expected {count} items, found {items.Count}.");
        return new(type, items);
    }

    private static MilDictionaryValue Dictionary(ProtobufReader reader, MilDictionaryType? type, CoreMLPackage package)
    {
        if (type is null) throw reader.Broken("Expected a value of the declared type, found a dictionary.");
        List<KeyValuePair<MilValue, MilValue>> entries = [];
        while (reader.Next())
        {
            if ((reader.Field, reader.Wire) != (1, Bytes)) continue;
            ProtobufReader pair = reader.Message("values", entries.Count);
            MilValue? key = null, value = null;
            while (pair.Next())
                switch (pair.Field, pair.Wire)
                {
                    case (1, Bytes): key = Read(pair.Message("key"), package); break;
                    case (2, Bytes): value = Read(pair.Message("value"), package); break;
                }
            if (key is null || value is null) throw pair.Broken("Expected a key and a value, found only one of them.");
            entries.Add(new(key, value));
        }
        return new(type, entries);
    }

    private static MilValue Tensor(ProtobufReader reader, MilType type)
    {
        if (type is not MilTensorType tensor) throw reader.Broken($"Expected a value of the type {type}, found a tensor.");
        if (!tensor.IsStatic) throw reader.Broken($"Expected known sizes in the type of a constant, found {tensor}.");
        MilValue? value = null;
        while (reader.Next())
            value = (reader.Field, reader.Wire) switch
            {
                (1, Bytes) => Fixed(reader.Message("floats"), tensor, MilEncoding.Floats),
                (2, Bytes) => Varints(reader.Message("ints"), tensor),
                (3, Bytes) => Varints(reader.Message("bools"), tensor),
                (4, Bytes) => Strings(reader.Message("strings"), tensor),
                (5, Bytes) => Varints(reader.Message("longInts"), tensor),
                (6, Bytes) => Fixed(reader.Message("doubles"), tensor, MilEncoding.Doubles),
                (7, Bytes) => Raw(reader.Message("bytes"), tensor),
                _ => value,
            };
        if (value is not null) return value;
        if (tensor.IsString || tensor.Tensor.Shape.ElementCount != 0) throw reader.Broken($"Expected the elements of {tensor}, found none.");
        return new MilLiteralValue(tensor, []);
    }

    private static MilStringsValue Strings(ProtobufReader reader, MilTensorType type)
    {
        if (!type.IsString) throw reader.Broken($"Expected elements of {type}, found strings.");
        List<string> strings = [];
        while (reader.Next())
            if ((reader.Field, reader.Wire) == (1, Bytes))
            {
                reader.Source.Charge(IntPtr.Size, "values");
                strings.Add(reader.Text("values"));
            }
        long expected = new TensorType(ElementType.UInt8, type.Dimensions).Shape.ElementCount;
        if (strings.Count != expected) throw reader.Broken($"Expected {expected} strings, found {strings.Count}.");
        // Most strings name an operation or a mode; they share one type.
        return new(type.Dimensions.IsEmpty ? ScalarString : type, strings);
    }

    /// <summary>Floats: viewed where they are packed in one piece, else gathered.</summary>
    private static MilTensorValue Fixed(ProtobufReader reader, MilTensorType type, MilEncoding encoding)
    {
        if (type.ElementType is not { IsFloat: true }) throw reader.Broken($"Expected elements of {type}, found floating-point numbers.");
        int size = MilImmediateValue.BytesOf(encoding);
        WireType single = encoding == MilEncoding.Floats ? Fixed32 : Fixed64;
        (long Start, long Length)? piece = null;
        List<byte>? gathered = null;
        while (reader.Next())
        {
            if (reader.Field != 1 || reader.Wire != Bytes && reader.Wire != single) continue;
            if (reader.Wire == Bytes && reader.PayloadLength % size != 0) throw reader.Broken($"Expected whole numbers of {size} bytes, found {reader.PayloadLength} bytes.", "values");
            if (piece is null && gathered is null && reader.Wire == Bytes)
            {
                piece = (reader.PayloadStart, reader.PayloadLength);
                continue;
            }
            gathered ??= Gather(reader, piece);
            piece = null;
            if (reader.Wire == Bytes) Append(gathered, reader, reader.Bytes("values"));
            else Append(gathered, reader, encoding == MilEncoding.Floats ? BitConverter.GetBytes(reader.Float()) : BitConverter.GetBytes(reader.Double()));
        }
        RequireCount(type, (piece?.Length ?? gathered?.Count ?? 0) / size, reader);
        if (piece is (long start, long length)) return new MilImmediateValue(type, reader.Source, start, length, encoding);
        return new MilLiteralValue(type, Converted(gathered ?? [], type, encoding));
    }

    private static List<byte> Gather(ProtobufReader reader, (long Start, long Length)? piece)
    {
        List<byte> gathered = [];
        if (piece is (long start, long length)) Append(gathered, reader, reader.Source.Span(start, length));
        return gathered;
    }

    private static void Append(List<byte> gathered, ProtobufReader reader, ReadOnlySpan<byte> bytes)
    {
        reader.Source.Charge(2L * bytes.Length, "values");
        gathered.AddRange(bytes);
    }

    private static byte[] Converted(List<byte> bytes, MilTensorType type, MilEncoding encoding)
    {
        Shape shape = type.Tensor.Shape;
        using Tensor stored = encoding == MilEncoding.Floats
            ? TensorLogic.Tensor.FromSpan(MemoryMarshal.Cast<byte, float>(CollectionsMarshal.AsSpan(bytes)), shape)
            : TensorLogic.Tensor.FromSpan(MemoryMarshal.Cast<byte, double>(CollectionsMarshal.AsSpan(bytes)), shape);
        using Tensor converted = stored.To(type.Tensor.ElementType);
        return converted.AsBytes().ToArray();
    }

    /// <summary>Integers and booleans.</summary>
    private static MilTensorValue Varints(ProtobufReader reader, MilTensorType type)
    {
        if (type.ElementType is not ({ IsInteger: true } or ElementType.Bool)) throw reader.Broken($"Expected elements of {type}, found integers.");
        (long Start, long Length)? piece = null;
        List<long>? gathered = null;
        long count = 0;
        while (reader.Next())
        {
            if (reader.Field != 1 || reader.Wire is not (Bytes or Varint)) continue;
            if (count == 0 && reader.Wire == Bytes)
            {
                piece = (reader.PayloadStart, reader.PayloadLength);
                count = reader.CountVarints();
                continue;
            }
            if (gathered is null)
            {
                gathered = [];
                if (piece is (long from, long bytes)) reader.AddIntegers(from, bytes, gathered, "values");
            }
            reader.AddIntegers(gathered, "values");
            count = gathered.Count;
        }
        RequireCount(type, count, reader);
        if (gathered is not null) return new MilLiteralValue(type, Pack(gathered, type, reader));
        return new MilImmediateValue(type, reader.Source, piece?.Start ?? 0, piece?.Length ?? 0, MilEncoding.Integers);
    }

    private static byte[] Pack(List<long> numbers, MilTensorType type, ProtobufReader reader)
    {
        using Tensor wide = TensorLogic.Tensor.FromSpan<long>(CollectionsMarshal.AsSpan(numbers), type.Tensor.Shape);
        using Tensor narrow = wide.To(type.Tensor.ElementType);
        if (type.ElementType != ElementType.Bool)
        {
            using Tensor back = narrow.To(ElementType.Int64);
            if (!back.AsBytes().SequenceEqual(wide.AsBytes())) throw reader.Broken($"Expected integers of {type.ElementType?.Name}, found one that is out of range.", "values");
        }
        return narrow.AsBytes().ToArray();
    }

    private static MilImmediateValue Raw(ProtobufReader reader, MilTensorType type)
    {
        if (type.IsString) throw reader.Broken("Expected strings, found bytes.");
        long start = 0, length = 0;
        while (reader.Next())
            if ((reader.Field, reader.Wire) == (1, Bytes))
                (start, length) = (reader.PayloadStart, reader.PayloadLength);
        long count = type.Tensor.Shape.ElementCount;
        long expected = type.Tensor.ElementType.ByteCount(count);
        if (length != expected) throw reader.Broken($"Expected {expected} bytes for {type}, found {length}.", "values");
        return new(type, reader.Source, start, length, MilEncoding.Bytes);
    }

    private static void RequireCount(MilTensorType type, long found, ProtobufReader reader)
    {
        long expected = type.Tensor.Shape.ElementCount;
        if (found != expected) throw reader.Broken($"Expected {expected} elements of {type}, found {found}.", "values");
    }
}
