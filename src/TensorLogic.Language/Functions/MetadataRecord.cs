using System.Collections;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Functions;

/// <summary><c>model.metadata</c> (13.3).</summary>
internal static class MetadataRecord
{
    public static RecordValue Of(IModel model)
    {
        ModelMetadata metadata = model.Metadata;
        List<KeyValuePair<string, Value>> fields =
        [
            new("format", metadata.Format.Name),
            new("quantization", metadata.Quantization.Name),
            new("name", metadata.Name),
            new("tensor_count", metadata.TensorCount),
            new("parameter_count", metadata.ParameterCount),
            new("inputs", Features(model.Inputs)),
            new("outputs", Features(model.Outputs)),
            new("custom", Value.Of(new RecordValue(metadata.UserDefined.Select(pair => KeyValuePair.Create(pair.Key, Custom(pair.Value)))))),
            new("device", model.Device.Name),
            new("author", metadata.Author),
            new("license", metadata.License),
            new("description", metadata.Description),
            new("version", metadata.Version),
        ];
        if (metadata.Format == ModelFormat.CoreML && metadata.SpecificationVersion is { } version) fields.Add(new("spec_version", version));
        return new RecordValue(fields);
    }

    private static Value Features(IReadOnlyList<FeatureDescription> features) => Value.Of([.. features.Select(feature =>
    {
        TensorType? tensor = (feature.Type as TensorFeatureType)?.Tensor;
        Value shape = feature.Type switch
        {
            TensorFeatureType => Value.Of([.. tensor!.Dimensions.Select(size => size.Size is int known ? (Value)known : "?")]),
            ImageFeatureType { Layout: ColorLayout.Rgb or ColorLayout.Bgr } image => Value.Of([image.Height, image.Width, 3]),
            ImageFeatureType image => Value.Of([image.Height, image.Width]),
            _ => Value.None,
        };
        Value type = tensor is not null ? tensor.ElementType.Name : feature.Type.Kind.ToString().ToLowerInvariant();
        return Value.Of(new RecordValue([new("name", feature.Name), new("shape", shape), new("dtype", type)]));
    })]);

    private static Value Custom(object value) => value switch
    {
        ulong number => number <= long.MaxValue ? (long)number : (double)number,
        string text => text,
        IEnumerable items => Value.Of([.. items.Cast<object>().Select(Custom)]),
        _ => Value.From(value),
    };
}
