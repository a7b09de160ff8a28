using System.Collections;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace TensorLogic.Tool.Commands;

/// <summary>A model in words and in JSON.</summary>
internal sealed class ModelDescription(IModel model, long fileBytes)
{
    private const int ValuesShown = 8;

    private readonly ModelMetadata _metadata = model.Metadata;

    public void Write(Screen screen)
    {
        Table facts = new Table().Border(TableBorder.None).HideHeaders().AddColumn(new TableColumn("").NoWrap()).AddColumn("");
        void Fact(string name, string value)
        {
            if (value.Length > 0) facts.AddRow(new Text(name, new Style(decoration: Decoration.Bold)), new Text(value));
        }

        Fact("name", _metadata.Name);
        Fact("format", $"{_metadata.Format}{(_metadata.SpecificationVersion is { } version ? $" {version}" : "")}{(_metadata.Kind.Length > 0 ? $", {_metadata.Kind}" : "")}");
        Fact("quantization", Quantization());
        Fact("size", $"{Bytes(fileBytes)}, {_metadata.TensorCount.ToString("N0", CultureInfo.InvariantCulture)} tensors, {_metadata.ParameterCount.ToString("N0", CultureInfo.InvariantCulture)} parameters");
        Fact("runs on", _metadata.MinimumOS);
        Fact("author", _metadata.Author);
        Fact("license", _metadata.License);
        Fact("description", _metadata.Description);
        Fact("version", _metadata.Version);
        if (model.Functions.Count > 1) Fact("functions", string.Join(", ", model.Functions));
        foreach (FeatureDescription input in model.Inputs) Fact("input", input.ToString());
        foreach (FeatureDescription state in model.States) Fact("state", state.ToString());
        foreach (FeatureDescription output in model.Outputs) Fact("output", output.ToString());
        foreach ((string key, object value) in _metadata.UserDefined) Fact("user", $"{key} = {Text(value)}");
        screen.Terminal.Write(facts);

        if (_metadata.Operations.Count == 0) return;
        screen.Line($"operations  {_metadata.Operations.Values.Sum()}");
        BarChart chart = new() { Width = 60 };
        foreach ((string name, int count) in _metadata.Operations.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal))
            chart.AddItem(Markup.Escape(name), count, Color.Blue);
        screen.Terminal.Write(chart);
    }

    private string Quantization()
    {
        long total = _metadata.WeightBytes.Values.Sum();
        if (_metadata.WeightBytes.Count < 2) return _metadata.Quantization.Name;
        IEnumerable<string> parts = _metadata.WeightBytes.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Key} {100.0 * pair.Value / Math.Max(total, 1):0.#} %");
        return string.Create(CultureInfo.InvariantCulture, $"{_metadata.Quantization} ({string.Join(", ", parts)})");
    }

    private static string Bytes(long bytes) => bytes switch
    {
        < 1 << 10 => $"{bytes} B",
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.00} GiB"),
    };

    private static string Text(object value) => value switch
    {
        string text => text.Length <= 100 ? text : $"{text[..100]}…",
        IEnumerable list => List(list),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string List(IEnumerable list)
    {
        object[] items = [.. list.Cast<object>()];
        return $"[{string.Join(", ", items.Take(ValuesShown).Select(Text))}{(items.Length > ValuesShown ? $", … {items.Length} in all" : "")}]";
    }

    public void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("name", _metadata.Name);
        writer.WriteString("format", _metadata.Format.Name);
        writer.WriteString("kind", _metadata.Kind);
        if (_metadata.SpecificationVersion is { } version) writer.WriteNumber("specification_version", version);
        writer.WriteString("quantization", _metadata.Quantization.Name);
        writer.WriteStartObject("weight_bytes");
        foreach ((Quantization kind, long bytes) in _metadata.WeightBytes) writer.WriteNumber(kind.Name, bytes);
        writer.WriteEndObject();
        writer.WriteNumber("file_bytes", fileBytes);
        writer.WriteNumber("tensors", _metadata.TensorCount);
        writer.WriteNumber("parameters", _metadata.ParameterCount);
        writer.WriteString("minimum_os", _metadata.MinimumOS);
        writer.WriteString("author", _metadata.Author);
        writer.WriteString("license", _metadata.License);
        writer.WriteString("description", _metadata.Description);
        writer.WriteString("version", _metadata.Version);
        writer.WriteStartArray("functions");
        foreach (string function in model.Functions) writer.WriteStringValue(function);
        writer.WriteEndArray();
        WriteFeatures(writer, "inputs", model.Inputs);
        WriteFeatures(writer, "states", model.States);
        WriteFeatures(writer, "outputs", model.Outputs);
        writer.WriteStartObject("operations");
        foreach ((string name, int count) in _metadata.Operations) writer.WriteNumber(name, count);
        writer.WriteEndObject();
        writer.WriteStartObject("user_defined");
        foreach ((string key, object value) in _metadata.UserDefined)
        {
            writer.WritePropertyName(key);
            WriteValue(writer, value);
        }
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteFeatures(Utf8JsonWriter writer, string name, IReadOnlyList<FeatureDescription> features)
    {
        writer.WriteStartArray(name);
        foreach (FeatureDescription feature in features)
        {
            writer.WriteStartObject();
            writer.WriteString("name", feature.Name);
            writer.WriteString("kind", feature.Type.Kind.ToString().ToLowerInvariant());
            writer.WriteString("type", feature.Type.ToString());
            if (feature.Type is TensorFeatureType tensor)
            {
                writer.WriteString("element_type", tensor.Tensor.ElementType.Name);
                writer.WriteStartArray("shape");
                foreach (Dimension size in tensor.Tensor.Dimensions)
                    if (size.Size is int known) writer.WriteNumberValue(known);
                    else writer.WriteNullValue();
                writer.WriteEndArray();
            }
            if (feature.IsOptional) writer.WriteBoolean("optional", true);
            if (feature.Description.Length > 0) writer.WriteString("description", feature.Description);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter writer, object value)
    {
        switch (value)
        {
            case bool flag: writer.WriteBooleanValue(flag); break;
            case long number: writer.WriteNumberValue(number); break;
            case ulong number: writer.WriteNumberValue(number); break;
            case double number: Json.Number(writer, number); break;
            case string text: writer.WriteStringValue(text); break;
            case IEnumerable list:
                writer.WriteStartArray();
                foreach (object item in list) WriteValue(writer, item);
                writer.WriteEndArray();
                break;
            default: writer.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }
}
