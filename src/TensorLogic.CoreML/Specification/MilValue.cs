namespace TensorLogic.CoreML.Specification;

/// <summary>A constant of an ML Program.</summary>
internal abstract class MilValue
{
    public abstract MilType Type { get; }

    /// <summary>The text of a scalar string, or null for anything else.</summary>
    public string? Text => this is MilStringsValue { Strings: [string only] } ? only : null;
}

/// <summary>A tensor of numbers, in the model file, the weights file or the program's text.</summary>
internal abstract class MilTensorValue(MilTensorType type) : MilValue
{
    public override MilTensorType Type { get; } = type;

    /// <summary>Number of elements, as the type declares it. Readers have checked that so many are stored.</summary>
    public long ElementCount { get; } = type.Tensor.Shape.ElementCount;

    /// <summary>True if the elements lie in a weights file.</summary>
    public virtual bool IsBlob => false;

    /// <summary>The elements: a view of the mapped file where they lie there in their own layout, else a decoded copy. The caller disposes it.</summary>
    /// <exception cref="ModelFormatException">The stored bytes are broken.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public abstract Tensor Read();
}

/// <summary>A scalar string or a tensor of strings.</summary>
internal sealed class MilStringsValue(MilTensorType type, IReadOnlyList<string> strings) : MilValue
{
    public override MilTensorType Type { get; } = type;

    /// <summary>In row-major order.</summary>
    public IReadOnlyList<string> Strings { get; } = strings;
}

/// <summary>A list or a tuple.</summary>
internal sealed class MilListValue(MilType type, IReadOnlyList<MilValue> items) : MilValue
{
    public override MilType Type { get; } = type;

    public IReadOnlyList<MilValue> Items { get; } = items;
}

internal sealed class MilDictionaryValue(MilDictionaryType type, IReadOnlyList<KeyValuePair<MilValue, MilValue>> entries) : MilValue
{
    public override MilDictionaryType Type { get; } = type;

    public IReadOnlyList<KeyValuePair<MilValue, MilValue>> Entries { get; } = entries;
}
