using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tool.Commands;

/// <summary>Results of a prediction: to a file, or to people.</summary>
internal static class PredictionOutputs
{
    private const int Shown = 5;

    /// <summary>Tensors and pictures as tensors; everything else as JSON in the metadata, under <c>json:NAME</c>.</summary>
    public static void Write(string path, Features results)
    {
        Dictionary<string, Tensor> tensors = [];
        Dictionary<string, string> metadata = [];
        foreach ((string name, Feature feature) in results)
            switch (feature.Kind)
            {
                case FeatureKind.Tensor: tensors.Add(name, feature.AsTensor()); break;
                case FeatureKind.Image: tensors.Add(name, feature.AsImage().Pixels); break;
                default: metadata.Add($"json:{name}", JsonText.Write(writer => WriteValue(writer, feature), indented: false)); break;
            }
        SafeTensorsFile.Write(path, tensors, metadata.Count > 0 ? metadata : null);
    }

    private static void WriteValue(Utf8JsonWriter writer, Feature feature)
    {
        switch (feature.Kind)
        {
            case FeatureKind.String: writer.WriteStringValue(feature.AsString()); break;
            case FeatureKind.Int64: writer.WriteNumberValue(feature.AsInt64()); break;
            case FeatureKind.Double: writer.Number(feature.AsDouble()); break;
            case FeatureKind.Dictionary:
                writer.WriteStartObject();
                foreach ((object key, double value) in feature.AsDictionary())
                {
                    writer.WritePropertyName(Convert.ToString(key, CultureInfo.InvariantCulture)!);
                    writer.Number(value);
                }
                writer.WriteEndObject();
                break;
            default:
                writer.WriteStartArray();
                foreach (object item in feature.AsSequence())
                    if (item is long number) writer.WriteNumberValue(number);
                    else writer.WriteStringValue((string)item);
                writer.WriteEndArray();
                break;
        }
    }

    public static void Print(Terminal terminal, Features results)
    {
        foreach ((string name, Feature feature) in results)
            switch (feature.Kind)
            {
                case FeatureKind.Dictionary:
                    terminal.Line($"{name}:");
                    Bars(terminal, feature.AsDictionary().Select(entry => (Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!, entry.Value)));
                    break;
                case FeatureKind.Tensor:
                    Tensor tensor = feature.AsTensor();
                    terminal.Line($"{name}: {tensor}");
                    if (tensor.ElementCount is > 0 and <= 1 << 20)
                        Bars(terminal, Numbers.Of(tensor).Select((value, index) => (index.ToString(CultureInfo.InvariantCulture), value)));
                    break;
                case FeatureKind.Image:
                    terminal.Line($"{name}: image {feature.AsImage().Width}x{feature.AsImage().Height}");
                    break;
                case FeatureKind.Sequence:
                    terminal.Line($"{name}: [{string.Join(", ", feature.AsSequence())}]");
                    break;
                default:
                    terminal.Line($"{name}: {feature}");
                    break;
            }
    }

    /// <summary>The greatest values, as bars where all of them are shares of 1.</summary>
    private static void Bars(Terminal terminal, IEnumerable<(string Label, double Value)> values)
    {
        (string Label, double Value)[] all = [.. values];
        (string Label, double Value)[] top = [.. all.OrderByDescending(entry => entry.Value).Take(Shown)];
        if (all.Any(entry => !(entry.Value >= 0 && entry.Value <= 1)))
        {
            foreach ((string label, double value) in top) terminal.Line($"  {label}  {value:G6}");
            return;
        }
        Table table = Tables.Create("", "", "");
        foreach ((string label, double value) in top) table.BarRow(value, label, string.Create(CultureInfo.InvariantCulture, $"{100 * value:0.00} %"));
        terminal.Console.Write(new Padder(table, new(2, 0, 0, 0)));
    }
}
