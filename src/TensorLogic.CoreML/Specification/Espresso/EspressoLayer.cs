using System.Globalization;

namespace TensorLogic.CoreML.Specification.Espresso;

/// <summary>One layer of a compiled network as its text has it.</summary>
internal sealed class EspressoLayer
{
    private const string Blob = "blob_", Half = "_f16";

    private string _name = "", _bottom = "";

    public string Type { get; private set; } = "";

    /// <summary>Names of the outputs, with commas.</summary>
    public string Top { get; private set; } = "";

    /// <summary>Settings that are no integers.</summary>
    public Dictionary<string, double> Fractions { get; } = new(StringComparer.Ordinal);

    /// <summary>Sizes, switches, and by names that start with <c>blob_</c> the ids of weights.</summary>
    public Dictionary<string, long> Numbers { get; } = new(StringComparer.Ordinal);

    public void SetText(string key, string value)
    {
        switch (key)
        {
            case "type": Type = value; break;
            case "name": _name = value; break;
            case "bottom": _bottom = value; break;
            case "top": Top = value; break;
        }
    }

    /// <summary>The layers of the format that this one stands for, with its weights, whose ids and sizes are checked.</summary>
    public IReadOnlyList<LayerSpecification> Resolve(EspressoWeights weights, string file, int index, LoadLimits limits)
    {
        string place = string.Create(CultureInfo.InvariantCulture, $"layers[{index}]");
        if (Type == "inner_product") CheckInnerProduct(weights, file, place);
        List<WeightSpecification> found = [];
        foreach ((string key, long number) in Numbers)
        {
            if (!key.StartsWith(Blob, StringComparison.Ordinal)) continue;
            ulong id = unchecked((ulong)number);
            long length = weights.LengthOf(id) ?? throw new ModelFormatException(file, $"Expected the id of a blob, found {number}, which is none.", field: $"{place}.{key}");
            ElementType type = key.EndsWith(Half, StringComparison.Ordinal) ? ElementType.Float16 : ElementType.Float32;
            if (length % (type.Bits / 8) != 0) throw new ModelFormatException(file, $"Expected whole elements of {type.Name}, found {length} bytes.", field: $"{place}.{key}");
            if (length * 8 / type.Bits > int.MaxValue) throw new ModelLimitException(file, $"Elements of {place}.{key}", length * 8 / type.Bits, int.MaxValue);
            if (length > 0) found.Add(new(FieldOf(key), Quantization.Of(type), length, length * 8 / type.Bits, () => weights.Read(id, type)));
        }
        return new EspressoTranslation(this, _name, Split(_bottom), Split(Top), found, file, place, limits).Layers();
    }

    /// <summary>A setting, or what it is where it is left out.</summary>
    public double Setting(string key, double otherwise = 0) => Fractions.TryGetValue(key, out double fraction) ? fraction : Numbers.TryGetValue(key, out long number) ? number : otherwise;

    private static string FieldOf(string key)
    {
        string name = key[Blob.Length..];
        if (name.EndsWith(Half, StringComparison.Ordinal)) name = name[..^Half.Length];
        return name == "biases" ? "bias" : name;
    }

    private void CheckInnerProduct(EspressoWeights weights, string file, string place)
    {
        long inputs = Size("nB", file, place), outputs = Size("nC", file, place);
        if (Numbers.TryGetValue("blob_weights", out long id) && weights.LengthOf(unchecked((ulong)id)) is long length && (Int128)inputs * outputs * sizeof(float) != length)
            throw new ModelFormatException(file, $"Expected {(Int128)inputs * outputs * sizeof(float)} bytes of weights for {inputs} inputs and {outputs} outputs, found {length}.", field: $"{place}.blob_weights");
    }

    private long Size(string key, string file, string place)
    {
        if (!Numbers.TryGetValue(key, out long size)) throw new ModelFormatException(file, $"Expected the size '{key}', found none.", field: $"{place}.{key}");
        return size is > 0 and <= int.MaxValue ? size : throw new ModelFormatException(file, $"Expected a size, found {size}.", field: $"{place}.{key}");
    }

    private static string[] Split(string names) => names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
