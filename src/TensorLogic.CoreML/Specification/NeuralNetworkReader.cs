using TensorLogic.CoreML.Protobuf;
using static TensorLogic.CoreML.Protobuf.WireType;

namespace TensorLogic.CoreML.Specification;

/// <summary>Gathers the layers of a neural network, whose message may come in parts.</summary>
internal sealed class NeuralNetworkReader
{
    private const int RecordBytes = 320;

    private readonly List<LayerSpecification> _layers = [];

    public void Read(ProtobufReader reader)
    {
        while (reader.Next())
            if ((reader.Field, reader.Wire) == (1, Bytes))
                ReadLayer(reader.Message("layers", _layers.Count));
    }

    public NeuralNetworkSpecification Build() => new(_layers);

    private void ReadLayer(ProtobufReader reader)
    {
        if (_layers.Count >= reader.Source.Limits.Count) throw new ModelLimitException(reader.Source.File, "Number of layers", _layers.Count + 1, reader.Source.Limits.Count);
        reader.Source.Charge(RecordBytes, "layers");
        string name = "";
        string? type = null;
        List<string> inputs = [], outputs = [];
        List<WeightSpecification> weights = [];
        int place = _layers.Count;
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes): name = reader.Name("name"); break;
                case (2, Bytes): AddName(inputs, reader, "input"); break;
                case (3, Bytes): AddName(outputs, reader, "output"); break;
                case (>= 100, Bytes) when LayerTable.NameOf(reader.Field) is string found:
                    if (type is not null && type != found) weights.Clear();
                    type = found;
                    ReadContent(reader.Field, reader.Message(found), weights);
                    break;
            }
        // Layers of branches and loops follow the layer that holds them.
        _layers.Insert(place, new(type ?? throw reader.Broken($"Expected a layer type that is known, found none in the layer '{name}'.", "layer"), name, inputs, outputs, weights));
    }

    private static void AddName(List<string> names, ProtobufReader reader, string field)
    {
        if (names.Count >= reader.Source.Limits.Count) throw new ModelLimitException(reader.Source.File, $"Number of names in '{field}'", names.Count + 1, reader.Source.Limits.Count);
        reader.Source.Charge(IntPtr.Size, "names");
        names.Add(reader.Name(field));
    }

    private void ReadContent(int layer, ProtobufReader reader, List<WeightSpecification> weights)
    {
        if (layer is LayerTable.Branch or LayerTable.Loop)
        {
            (int first, int second) = layer == LayerTable.Branch ? (1, 2) : (3, 4);
            while (reader.Next())
                if (reader.Wire == Bytes && (reader.Field == first || reader.Field == second))
                    Read(reader.Message(reader.Field == first ? "first" : "second"));
        }
        else if (LayerTable.WeightsOf(layer) is { } fields)
        {
            ReadWeights(reader, fields, "", weights);
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
