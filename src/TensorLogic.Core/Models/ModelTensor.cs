using System.Collections.Immutable;

namespace TensorLogic;

/// <summary>A weight of a model file by name: described without being read, decompressed on request.</summary>
public sealed class ModelTensor
{
    private readonly Func<Tensor> _read;

    /// <summary>Describes a stored tensor.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="storage">How it is stored.</param>
    /// <param name="elementType">Element type that <see cref="Read"/> gives.</param>
    /// <param name="dimensions">Sizes, outermost first. A header may name sizes that no tensor in memory can have.</param>
    /// <param name="byteCount">Stored size in bytes.</param>
    /// <param name="read">Makes the tensor: a view of the file where it is stored plainly, else a decompressed copy.</param>
    public ModelTensor(string name, Quantization storage, ElementType elementType, ImmutableArray<long> dimensions, long byteCount, Func<Tensor> read)
    {
        Name = name;
        Storage = storage;
        ElementType = elementType;
        Dimensions = dimensions;
        ByteCount = byteCount;
        _read = read;
    }

    /// <summary>Name in the file.</summary>
    public string Name { get; }

    /// <summary>How it is stored: <c>F16</c>, <c>Q4_K</c>, <c>Palettized4</c>.</summary>
    public Quantization Storage { get; }

    /// <summary>Element type that <see cref="Read"/> gives.</summary>
    public ElementType ElementType { get; }

    /// <summary>Sizes, outermost first.</summary>
    public ImmutableArray<long> Dimensions { get; }

    /// <summary>Stored size in bytes.</summary>
    public long ByteCount { get; }

    /// <summary>The tensor: a view of the mapped file where it is stored plainly, else a decompressed copy. The caller disposes it.</summary>
    /// <exception cref="ModelFormatException">The stored bytes are broken.</exception>
    /// <exception cref="ModelLimitException">A size exceeds 2^31 - 1.</exception>
    public Tensor Read() => _read();

    /// <summary>The stored bytes, a tensor of u8 in the layout that <see cref="Storage"/> names; null where only <see cref="Read"/> can tell them.</summary>
    internal Func<Tensor>? ReadStored { get; init; }

    /// <summary><c>conv1.weight: F16 [16, 1, 3, 3]</c>.</summary>
    public override string ToString() => $"{Name}: {Storage} [{string.Join(", ", Dimensions)}]";
}
