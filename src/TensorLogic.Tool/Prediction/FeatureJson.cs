using System.Globalization;
using System.Text.Json;

namespace TensorLogic.Tool.Prediction;

/// <summary>Features that are no tensors, as JSON: <c>"zero"</c>, <c>7</c>, <c>{"zero": 0.98, "one": 0.02}</c>, <c>["a", "b"]</c>.</summary>
internal static class FeatureJson
{
    /// <summary>Before a feature's name among the metadata of a SafeTensors file.</summary>
    public const string KeyPrefix = "json:";

    /// <summary>The text of a feature. Integer keys of a dictionary become strings, as JSON wants.</summary>
    public static string Write(Feature feature) => JsonText.Write(json => Write(json, feature), indented: false);

    private static void Write(Utf8JsonWriter json, Feature feature)
    {
        switch (feature.Kind)
        {
            case FeatureKind.String: json.WriteStringValue(feature.AsString()); break;
            case FeatureKind.Int64: json.WriteNumberValue(feature.AsInt64()); break;
            case FeatureKind.Double: json.Number(feature.AsDouble()); break;
            case FeatureKind.Dictionary:
                json.WriteStartObject();
                foreach ((object key, double value) in feature.AsDictionary())
                {
                    json.WritePropertyName(Convert.ToString(key, CultureInfo.InvariantCulture)!);
                    json.Number(value);
                }
                json.WriteEndObject();
                break;
            case FeatureKind.Sequence:
                json.WriteStartArray();
                foreach (object item in feature.AsSequence()) json.Value(item);
                json.WriteEndArray();
                break;
            default: throw new ArgumentException($"A {feature.Kind} is not written as JSON.", nameof(feature));
        }
    }

    /// <summary>Reads a feature of the kind that an input declares.</summary>
    /// <exception cref="FeatureException">The text is no JSON, or of another kind.</exception>
    public static Feature Read(FeatureDescription input, string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return Read(input.Type, document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw new FeatureException(input.Name, $"The input '{input.Name}' takes {input.Type} as JSON, not '{Printable.Line(text, 60)}'.");
        }
    }

    private static Feature Read(FeatureType type, JsonElement json) => type switch
    {
        DictionaryFeatureType dictionary => Feature.Dictionary(json.EnumerateObject()
            .Select(entry => KeyValuePair.Create(Key(dictionary.KeyKind, entry.Name), entry.Value.GetDouble())).ToArray()),
        SequenceFeatureType sequence => Feature.Sequence([.. json.EnumerateArray().Select(item => sequence.ItemKind == FeatureKind.Int64 ? item.GetInt64() : (object)item.GetString()!)]),
        { Kind: FeatureKind.String } => json.GetString()!,
        { Kind: FeatureKind.Int64 } => json.GetInt64(),
        { Kind: FeatureKind.Double } => json.GetDouble(),
        _ => throw new FormatException(),
    };

    private static object Key(FeatureKind kind, string name) =>
        kind == FeatureKind.Int64 ? long.Parse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : name;
}
