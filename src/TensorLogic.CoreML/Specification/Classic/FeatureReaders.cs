using TensorLogic.CoreML.Protobuf;
using static TensorLogic.CoreML.Protobuf.WireType;

namespace TensorLogic.CoreML.Specification.Classic;

/// <summary><c>FeatureVectorizer</c>.</summary>
internal sealed class VectorizerReader : ClassicReader
{
    private readonly List<(string, ulong)> _columns = [];

    public override void Read(ProtobufReader reader)
    {
        while (reader.Next())
        {
            if ((reader.Field, reader.Wire) != (1, Bytes)) continue;
            Count(reader, _columns.Count, 48, "inputList");
            ProtobufReader column = reader.Message("inputList", _columns.Count);
            string name = "";
            ulong count = 0;
            while (column.Next())
                switch (column.Field, column.Wire)
                {
                    case (1, Bytes): name = column.Name("inputColumn"); break;
                    case (2, Varint): count = column.UInt64(); break;
                }
            _columns.Add((name, count));
        }
    }

    public override ClassicSpecification Build() => new VectorizerSpecification(_columns);
}

/// <summary><c>DictVectorizer</c>.</summary>
internal sealed class DictVectorizerReader : ClassicReader
{
    private readonly CategoryReader _keys = new();

    public override void Read(ProtobufReader reader)
    {
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes): _keys.Strings(reader.Message("stringToIndex")); break;
                case (2, Bytes): _keys.Integers(reader.Message("int64ToIndex")); break;
            }
    }

    public override ClassicSpecification Build() => new DictVectorizerSpecification(_keys.Build());
}

/// <summary><c>OneHotEncoder</c>.</summary>
internal sealed class OneHotReader : ClassicReader
{
    private readonly CategoryReader _categories = new();
    private bool _isSparse;
    private int _handleUnknown;

    public override void Read(ProtobufReader reader)
    {
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes): _categories.Strings(reader.Message("stringCategories")); break;
                case (2, Bytes): _categories.Integers(reader.Message("int64Categories")); break;
                case (10, Varint): _isSparse = reader.Bool(); break;
                case (11, Varint): _handleUnknown = reader.Int32(); break;
            }
    }

    public override ClassicSpecification Build() => new OneHotSpecification(_categories.Build(), _isSparse, _handleUnknown);
}

/// <summary><c>ArrayFeatureExtractor</c>.</summary>
internal sealed class ExtractorReader : ClassicReader
{
    private readonly List<long> _indices = [];

    public override void Read(ProtobufReader reader)
    {
        while (reader.Next())
            if (reader.Field == 1 && reader.Wire is (Varint or Bytes)) reader.AddIntegers(_indices, "extractIndex");
    }

    public override ClassicSpecification Build() => new ExtractorSpecification(_indices);
}

/// <summary><c>Scaler</c>.</summary>
internal sealed class ScalerReader : ClassicReader
{
    private readonly PackedNumbers<double> _shift = new(), _scale = new();

    public override void Read(ProtobufReader reader)
    {
        while (reader.Next())
            if (reader.Field == 1) _shift.TryAdd(reader, "shiftValue");
            else if (reader.Field == 2) _scale.TryAdd(reader, "scaleValue");
    }

    public override ClassicSpecification Build() => new ScalerSpecification(_shift.ToArray(), _scale.ToArray());
}

/// <summary><c>Normalizer</c>.</summary>
internal sealed class NormalizerReader : ClassicReader
{
    private int _norm;

    public override void Read(ProtobufReader reader)
    {
        while (reader.Next())
            if ((reader.Field, reader.Wire) == (1, Varint)) _norm = reader.Int32();
    }

    public override ClassicSpecification Build() => new NormalizerSpecification(_norm);
}

/// <summary><c>Imputer</c>.</summary>
internal sealed class ImputerReader : ClassicReader
{
    private object? _imputed, _replaced;
    private int _kind;

    public override void Read(ProtobufReader reader)
    {
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Fixed64): (_imputed, _kind) = (reader.Double(), 1); break;
                case (2, Varint): (_imputed, _kind) = (reader.Int64(), 2); break;
                case (3, Bytes): (_imputed, _kind) = (reader.Text("imputedStringValue"), 3); break;
                case (4, Bytes): (_imputed, _kind) = (Vectors.Doubles(reader.Message("imputedDoubleArray"), "vector"), 4); break;
                case (5, Bytes):
                    List<long> integers = [];
                    ProtobufReader vector = reader.Message("imputedInt64Array");
                    while (vector.Next())
                        if (vector.Field == 1 && vector.Wire is (Varint or Bytes)) vector.AddIntegers(integers, "vector");
                    (_imputed, _kind) = (integers.ToArray(), 5);
                    break;
                case (6 or 7, Bytes):
                    Dictionary<object, double> map = [];
                    MapReader.Read(reader.Message("imputedDictionary"), map, reader.Field == 6, 0, static (value, before) => value.Wire == Fixed64 ? value.Double() : before);
                    (_imputed, _kind) = (Feature.Dictionary(map), reader.Field);
                    break;
                case (11, Fixed64): _replaced = reader.Double(); break;
                case (12, Varint): _replaced = reader.Int64(); break;
                case (13, Bytes): _replaced = reader.Text("replaceStringValue"); break;
            }
    }

    public override ClassicSpecification Build() => new ImputerSpecification(_imputed, _replaced);
}

/// <summary><c>CategoricalMapping</c>.</summary>
internal sealed class MappingReader : ClassicReader
{
    private Dictionary<object, object>? _map;
    private bool _fromStrings;
    private object? _otherwise;

    public override void Read(ProtobufReader reader)
    {
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1 or 2, Bytes):
                    bool fromStrings = reader.Field == 1;
                    if (_map is null || _fromStrings != fromStrings) (_map, _fromStrings) = ([], fromStrings);
                    if (fromStrings) MapReader.Read(reader.Message("stringToInt64Map"), _map, true, (object)0L, static (value, before) => value.Wire == Varint ? value.Int64() : before);
                    else MapReader.Read(reader.Message("int64ToStringMap"), _map, false, (object)"", static (value, before) => value.Wire == Bytes ? value.Name("value") : before);
                    break;
                case (101, Bytes): _otherwise = reader.Name("strValue"); break;
                case (102, Varint): _otherwise = reader.Int64(); break;
            }
    }

    public override ClassicSpecification Build() => new MappingSpecification(_map, _fromStrings, _otherwise);
}
