using System.Globalization;
using Spectre.Console;

namespace TensorLogic.Tool.Description;

/// <summary>A model's description for people.</summary>
internal static class ModelSummary
{
    // Long lists are cut here; --json has them whole.
    private const int TensorsShown = 20, PairsShown = 40, ItemsShown = 6;

    public static void Print(Terminal terminal, IModel model, long fileBytes, string? operations)
    {
        IAnsiConsole console = terminal.Console;
        console.Write(new Text(Printable.Line(model.Metadata.Name) + "\n", new Style(decoration: Decoration.Bold)));
        console.Write(Facts(model, fileBytes));
        Features(console, "Inputs", model.Inputs);
        Features(console, "Outputs", model.Outputs);
        Features(console, "States", model.States);
        Operations(console, model.Metadata.Operations);
        if (model.Metadata.Operations.Count == 0) Tensors(console, model.Tensors.Values);
        Pairs(console, model.Metadata.UserDefined);
        if (operations is null) return;
        terminal.Out.WriteLine();
        terminal.Out.WriteLine(operations.Length > 0 ? Printable.Lines(operations).TrimEnd() : "The file holds no operations.");
    }

    private static Table Facts(IModel model, long fileBytes)
    {
        ModelMetadata metadata = model.Metadata;
        Table table = Tables.Create("", "");
        table.Row("Format", metadata.Format.Name);
        string version = metadata.SpecificationVersion is int number ? $"version {number}" : "";
        Optional("Kind", string.Join(", ", new[] { metadata.Kind, version }.Where(part => part.Length > 0)));
        Optional("Runs natively on", metadata.MinimumOS);
        foreach ((string name, string text) in metadata.Details) Optional(name, text);
        table.Row("Quantization", Breakdown(metadata));
        table.Row("Weights", $"{Units.Count(metadata.ParameterCount)} elements in {Units.Count(metadata.TensorCount)} tensors, {Units.Bytes(metadata.WeightBytes.Values.Sum())}");
        table.Row("Size on disk", Units.Bytes(fileBytes));
        Optional("Functions", string.Join(", ", model.Functions.Select((name, index) => index == 0 && model.Functions.Count > 1 ? $"{name} (default)" : name)));
        Optional("Author", metadata.Author);
        Optional("License", metadata.License);
        Optional("Version", metadata.Version);
        Optional("Description", metadata.Description);
        return table;

        void Optional(string key, string value)
        {
            if (value.Length > 0) table.Row(key, value);
        }
    }

    private static string Breakdown(ModelMetadata metadata)
    {
        long total = metadata.WeightBytes.Values.Sum();
        if (metadata.WeightBytes.Count < 2 || total == 0) return metadata.Quantization.Name;
        IEnumerable<string> parts = metadata.WeightBytes
            .OrderByDescending(entry => entry.Value)
            .Select(entry => $"{entry.Key} {Units.Percent((double)entry.Value / total)} ({Units.Bytes(entry.Value)})");
        return $"{metadata.Quantization}: {string.Join(", ", parts)}";
    }

    private static void Features(IAnsiConsole console, string heading, IReadOnlyList<FeatureDescription> features)
    {
        if (features.Count == 0) return;
        Table table = Tables.Create("", "", "");
        foreach (FeatureDescription feature in features)
            table.Row(feature.Name, Accepts(feature) + (feature.IsOptional ? " (optional)" : ""), feature.Description);
        console.Section(heading, table);
    }

    private static string Accepts(FeatureDescription feature) => feature.Type switch
    {
        TensorFeatureType { EnumeratedShapes.IsDefaultOrEmpty: false } tensor =>
            $"{tensor}, one of {string.Join(" ", tensor.EnumeratedShapes.Take(ItemsShown))}{(tensor.EnumeratedShapes.Length > ItemsShown ? " …" : "")}",
        TensorFeatureType { Ranges.IsDefaultOrEmpty: false } tensor when tensor.Ranges.Any(range => range.Least != range.Greatest) =>
            $"{tensor}, sizes {string.Join(" x ", tensor.Ranges.Select(Range))}",
        ImageFeatureType { WidthRange: { } width, HeightRange: { } height } image => $"{image}, width {Range(width)}, height {Range(height)}",
        _ => feature.Type.ToString(),
    };

    private static string Range((long Least, long Greatest) range) =>
        range.Least == range.Greatest ? range.Least.ToString(CultureInfo.InvariantCulture)
        : range.Greatest < 0 ? $"{range.Least}.."
        : $"{range.Least}..{range.Greatest}";

    private static void Operations(IAnsiConsole console, IReadOnlyDictionary<string, int> operations)
    {
        if (operations.Count == 0) return;
        Table table = Tables.Create("", "", "");
        int most = operations.Values.Max();
        foreach ((string name, int count) in operations.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal))
            table.BarRow((double)count / most, name, Units.Count(count));
        console.Section($"Operations ({Units.Count(operations.Values.Sum())})", table);
    }

    private static void Tensors(IAnsiConsole console, IEnumerable<ModelTensor> tensors)
    {
        Table table = Tables.Create("", "", "", "");
        int count = 0;
        foreach (ModelTensor tensor in tensors)
            if (count++ < TensorsShown)
                table.Row(tensor.Name, tensor.Storage.Name, $"[{string.Join(", ", tensor.Dimensions)}]", Units.Bytes(tensor.ByteCount));
        if (count == 0) return;
        if (count > TensorsShown) table.Row($"… {count - TensorsShown} more; --json lists all", "", "", "");
        console.Section($"Tensors ({Units.Count(count)})", table);
    }

    private static void Pairs(IAnsiConsole console, IReadOnlyDictionary<string, object> pairs)
    {
        if (pairs.Count == 0) return;
        Table table = Tables.Create("", "");
        foreach ((string key, object value) in pairs.Take(PairsShown)) table.Row(key, Shown(value, 0));
        if (pairs.Count > PairsShown) table.Row($"… {pairs.Count - PairsShown} more; --json lists all", "");
        console.Section("Metadata", table);
    }

    private static string Shown(object value, int depth) => value switch
    {
        string text => Printable.Line(text),
        bool truth => truth ? "true" : "false",
        System.Collections.IEnumerable list when depth < 2 => List(list.Cast<object>(), depth),
        System.Collections.IEnumerable => "[…]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string List(IEnumerable<object> items, int depth)
    {
        int count = items.Count();
        string shown = string.Join(", ", items.Take(ItemsShown).Select(item => Printable.Line(Shown(item, depth + 1), 30)));
        return count <= ItemsShown ? $"[{shown}]" : $"[{shown}, …] ({Units.Count(count)} items)";
    }
}
