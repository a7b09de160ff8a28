using System.Globalization;

namespace TensorLogic.Tool.Prediction;

/// <summary>Values written on the command line.</summary>
internal static class FeatureLiteral
{
    /// <summary>A string, an integer, a number; a dictionary or sequence as JSON.</summary>
    public static Feature Read(FeatureDescription input, string text) => input.Type.Kind switch
    {
        FeatureKind.String => text,
        FeatureKind.Int64 => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : throw Wrong(input, "an integer", text),
        FeatureKind.Double => Number(input, text),
        _ => FeatureJson.Read(input, text),
    };

    /// <summary>A number for a tensor of one element.</summary>
    public static Feature Tensor(FeatureDescription input, TensorFeatureType type, string text)
    {
        bool single = type.Tensor.IsStatic && type.Tensor.Shape.ElementCount == 1;
        if (!single) throw new FeatureException(input.Name, $"The input '{input.Name}' takes {type}, not '{text}'.") { Remedy = $"Give a .safetensors file with a tensor: --input {input.Name}=file.safetensors." };
        using Tensor value = TensorLogic.Tensor.Scalar(Number(input, text));
        using Tensor converted = value.To(type.Tensor.ElementType);
        return converted.Reshape(type.Tensor.Shape.Sizes);
    }

    private static double Number(FeatureDescription input, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw Wrong(input, "a number", text);

    private static FeatureException Wrong(FeatureDescription input, string expected, string text) =>
        new(input.Name, $"The input '{input.Name}' takes {expected}, not '{text}'.");
}
