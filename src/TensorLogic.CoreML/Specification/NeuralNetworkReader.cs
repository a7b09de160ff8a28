using TensorLogic.CoreML.Protobuf;
using static TensorLogic.CoreML.Protobuf.WireType;

namespace TensorLogic.CoreML.Specification;

/// <summary>Gathers the layers of a neural network, whose message may come in parts.</summary>
internal sealed class NeuralNetworkReader
{
    private const int RecordBytes = 320;

    private readonly List<LayerSpecification> _layers = [];

    private readonly List<PreprocessingSpecification> _preprocessing = [];
    private readonly List<object> _labels = [];
    private int _labelField;
    private bool _exactArrays, _rank4Images;
    private string _probabilities = "";

    /// <summary>Reads a part of a network, a classifier or a regressor: they have the same fields, and a classifier some more.</summary>
    public void Read(ProtobufReader reader)
    {
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes): ReadLayer(reader.Message("layers", _layers.Count)); break;
                case (2, Bytes): ReadPreprocessing(reader.Message("preprocessing", _preprocessing.Count)); break;
                case (5, Varint): _exactArrays = Mapping(reader, "arrayInputShapeMapping"); break;
                case (6, Varint): _rank4Images = Mapping(reader, "imageInputShapeMapping"); break;
                case (100 or 101, Bytes): ReadLabels(reader, reader.Field); break;
                case (200, Bytes): _probabilities = reader.Name("labelProbabilityLayerName"); break;
            }
    }

    public NeuralNetworkSpecification Build() => new(_layers)
    {
        HasExactArrays = _exactArrays,
        HasRank4Images = _rank4Images,
        Preprocessing = _preprocessing,
        ClassLabels = _labels,
        ProbabilitiesBlob = _probabilities,
    };

    private static bool Mapping(ProtobufReader reader, string field) =>
        reader.Int32() is var mapping and (0 or 1) ? mapping == 1 : throw reader.Broken($"Expected a mapping of 0 or 1, found {reader.Int32()}.", field);

    private void ReadLabels(ProtobufReader reader, int field)
    {
        if (field != _labelField) _labels.Clear();
        _labelField = field;
        ProtobufReader labels = reader.Message(field == 100 ? "stringClassLabels" : "int64ClassLabels");
        List<long> numbers = [];
        while (labels.Next())
            if (labels.Field == 1 && field == 100 && labels.Wire == Bytes)
            {
                if (_labels.Count >= labels.Source.Limits.Count) throw new ModelLimitException(labels.Source.File, "Number of class labels", _labels.Count + 1, labels.Source.Limits.Count);
                labels.Source.Charge(IntPtr.Size, "class labels");
                _labels.Add(labels.Text("vector"));
            }
            else if (labels.Field == 1 && field == 101 && labels.Wire is Bytes or Varint)
            {
                labels.AddIntegers(numbers, "vector");
            }
        foreach (long number in numbers) _labels.Add(number);
    }

    private void ReadPreprocessing(ProtobufReader reader)
    {
        if (_preprocessing.Count >= reader.Source.Limits.Count) throw new ModelLimitException(reader.Source.File, "Number of preprocessors", _preprocessing.Count + 1, reader.Source.Limits.Count);
        reader.Source.Charge(RecordBytes, "preprocessing");
        PreprocessingSpecification result = new("", 1, 0, 0, 0, 0, null);
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes): result = result with { Feature = reader.Name("featureName") }; break;
                case (10, Bytes): result = ReadScaler(reader.Message("scaler"), result with { ChannelScale = 0, MeanImage = null }); break;
                case (11, Bytes): result = result with { ChannelScale = 1, Red = 0, Green = 0, Blue = 0, Gray = 0, MeanImage = ReadMeanImage(reader.Message("meanImage")) }; break;
            }
        _preprocessing.Add(result);
    }

    private static PreprocessingSpecification ReadScaler(ProtobufReader reader, PreprocessingSpecification result)
    {
        while (reader.Next())
            if (reader.Wire == Fixed32)
                result = reader.Field switch
                {
                    10 => result with { ChannelScale = reader.Float() },
                    20 => result with { Blue = reader.Float() },
                    21 => result with { Green = reader.Float() },
                    22 => result with { Red = reader.Float() },
                    30 => result with { Gray = reader.Float() },
                    _ => result,
                };
        return result;
    }

    private static float[] ReadMeanImage(ProtobufReader reader)
    {
        List<float> values = [];
        while (reader.Next())
            if (reader.Field == 1 && reader.Wire is Bytes or Fixed32)
                WeightReader.AddFloats(values, reader, "meanImage");
        return [.. values];
    }

    private void ReadLayer(ProtobufReader reader)
    {
        if (_layers.Count >= reader.Source.Limits.Count) throw new ModelLimitException(reader.Source.File, "Number of layers", _layers.Count + 1, reader.Source.Limits.Count);
        reader.Source.Charge(RecordBytes, "layers");
        string name = "";
        int type = 0;
        List<string> inputs = [], outputs = [];
        List<WeightSpecification> weights = [];
        List<(long, long)> parts = [];
        Dictionary<string, NeuralNetworkReader> bodies = [];
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes): name = reader.Name("name"); break;
                case (2, Bytes): AddName(inputs, reader, "input"); break;
                case (3, Bytes): AddName(outputs, reader, "output"); break;
                case (>= 100, Bytes) when LayerTable.NameOf(reader.Field) is string found:
                    // The last type of the oneof counts; parts of one type are one message.
                    if (type != reader.Field)
                    {
                        weights.Clear();
                        parts.Clear();
                        bodies.Clear();
                    }
                    type = reader.Field;
                    reader.Source.Charge(2 * sizeof(long), "layers");
                    parts.Add((reader.PayloadStart, reader.PayloadLength));
                    ReadContent(type, reader.Message(found), weights, bodies);
                    break;
            }
        string known = LayerTable.NameOf(type) ?? throw reader.Broken($"Expected a layer type that is known, found none in the layer '{name}'.", "layer");
        _layers.Add(new(known, name, inputs, outputs, weights)
        {
            Content = new(reader.Source, parts),
            Bodies = bodies.ToDictionary(body => body.Key, body => body.Value.Build()),
        });
    }

    private static void AddName(List<string> names, ProtobufReader reader, string field)
    {
        if (names.Count >= reader.Source.Limits.Count) throw new ModelLimitException(reader.Source.File, $"Number of names in '{field}'", names.Count + 1, reader.Source.Limits.Count);
        reader.Source.Charge(IntPtr.Size, "names");
        names.Add(reader.Name(field));
    }

    private static void ReadContent(int layer, ProtobufReader reader, List<WeightSpecification> weights, Dictionary<string, NeuralNetworkReader> bodies)
    {
        if (LayerTable.BodiesOf(layer) is { } fields)
        {
            while (reader.Next())
            {
                if (reader.Wire != Bytes || !fields.TryGetValue(reader.Field, out string? field)) continue;
                if (!bodies.TryGetValue(field, out NeuralNetworkReader? body)) bodies[field] = body = new();
                reader.Source.Charge(RecordBytes, "layers");
                body.Read(reader.Message(field));
            }
        }
        else if (LayerTable.WeightsOf(layer) is { } parts)
        {
            ReadWeights(reader, parts, "", weights);
        }
    }

    private static void ReadWeights(ProtobufReader reader, IReadOnlyDictionary<int, LayerTable.WeightField> fields, string prefix, List<WeightSpecification> weights)
    {
        var seen = new Dictionary<int, int>();
        while (reader.Next())
        {
            if (reader.Wire != Bytes || !fields.TryGetValue(reader.Field, out LayerTable.WeightField? field)) continue;
            int index = seen.GetValueOrDefault(reader.Field);
            seen[reader.Field] = index + 1;
            if (weights.Count >= reader.Source.Limits.Count) throw new ModelLimitException(reader.Source.File, "Number of weights", weights.Count + 1, reader.Source.Limits.Count);
            string path = $"{prefix}{field.Name}{(index == 0 ? "" : $".{index}")}";
            if (field.Inner is { } inner) ReadWeights(reader.Message(field.Name, index), inner, path + ".", weights);
            else if (WeightReader.Read(reader.Message(field.Name, index), path) is WeightSpecification weight) weights.Add(weight);
        }
    }
}
