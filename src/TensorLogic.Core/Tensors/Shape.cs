using System.Collections;
using System.Runtime.CompilerServices;

namespace TensorLogic;

/// <summary>The sizes of a tensor along its axes, outermost first. Rank 0 is a scalar; a size may be 0.</summary>
/// <remarks>Immutable. Write <c>[1, 3, 224, 224]</c>.</remarks>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IReadOnlyList<int>, IEquatable<Shape>
{
    private readonly int[]? _sizes;

    /// <summary>The largest rank that the library handles.</summary>
    public const int MaxRank = 16;

    private Shape(int[] sizes) => _sizes = sizes;

    /// <summary>The shape with these sizes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative or the rank exceeds <see cref="MaxRank"/>.</exception>
    public static Shape Create(params ReadOnlySpan<int> sizes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sizes.Length, MaxRank, nameof(sizes));
        foreach (int size in sizes)
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(sizes));
        return new(sizes.ToArray());
    }

    /// <summary>The shape of a scalar.</summary>
    public static Shape Scalar => default;

    /// <summary>The sizes.</summary>
    public ReadOnlySpan<int> Sizes => _sizes;

    /// <summary>Number of axes.</summary>
    public int Rank => _sizes?.Length ?? 0;

    /// <summary>Size along an axis; negative axes count from the end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The axis is outside [-rank, rank).</exception>
    public int this[int axis] => Sizes[Axis(axis)];

    int IReadOnlyCollection<int>.Count => Rank;

    /// <summary>Product of the sizes; 1 for a scalar.</summary>
    /// <exception cref="OverflowException">The product exceeds 2^63 - 1.</exception>
    public long ElementCount
    {
        get
        {
            long count = 1;
            foreach (int size in Sizes)
            {
                if (size == 0) return 0;
                count = checked(count * size);
            }
            return count;
        }
    }

    /// <summary>The number of elements of a shape that a caller gave.</summary>
    /// <exception cref="ArgumentException">It exceeds 2^63 - 1.</exception>
    internal long ElementCountOf(string parameter)
    {
        try
        {
            return ElementCount;
        }
        catch (OverflowException)
        {
            throw new ArgumentException($"The shape {this} has more than 2^63 - 1 elements.", parameter);
        }
    }

    /// <summary>Maps a negative axis to its place from the front.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The axis is outside [-rank, rank).</exception>
    public int Axis(int axis)
    {
        if (axis < -Rank || axis >= Rank)
            throw new ArgumentOutOfRangeException(nameof(axis), axis, $"Axis {axis} is out of range for {Rank} axes.");
        return axis < 0 ? axis + Rank : axis;
    }

    /// <summary>Row-major strides in elements.</summary>
    public long[] RowMajorStrides()
    {
        var strides = new long[Rank];
        long step = 1;
        for (int axis = Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = step;
            step *= Math.Max(1, Sizes[axis]);
        }
        return strides;
    }

    /// <summary>The common shape under NumPy's broadcasting rule, or false.</summary>
    public static bool TryBroadcast(Shape left, Shape right, out Shape result)
    {
        var sizes = new int[Math.Max(left.Rank, right.Rank)];
        for (int i = 1; i <= sizes.Length; i++)
        {
            int a = i <= left.Rank ? left.Sizes[^i] : 1;
            int b = i <= right.Rank ? right.Sizes[^i] : 1;
            if (a != b && a != 1 && b != 1)
            {
                result = default;
                return false;
            }
            sizes[^i] = a == 1 ? b : a;
        }
        result = new(sizes);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => Sizes.SequenceEqual(other.Sizes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (int size in Sizes) hash.Add(size);
        return hash.ToHashCode();
    }

    /// <summary>Equal rank and sizes.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Different rank or sizes.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary><c>[1, 3, 224, 224]</c>; <c>[]</c> for a scalar.</summary>
    public override string ToString() => $"[{string.Join(", ", _sizes ?? [])}]";

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(_sizes ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
