namespace TensorLogic;

/// <summary>Name of a file format. Open: a loader may bring its own.</summary>
/// <param name="Name">Exact spelling, as <c>model.metadata.format</c> prints it.</param>
public readonly record struct ModelFormat(string Name)
{
    /// <summary>Core ML: <c>.mlpackage</c>, <c>.mlmodel</c>, <c>.mlmodelc</c>.</summary>
    public static ModelFormat CoreML { get; } = new("CoreML");

    /// <summary>SafeTensors, single files and sharded sets.</summary>
    public static ModelFormat SafeTensors { get; } = new("SafeTensors");

    /// <summary>GGUF, versions 1 to 3.</summary>
    public static ModelFormat Gguf { get; } = new("GGUF");

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>How weights are stored: <c>F16</c>, <c>Int8</c>, <c>Palettized4</c>, <c>Q4_K</c>, … Open: a loader may bring its own.</summary>
/// <param name="Name">Exact spelling, as <c>model.metadata.quantization</c> prints it.</param>
public readonly record struct Quantization(string Name)
{
    /// <summary>A model without weights.</summary>
    public static Quantization None { get; } = new("none");

    /// <summary>No kind of storage holds more than half of the weight bytes.</summary>
    public static Quantization Mixed { get; } = new("Mixed");

    /// <summary>What holds more than half of the bytes, else <see cref="Mixed"/>; <see cref="None"/> without bytes.</summary>
    public static Quantization Of(IReadOnlyDictionary<Quantization, long> bytes)
    {
        long total = bytes.Values.Sum();
        if (total == 0) return None;
        foreach ((Quantization kind, long size) in bytes)
            if (size > total - size)
                return kind;
        return Mixed;
    }

    /// <summary>The name under which plain elements are counted: <c>F16</c>, <c>BF16</c>, <c>Int8</c>, <c>UInt4</c>, <c>F8_E4M3</c>.</summary>
    public static Quantization Of(ElementType type) => new(type switch
    {
        ElementType.Bool => "Bool",
        _ when type.IsInteger || type.IsPacked && type.Name[0] is 'i' or 'u' => type.ToString(),
        _ => type.Name.ToUpperInvariant(),
    });

    /// <inheritdoc/>
    public override string ToString() => Name;
}
