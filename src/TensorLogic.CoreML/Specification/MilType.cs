using System.Collections.Immutable;

namespace TensorLogic.CoreML.Specification;

/// <summary>Type of a value of an ML Program.</summary>
internal abstract record MilType;

/// <summary>A tensor of numbers or strings. Scalars are tensors of rank 0.</summary>
/// <param name="ElementType">Null for strings.</param>
/// <param name="Dimensions">Sizes, unknown ones included; empty for a scalar and for an unknown rank.</param>
/// <param name="HasRank">False where the rank itself is unknown.</param>
internal sealed record MilTensorType(ElementType? ElementType, ImmutableArray<Dimension> Dimensions, bool HasRank = true) : MilType
{
    public bool IsString => ElementType is null;

    /// <summary>True if rank and every size are known.</summary>
    public bool IsStatic => HasRank && Dimensions.All(dimension => dimension.IsKnown);

    /// <summary>The type as the graph has it.</summary>
    /// <exception cref="InvalidOperationException">A tensor of strings.</exception>
    public TensorType Tensor => new(ElementType ?? throw new InvalidOperationException("A tensor of strings has no element type."), Dimensions);

    public bool Equals(MilTensorType? other) =>
        other is not null && ElementType == other.ElementType && HasRank == other.HasRank && Dimensions.SequenceEqual(other.Dimensions);

    public override int GetHashCode() => HashCode.Combine(ElementType, HasRank, Dimensions.Length);

    public override string ToString() => $"{ElementType?.Name ?? "string"}[{(HasRank ? string.Join(", ", Dimensions) : "...")}]";
}

/// <summary>A list, such as the tensor arrays of loops and the labels of a classifier.</summary>
internal sealed record MilListType(MilType Element, Dimension Length) : MilType
{
    public override string ToString() => $"list<{Element}, {Length}>";
}

internal sealed record MilTupleType(IReadOnlyList<MilType> Elements) : MilType
{
    public override string ToString() => $"tuple<{string.Join(", ", Elements)}>";
}

internal sealed record MilDictionaryType(MilType Key, MilType Value) : MilType
{
    public override string ToString() => $"dict<{Key}, {Value}>";
}

/// <summary>A state that lives between predictions.</summary>
internal sealed record MilStateType(MilType Wrapped) : MilType
{
    public override string ToString() => $"state<{Wrapped}>";
}

/// <summary>A name with its type: an input of a function or block, an output of an operation.</summary>
internal sealed record MilNamedType(string Name, MilType Type)
{
    public override string ToString() => $"{Type} {Name}";
}
