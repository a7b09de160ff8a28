using System.Text.Json;

namespace TensorLogic.Tool.Description;

/// <summary>A model's description as JSON.</summary>
internal static class ModelJson
{
    public static string Write(IModel model, long fileBytes, string? operations) => JsonText.Write(json =>
    {
        ModelMetadata metadata = model.Metadata;
        json.WriteStartObject();
        json.WriteString("name", metadata.Name);
        json.WriteString("format", metadata.Format.Name);
        json.OptionalString("kind", metadata.Kind);
        if (metadata.SpecificationVersion is int version) json.WriteNumber("specification_version", version);
        json.OptionalString("minimum_os", metadata.MinimumOS);
        if (metadata.Details.Count > 0)
        {
            json.WriteStartObject("details");
            foreach ((string name, string text) in metadata.Details) json.WriteString(name.ToLowerInvariant().Replace(' ', '_'), text);
            json.WriteEndObject();
        }
        json.WriteString("quantization", metadata.Quantization.Name);
        json.WriteStartObject("weight_bytes");
        foreach ((Quantization storage, long bytes) in metadata.WeightBytes.OrderByDescending(entry => entry.Value)) json.WriteNumber(storage.Name, bytes);
        json.WriteEndObject();
        json.WriteNumber("file_bytes", fileBytes);
        json.WriteNumber("tensor_count", metadata.TensorCount);
        json.WriteNumber("parameter_count", metadata.ParameterCount);
        json.OptionalString("author", metadata.Author);
        json.OptionalString("license", metadata.License);
        json.OptionalString("version", metadata.Version);
        json.OptionalString("description", metadata.Description);
        json.WriteString("device", model.Device.Name);
        json.WriteStartArray("functions");
        foreach (string function in model.Functions) json.WriteStringValue(function);
        json.WriteEndArray();
        Features(json, "inputs", model.Inputs);
        Features(json, "outputs", model.Outputs);
        Features(json, "states", model.States);
        json.WriteStartObject("operations");
        foreach ((string name, int count) in metadata.Operations.OrderByDescending(entry => entry.Value)) json.WriteNumber(name, count);
        json.WriteEndObject();
        json.WriteStartObject("user_defined");
        foreach ((string key, object value) in metadata.UserDefined)
        {
            json.WritePropertyName(key);
            json.Value(value);
        }
        json.WriteEndObject();
        Tensors(json, model.Tensors.Values);
        if (operations is not null) json.WriteString("ops", operations);
        json.WriteEndObject();
    });

    private static void Features(Utf8JsonWriter json, string name, IReadOnlyList<FeatureDescription> features)
    {
        json.WriteStartArray(name);
        foreach (FeatureDescription feature in features)
        {
            json.WriteStartObject();
            json.WriteString("name", feature.Name);
            json.WriteString("kind", feature.Type.Kind.ToString());
            json.WriteString("type", feature.Type.ToString());
            switch (feature.Type)
            {
                case TensorFeatureType tensor: Tensor(json, tensor); break;
                case ImageFeatureType image: Image(json, image); break;
            }
            json.WriteBoolean("optional", feature.IsOptional);
            json.OptionalString("description", feature.Description);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Tensor(Utf8JsonWriter json, TensorFeatureType type)
    {
        json.WriteString("element_type", type.Tensor.ElementType.Name);
        json.WriteStartArray("shape");
        foreach (Dimension dimension in type.Tensor.Dimensions)
            if (dimension.Size is int size) json.WriteNumberValue(size);
            else json.WriteStringValue(dimension.ToString());
        json.WriteEndArray();
        if (!type.EnumeratedShapes.IsDefaultOrEmpty)
        {
            json.WriteStartArray("enumerated_shapes");
            foreach (Shape shape in type.EnumeratedShapes) Numbers(json, shape.Select(size => (long)size));
            json.WriteEndArray();
        }
        if (type.Ranges.IsDefaultOrEmpty) return;
        json.WriteStartArray("ranges");
        foreach ((long least, long greatest) in type.Ranges) Numbers(json, [least, greatest]);
        json.WriteEndArray();
    }

    private static void Image(Utf8JsonWriter json, ImageFeatureType type)
    {
        json.WriteNumber("width", type.Width);
        json.WriteNumber("height", type.Height);
        json.WriteString("layout", type.Layout.ToString());
    }

    private static void Tensors(Utf8JsonWriter json, IEnumerable<ModelTensor> tensors)
    {
        json.WriteStartArray("tensors");
        foreach (ModelTensor tensor in tensors)
        {
            json.WriteStartObject();
            json.WriteString("name", tensor.Name);
            json.WriteString("storage", tensor.Storage.Name);
            json.WriteString("element_type", tensor.ElementType.Name);
            json.WritePropertyName("shape");
            Numbers(json, tensor.Dimensions);
            json.WriteNumber("bytes", tensor.ByteCount);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Numbers(Utf8JsonWriter json, IEnumerable<long> numbers)
    {
        json.WriteStartArray();
        foreach (long number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
