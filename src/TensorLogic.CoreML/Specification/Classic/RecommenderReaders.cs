using TensorLogic.CoreML.Protobuf;
using static TensorLogic.CoreML.Protobuf.WireType;

namespace TensorLogic.CoreML.Specification.Classic;

/// <summary><c>BayesianProbitRegressor</c>.</summary>
internal sealed class ProbitReader : ClassicReader
{
    private readonly Dictionary<int, string> _names = [];
    private readonly List<(long, long, double, double)> _weights = [];
    private (double Mean, double Precision) _bias;
    private long _features;
    private int _read;

    public override void Read(ProtobufReader reader)
    {
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Varint): _features = (uint)reader.UInt64(); break;
                case (2, Bytes): _bias = Gaussian(reader.Message("bias"), _bias); break;
                case (3, Bytes):
                    Count(reader, _read, 0, "features");
                    ReadFeature(reader.Message("features", _read++));
                    break;
                case (>= 10 and <= 23, Bytes): _names[reader.Field] = reader.Name("featureName"); break;
            }
    }

    private void ReadFeature(ProtobufReader reader)
    {
        long id = 0;
        int first = _weights.Count;
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Varint): id = (uint)reader.UInt64(); break;
                case (2, Bytes):
                    Count(reader, _weights.Count, 160, "weights");
                    ProtobufReader weight = reader.Message("weights", _weights.Count - first);
                    long value = 0;
                    (double Mean, double Precision) gaussian = default;
                    while (weight.Next())
                        switch (weight.Field, weight.Wire)
                        {
                            case (1, Varint): value = (uint)weight.UInt64(); break;
                            case (2, Bytes): gaussian = Gaussian(weight.Message("featureWeight"), gaussian); break;
                        }
                    _weights.Add((id, value, gaussian.Mean, gaussian.Precision));
                    break;
            }
        // The id may follow the weights.
        for (int i = first; i < _weights.Count; i++) _weights[i] = _weights[i] with { Item1 = id };
    }

    private static (double, double) Gaussian(ProtobufReader reader, (double Mean, double Precision) gaussian)
    {
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Fixed64): gaussian.Mean = reader.Double(); break;
                case (2, Fixed64): gaussian.Precision = reader.Double(); break;
            }
        return gaussian;
    }

    public override ClassicSpecification Build() => new ProbitSpecification(_features, _bias, _weights, _names);
}

/// <summary><c>ItemSimilarityRecommender</c>.</summary>
internal sealed class RecommenderReader : ClassicReader
{
    private readonly List<SimilaritySpecification> _items = [];
    private readonly CategoryReader _strings = new(), _integers = new();
    private readonly Dictionary<int, string> _names = [];

    public override void Read(ProtobufReader reader)
    {
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes):
                    Count(reader, _items.Count, 192, "itemItemSimilarities");
                    _items.Add(Similarities(reader.Message("itemItemSimilarities", _items.Count)));
                    break;
                case (2, Bytes): _strings.Strings(reader.Message("itemStringIds")); break;
                case (3, Bytes): _integers.Integers(reader.Message("itemInt64Ids")); break;
                case (>= 10 and <= 21, Bytes): _names[reader.Field] = reader.Name("featureName"); break;
            }
    }

    private static SimilaritySpecification Similarities(ProtobufReader reader)
    {
        ulong id = 0;
        double shift = 0;
        List<(ulong, double)> similar = [];
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Varint): id = reader.UInt64(); break;
                case (3, Fixed64): shift = reader.Double(); break;
                case (2, Bytes):
                    Count(reader, similar.Count, 48, "similarItemList");
                    ProtobufReader connected = reader.Message("similarItemList", similar.Count);
                    (ulong item, double score) = (0, 0);
                    while (connected.Next())
                        switch (connected.Field, connected.Wire)
                        {
                            case (1, Varint): item = connected.UInt64(); break;
                            case (2, Fixed64): score = connected.Double(); break;
                        }
                    similar.Add((item, score));
                    break;
            }
        return new(id, similar, shift);
    }

    public override ClassicSpecification Build() => new RecommenderSpecification(_items, _strings.Build(), _integers.Build(), _names);
}

/// <summary><c>NonMaximumSuppression</c>.</summary>
internal sealed class SuppressionReader : ClassicReader
{
    private readonly CategoryReader _labels = new();
    private readonly Dictionary<int, string> _names = [];
    private bool _hasMethod, _perClass;
    private double _iou, _confidence;

    public override void Read(ProtobufReader reader)
    {
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes):
                    _hasMethod = true;
                    ProtobufReader method = reader.Message("pickTop");
                    while (method.Next())
                        if ((method.Field, method.Wire) == (1, Varint)) _perClass = method.Bool();
                    break;
                case (100, Bytes): _labels.Strings(reader.Message("stringClassLabels")); break;
                case (101, Bytes): _labels.Integers(reader.Message("int64ClassLabels")); break;
                case (110, Fixed64): _iou = reader.Double(); break;
                case (111, Fixed64): _confidence = reader.Double(); break;
                case (>= 200 and <= 211, Bytes): _names[reader.Field] = reader.Name("featureName"); break;
            }
    }

    public override ClassicSpecification Build() => new SuppressionSpecification(_hasMethod, _perClass, _iou, _confidence, _labels.Build(), _names);
}
