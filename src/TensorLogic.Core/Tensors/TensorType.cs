using System.Collections.Immutable;
using System.Globalization;

namespace TensorLogic;

/// <summary>One size of a shape that may not be known yet: a number, a named symbol, or unknown. No algebra.</summary>
/// <remarks>Two symbols of one name are equal sizes. Two unknown sizes are equal values of this type, which says nothing of the sizes.</remarks>
public readonly record struct Dimension
{
    private Dimension(int? size, string? symbol) => (Size, Symbol) = (size, symbol);

    /// <summary>The size, if known.</summary>
    public int? Size { get; }

    /// <summary>The name, if the size is a named symbol.</summary>
    public string? Symbol { get; }

    /// <summary>True for a number.</summary>
    public bool IsKnown => Size is not null;

    /// <summary>A size of which nothing is known.</summary>
    public static Dimension Unknown => default;

    /// <summary>A named size.</summary>
    public static Dimension Named(string symbol) => new(null, symbol);

    /// <summary>A number.</summary>
    public static implicit operator Dimension(int size) => new(size, null);

    /// <summary>The number, the name, or <c>?</c>.</summary>
    public override string ToString() => Size?.ToString(CultureInfo.InvariantCulture) ?? Symbol ?? "?";
}

/// <summary>Element type and possibly symbolic shape of a tensor. Printed <c>f16[1, n, 64]</c>.</summary>
public sealed class TensorType : IEquatable<TensorType>
{
    /// <summary>A type with these dimensions.</summary>
    public TensorType(ElementType elementType, ImmutableArray<Dimension> dimensions) => (ElementType, Dimensions) = (elementType, dimensions);

    /// <summary>A type with known sizes.</summary>
    public TensorType(ElementType elementType, Shape shape) : this(elementType, [.. shape.Select(size => (Dimension)size)])
    {
    }

    /// <summary>The element type.</summary>
    public ElementType ElementType { get; }

    /// <summary>The sizes, outermost first.</summary>
    public ImmutableArray<Dimension> Dimensions { get; }

    /// <summary>Number of axes.</summary>
    public int Rank => Dimensions.Length;

    /// <summary>True if every size is a number.</summary>
    public bool IsStatic => Dimensions.All(dimension => dimension.IsKnown);

    /// <summary>The sizes as numbers.</summary>
    /// <exception cref="InvalidOperationException">A size is not known.</exception>
    public Shape Shape => IsStatic
        ? Shape.Create([.. Dimensions.Select(dimension => dimension.Size!.Value)])
        : throw new InvalidOperationException($"{this} has sizes that are not known yet.");

    /// <summary>True if a tensor of this element type and shape satisfies the type: known sizes are equal.</summary>
    public bool Accepts(Shape shape)
    {
        if (shape.Rank != Rank) return false;
        for (int axis = 0; axis < Rank; axis++)
            if (Dimensions[axis].Size is int size && size != shape.Sizes[axis])
                return false;
        return true;
    }

    /// <summary>The same shape with another element type.</summary>
    public TensorType WithElementType(ElementType elementType) => new(elementType, Dimensions);

    /// <inheritdoc/>
    public bool Equals(TensorType? other) => other is not null && ElementType == other.ElementType && Dimensions.SequenceEqual(other.Dimensions);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TensorType);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ElementType, Rank, Rank > 0 ? Dimensions[0] : default, Rank > 1 ? Dimensions[^1] : default);

    /// <summary><c>f16[1, n, 64]</c>.</summary>
    public override string ToString() => $"{ElementType.Name}[{string.Join(", ", Dimensions)}]";
}
