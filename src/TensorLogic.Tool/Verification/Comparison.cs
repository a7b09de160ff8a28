using System.Globalization;
using System.Text.Json;

namespace TensorLogic.Tool.Verification;

/// <summary>Compares answers with recorded ones. A difference is a sentence, agreement null.</summary>
internal sealed class Comparison(CaseRecord record, bool strict)
{
    /// <summary>Compares with a recorded tensor.</summary>
    public string? Check(ModelTensor recorded, Feature actual, string name)
    {
        Tensor? tensor = actual.Kind switch
        {
            FeatureKind.Tensor => actual.AsTensor(),
            FeatureKind.Image => actual.AsImage().Pixels,
            FeatureKind.Double => Tensor.FromArray([actual.AsDouble()], [1]),
            FeatureKind.Int64 => Tensor.FromArray([actual.AsInt64()], [1]),
            _ => null,
        };
        if (tensor is null) return $"{name}: a {actual.Kind}, expected a tensor";
        using Tensor expected = recorded.Read();
        if (!HasShape(tensor.Shape, expected.Shape)) return $"{name}: shape {tensor.Shape}, expected {expected.Shape}";
        return record.ShapesOnly ? CheckType(tensor, expected, name) : CheckElements(Numbers.Of(tensor), Numbers.Of(expected), name);
    }

    /// <summary>Compares with a recorded string, number or dictionary.</summary>
    public string? Check(JsonElement expected, Feature actual, string name) => (actual.Kind, expected.ValueKind) switch
    {
        (FeatureKind.String, JsonValueKind.String) => expected.GetString() == actual.AsString() ? null : $"{name}: '{actual}', expected '{expected}'",
        (FeatureKind.Int64, JsonValueKind.Number) => expected.GetDouble() == actual.AsInt64() ? null : $"{name}: {actual}, expected {expected}",
        (FeatureKind.Double, JsonValueKind.Number) => CheckElements([actual.AsDouble()], [expected.GetDouble()], name),
        (FeatureKind.Dictionary, JsonValueKind.Object) => CheckDictionary(expected, actual.AsDictionary(), name),
        _ => $"{name}: a {actual.Kind}, expected {expected}",
    };

    private string? CheckDictionary(JsonElement expected, FeatureDictionary actual, string name)
    {
        JsonElement[] keys = [.. expected.GetProperty("keys").EnumerateArray()];
        double[] values = [.. expected.GetProperty("values").EnumerateArray().Select(RecordedValue.Number)];
        if (actual.Count != keys.Length) return $"{name}: {actual.Count} keys, expected {keys.Length}";
        Limits limits = Limits.ForProbabilities(record, strict, Largest(values));
        for (int i = 0; i < keys.Length; i++)
        {
            object key = RecordedValue.Key(keys[i]);
            if (!actual.TryGetValue(key, out double value)) return $"{name}: key '{key}' is missing";
            if (!record.ShapesOnly && !limits.Allow(value, values[i]))
                return string.Create(CultureInfo.InvariantCulture, $"{name}: '{key}' is {value:G6}, expected {values[i]:G6}");
        }
        return null;
    }

    private string? CheckElements(double[] actual, double[] expected, string name)
    {
        Limits limits = Limits.For(record, strict, Largest(expected));
        int wrong = 0, worst = -1;
        for (int i = 0; i < expected.Length; i++)
        {
            if (limits.Allow(actual[i], expected[i])) continue;
            wrong++;
            if (worst < 0 || !(Math.Abs(actual[i] - expected[i]) <= Math.Abs(actual[worst] - expected[worst]))) worst = i;
        }
        if (wrong <= record.MismatchRatio * expected.Length) return null;
        return string.Create(CultureInfo.InvariantCulture, $"{name}: {wrong} of {expected.Length} elements differ; [{worst}] is {actual[worst]:G6}, expected {expected[worst]:G6}");
    }

    // Truth values are recorded as integers or as floats.
    private static string? CheckType(Tensor actual, Tensor expected, string name) =>
        actual.ElementType == ElementType.Bool || actual.ElementType.IsFloat == expected.ElementType.IsFloat ? null
        : $"{name}: {actual.ElementType.Name}, expected {expected.ElementType.Name}";

    private bool HasShape(Shape actual, Shape expected) => record.ShapeRule switch
    {
        "flat" => actual.ElementCount == expected.ElementCount,
        "squeeze" => actual.Where(size => size != 1).SequenceEqual(expected.Where(size => size != 1)),
        // A scalar output is recorded with shape [1].
        _ => actual == expected || actual.Rank == 0 && expected.Rank == 1 && expected[0] == 1,
    };

    private static double Largest(double[] values) => values.Select(Math.Abs).DefaultIfEmpty().Max();
}
