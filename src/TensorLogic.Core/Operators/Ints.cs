using System.Collections;
using System.Runtime.CompilerServices;

namespace TensorLogic.Operators;

/// <summary>A short list of integers in an attribute record: axes, strides, pads. Compared and printed by value.</summary>
[CollectionBuilder(typeof(Ints), nameof(Create))]
public readonly struct Ints : IReadOnlyList<int>, IEquatable<Ints>
{
    private readonly int[]? _items;

    private Ints(int[] items) => _items = items;

    /// <summary>A list of these integers.</summary>
    public static Ints Create(ReadOnlySpan<int> items) => new(items.ToArray());

    /// <summary>The integers.</summary>
    public ReadOnlySpan<int> Span => _items;

    /// <inheritdoc/>
    public int Count => _items?.Length ?? 0;

    /// <inheritdoc/>
    public int this[int index] => Span[index];

    /// <inheritdoc/>
    public bool Equals(Ints other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Ints other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (int item in Span) hash.Add(item);
        return hash.ToHashCode();
    }

    /// <summary>Equal integers in equal order.</summary>
    public static bool operator ==(Ints left, Ints right) => left.Equals(right);

    /// <summary>Different integers or order.</summary>
    public static bool operator !=(Ints left, Ints right) => !left.Equals(right);

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(_items ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary><c>[1, 2]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", _items ?? [])}]";
}
