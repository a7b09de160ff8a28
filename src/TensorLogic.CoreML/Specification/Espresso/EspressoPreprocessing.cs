using System.Text.Json;

namespace TensorLogic.CoreML.Specification.Espresso;

/// <summary>Reads <c>transform_params</c>: what is done to images, by input.</summary>
internal static class EspressoPreprocessing
{
    private const int RecordBytes = 160;

    /// <summary>Reads the object at whose start the reader is, to its end.</summary>
    public static List<PreprocessingSpecification> Read(ref Utf8JsonReader json, string file, LoadLimits limits, ReadBudget budget)
    {
        List<PreprocessingSpecification> steps = [];
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (steps.Count >= limits.Count) throw new ModelLimitException(file, "Number of preprocessors", steps.Count + 1, limits.Count);
            budget.Charge(RecordBytes, "preprocessing");
            string feature = EspressoReader.Name(ref json, file, limits, budget);
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject) throw new ModelFormatException(file, $"Expected an object, found {json.TokenType}.", json.TokenStartIndex, $"transform_params.{feature}");
            steps.Add(Step(ref json, feature, file));
        }
        return steps;
    }

    private static PreprocessingSpecification Step(ref Utf8JsonReader json, string feature, string file)
    {
        PreprocessingSpecification step = new(feature, 1, 0, 0, 0, 0, null);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool scale = json.ValueTextEquals("scale"), red = json.ValueTextEquals("bias_r"), green = json.ValueTextEquals("bias_g"), blue = json.ValueTextEquals("bias_b"), mean = json.ValueTextEquals("center_mean");
            json.Read();
            if (json.TokenType != JsonTokenType.Number || !json.TryGetSingle(out float number))
            {
                json.Skip();
                continue;
            }
            if (mean && number != 0) throw new UnsupportedOperatorException("center_mean", "mean images of compiled networks are not read") { Place = $"{file} > transform_params.{feature}", Remedy = "Open the .mlmodel that was compiled." };
            if (scale) step = step with { ChannelScale = number };
            // Grey pictures have one channel, which is the first.
            if (red) step = step with { Red = number, Gray = number };
            if (green) step = step with { Green = number };
            if (blue) step = step with { Blue = number };
        }
        return step;
    }
}
