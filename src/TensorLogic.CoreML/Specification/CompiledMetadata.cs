using System.Globalization;
using System.Text.Json;
using TensorLogic.CoreML.Packages;

namespace TensorLogic.CoreML.Specification;

/// <summary>Reads <c>metadata.json</c> of a compiled model, where <c>coremldata.bin</c> is missing.</summary>
internal static class CompiledMetadata
{
    // A schema and a histogram: kilobytes. The parsed form takes several times the text.
    private const int MostBytes = 1 << 20;

    public static unsafe ModelSpecification Read(CoreMLPackage package, LoadLimits limits)
    {
        TensorStorage storage = package.Map(CoreMLPackage.Compiled.Metadata);
        string file = Path.Combine(package.Root, CoreMLPackage.Compiled.Metadata);
        if (storage.ByteLength > MostBytes) throw new ModelLimitException(file, "Bytes of the metadata", storage.ByteLength, MostBytes);
        try
        {
            // In bounds: the whole mapping.
            using var json = JsonDocument.Parse(new ReadOnlySpan<byte>(storage.Pointer, (int)storage.ByteLength).ToArray(), new JsonDocumentOptions { MaxDepth = limits.Depth });
            JsonElement root = json.RootElement;
            if (root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0) root = root[0];
            if (root.ValueKind != JsonValueKind.Object) throw new ModelFormatException(file, $"Expected an object, found {root.ValueKind}.");
            return Read(root, file);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new ModelFormatException(file, "Expected JSON of a compiled model's metadata, found other text.", cause: error);
        }
    }

    private static ModelSpecification Read(JsonElement root, string file)
    {
        string name = root.TryGetProperty("modelType", out JsonElement type) && type.ValueKind == JsonValueKind.Object ? Text(type, "name") : "";
        string kindName = name[(name.IndexOf('_', StringComparison.Ordinal) + 1)..];
        if (!Enum.TryParse(kindName, ignoreCase: true, out ModelKind kind) || kind == ModelKind.None || !char.IsLetter(kindName, 0))
            throw new ModelFormatException(file, $"Expected a kind of model that is known, found '{name}'.", field: "modelType.name");
        if (!int.TryParse(Text(root, "specificationVersion"), NumberStyles.None, CultureInfo.InvariantCulture, out int version) || version < 1)
            throw new ModelFormatException(file, "Expected a specification version of 1 or more, found none.", field: "specificationVersion");
        var pairs = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        if (root.TryGetProperty("userDefinedMetadata", out JsonElement user) && user.ValueKind == JsonValueKind.Object)
            foreach (JsonProperty pair in user.EnumerateObject())
                pairs[pair.Name] = pair.Value.ToString();
        return new()
        {
            File = file,
            SpecificationVersion = version,
            Kind = kind,
            Description = new()
            {
                Functions =
                [
                    new()
                    {
                        Name = DescriptionReader.Main,
                        Inputs = Features(root, "inputSchema", file),
                        Outputs = Features(root, "outputSchema", file),
                        States = Features(root, "stateSchema", file),
                    },
                ],
                DefaultFunction = DescriptionReader.Main,
                ShortDescription = Text(root, "shortDescription"),
                VersionString = Text(root, "version"),
                Author = Text(root, "author"),
                License = Text(root, "license"),
                UserDefined = pairs,
            },
        };
    }

    private static List<FeatureDescription> Features(JsonElement root, string schema, string file)
    {
        if (!root.TryGetProperty(schema, out JsonElement list) || list.ValueKind != JsonValueKind.Array) return [];
        List<FeatureDescription> features = [];
        foreach (JsonElement entry in list.EnumerateArray())
        {
            string field = $"{schema}[{features.Count}]";
            if (entry.ValueKind != JsonValueKind.Object) throw new ModelFormatException(file, $"Expected an object, found {entry.ValueKind}.", field: field);
            features.Add(new()
            {
                Name = Text(entry, "name") is { Length: > 0 } name ? name : throw new ModelFormatException(file, "Expected the name of a feature, found none.", field: field),
                Type = Type(entry, file, field),
                IsOptional = Text(entry, "isOptional") == "1",
                Description = Text(entry, "shortDescription"),
            });
        }
        return features;
    }

    private static FeatureType Type(JsonElement entry, string file, string field)
    {
        string kind = Text(entry, "type");
        switch (kind)
        {
            case "MultiArray" or "State":
                ElementType element = Text(entry, "dataType") switch
                {
                    "Float32" => ElementType.Float32,
                    "Float16" => ElementType.Float16,
                    "Double" => ElementType.Float64,
                    "Int32" => ElementType.Int32,
                    "Int8" => ElementType.Int8,
                    string other => throw new ModelFormatException(file, $"Expected a data type of a multi-array, found '{other}'.", field: $"{field}.dataType"),
                };
                Shape shape = Sizes(Text(entry, "shape"), file, $"{field}.shape");
                // Which axes vary is in the function's own types.
                bool isFlexible = Text(entry, "hasShapeFlexibility") == "1";
                return new TensorFeatureType(isFlexible ? new TensorType(element, [.. shape.Select(_ => Dimension.Unknown)]) : new TensorType(element, shape)) { DefaultShape = isFlexible ? shape : null };
            case "Image":
                ColorLayout layout = Text(entry, "colorspace") switch { "RGB" => ColorLayout.Rgb, "BGR" => ColorLayout.Bgr, "GrayscaleFloat16" => ColorLayout.GrayscaleFloat16, _ => ColorLayout.Grayscale };
                return new ImageFeatureType(Size(Text(entry, "width"), file, field), Size(Text(entry, "height"), file, field), layout);
            case "String": return new ScalarFeatureType(FeatureKind.String);
            case "Int64": return new ScalarFeatureType(FeatureKind.Int64);
            case "Double": return new ScalarFeatureType(FeatureKind.Double);
            case "Dictionary": return new DictionaryFeatureType(Text(entry, "keyType") == "Int64" ? FeatureKind.Int64 : FeatureKind.String);
            case "Sequence": return new SequenceFeatureType(Text(entry, "valueType") == "Int64" ? FeatureKind.Int64 : FeatureKind.String);
            default: throw new ModelFormatException(file, $"Expected the type of a feature, found '{kind}'.", field: $"{field}.type");
        }
    }

    /// <summary>Sizes written as <c>"[1, 10]"</c>.</summary>
    private static Shape Sizes(string text, string file, string field)
    {
        string[] parts = text.Trim('[', ']', ' ').Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length > Shape.MaxRank) throw new ModelLimitException(file, "Number of axes", parts.Length, Shape.MaxRank);
        return Shape.Create([.. parts.Select(part => Size(part, file, field))]);
    }

    private static int Size(string text, string file, string field) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int size)
        ? size
        : throw new ModelFormatException(file, $"Expected a size, found '{text}'.", field: field);

    /// <summary>Text or a number as text; empty if there is neither.</summary>
    private static string Text(JsonElement element, string key) =>
        element.TryGetProperty(key, out JsonElement value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? value.ToString() : "";
}
