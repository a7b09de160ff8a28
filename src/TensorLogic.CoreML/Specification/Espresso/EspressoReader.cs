using System.Globalization;
using System.Text.Json;
using TensorLogic.CoreML.Packages;

namespace TensorLogic.CoreML.Specification.Espresso;

/// <summary>Reads a compiled neural network, <c>model.espresso.net</c>: layers with their names and weights, under the compiler's own type names.</summary>
internal static class EspressoReader
{
    private const int RecordBytes = 512;

    // Newer system files are compressed; they start with this.
    private static ReadOnlySpan<byte> Compressed => "pbze"u8;

    public static unsafe NeuralNetworkSpecification Read(CoreMLPackage package, LoadLimits limits)
    {
        TensorStorage storage = package.Map(CoreMLPackage.Compiled.Network);
        string file = Path.Combine(package.Root, CoreMLPackage.Compiled.Network);
        if (storage.ByteLength > int.MaxValue) throw new ModelLimitException(file, "Bytes of the network", storage.ByteLength, int.MaxValue);
        // In bounds: the whole mapping, which the package keeps.
        ReadOnlySpan<byte> text = new(storage.Pointer, (int)storage.ByteLength);
        if (text.StartsWith(Compressed)) throw new UnsupportedOperatorException("pbze", "compressed networks are not read") { Place = file, Remedy = "Open the .mlmodel that was compiled." };
        try
        {
            return Read(text, package, file, limits);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new ModelFormatException(file, "Expected JSON of a compiled network, found other text.", cause: error);
        }
    }

    private static NeuralNetworkSpecification Read(ReadOnlySpan<byte> text, CoreMLPackage package, string file, LoadLimits limits)
    {
        ReadBudget budget = new(file, text.Length, limits);
        Utf8JsonReader json = new(text, new JsonReaderOptions { MaxDepth = limits.Depth });
        string storage = "model.espresso.weights";
        List<EspressoLayer>? layers = null;
        List<PreprocessingSpecification> preprocessing = [];
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject) throw new ModelFormatException(file, "Expected an object, found other text.");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool isStorage = json.ValueTextEquals("storage"), isLayers = json.ValueTextEquals("layers"), isPreprocessing = json.ValueTextEquals("transform_params");
            json.Read();
            if (isStorage && json.TokenType == JsonTokenType.String) storage = json.GetString()!;
            else if (isLayers && json.TokenType == JsonTokenType.StartArray) layers = Layers(ref json, file, limits, budget);
            else if (isPreprocessing && json.TokenType == JsonTokenType.StartObject) preprocessing = EspressoPreprocessing.Read(ref json, file, limits, budget);
            else json.Skip();
        }
        while (json.Read()) { }
        if (layers is null) throw new ModelFormatException(file, "Expected the key 'layers', found none.", field: "layers");
        if (ContainedPath.Problem(storage) is string problem) throw new ModelFormatException(file, $"Expected a path inside the folder, found one that {problem}: '{storage}'.", field: "storage");
        EspressoWeights weights = EspressoWeights.Open(package, storage, limits);
        return new([.. layers.SelectMany((layer, index) => layer.Resolve(weights, file, index, limits))]) { Preprocessing = preprocessing };
    }

    private static List<EspressoLayer> Layers(ref Utf8JsonReader json, string file, LoadLimits limits, ReadBudget budget)
    {
        List<EspressoLayer> layers = [];
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"layers[{layers.Count}]");
            if (json.TokenType != JsonTokenType.StartObject) throw new ModelFormatException(file, $"Expected an object, found {json.TokenType}.", json.TokenStartIndex, place);
            if (layers.Count >= limits.Count) throw new ModelLimitException(file, "Number of layers", layers.Count + 1, limits.Count);
            budget.Charge(RecordBytes, "layers");
            layers.Add(Layer(ref json, file, place, limits, budget));
        }
        return layers;
    }

    private static EspressoLayer Layer(ref Utf8JsonReader json, string file, string place, LoadLimits limits, ReadBudget budget)
    {
        EspressoLayer layer = new();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string key = Name(ref json, file, limits, budget);
            json.Read();
            switch (json.TokenType)
            {
                case JsonTokenType.String: layer.SetText(key, Name(ref json, file, limits, budget)); break;
                case JsonTokenType.Number when json.TryGetInt64(out long number):
                    budget.Charge(64, "layers");
                    layer.Numbers[key] = number;
                    break;
                case JsonTokenType.Number when json.TryGetDouble(out double fraction):
                    budget.Charge(64, "layers");
                    layer.Fractions[key] = fraction;
                    break;
                case JsonTokenType.StartObject when key == "weights": Nested(ref json, layer, file, limits, budget); break;
                default: json.Skip(); break;
            }
        }
        if (layer.Type.Length == 0) throw new ModelFormatException(file, "Expected the type of the layer, found none.", json.TokenStartIndex, $"{place}.type");
        if (layer.Top.Length == 0) throw new ModelFormatException(file, "Expected the outputs of the layer, found none.", json.TokenStartIndex, $"{place}.top");
        return layer;
    }

    /// <summary>Recurrent layers name their blobs in an object.</summary>
    private static void Nested(ref Utf8JsonReader json, EspressoLayer layer, string file, LoadLimits limits, ReadBudget budget)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string key = Name(ref json, file, limits, budget);
            json.Read();
            if (json.TokenType == JsonTokenType.Number && json.TryGetInt64(out long id))
            {
                budget.Charge(64, "layers");
                layer.Numbers[$"blob_{key}"] = id;
            }
            else
            {
                json.Skip();
            }
        }
    }

    /// <summary>A name or text where the reader is.</summary>
    public static string Name(ref Utf8JsonReader json, string file, LoadLimits limits, ReadBudget budget)
    {
        if (json.ValueSpan.Length > limits.NameBytes) throw new ModelLimitException(file, "Bytes of a name", json.ValueSpan.Length, limits.NameBytes);
        budget.Charge(2L * json.ValueSpan.Length + 32, "text");
        return json.GetString()!;
    }
}
