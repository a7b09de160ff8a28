using System.Collections.Immutable;

namespace TensorLogic.Operators;

/// <summary>Shape rules that many operators share.</summary>
internal static class Inference
{
    /// <summary>One tensor output.</summary>
    public static ImmutableArray<ValueType> One(TensorType type) => [new TensorValueType(type)];

    /// <summary>One tensor output of these sizes.</summary>
    public static ImmutableArray<ValueType> One(ElementType type, params IEnumerable<Dimension> sizes) => One(new TensorType(type, [.. sizes]));

    /// <summary>The output is like the first input.</summary>
    public static ImmutableArray<ValueType> Same(InferenceContext context) => One(context.Input(0));

    /// <summary>Maps a negative axis to its place from the front.</summary>
    /// <exception cref="ShapeException">Outside [-rank, rank).</exception>
    public static int Axis(InferenceContext context, int input, int axis, int rank)
    {
        context.Require(axis >= -rank && axis < rank, input, $"a tensor with an axis {axis}");
        return axis < 0 ? axis + rank : axis;
    }

    /// <summary>Normalised, distinct axes; all axes where none are given.</summary>
    public static int[] Axes(InferenceContext context, int input, Ints axes, int rank)
    {
        if (axes.Count == 0) return [.. Enumerable.Range(0, rank)];
        int[] normalized = [.. axes.Select(axis => Axis(context, input, axis, rank)).Order()];
        context.Require(normalized.Distinct().Count() == normalized.Length, input, $"a tensor with distinct axes {axes}");
        return normalized;
    }

    /// <summary>The broadcast of two inputs' shapes.</summary>
    /// <exception cref="ShapeException">They do not broadcast.</exception>
    public static ImmutableArray<Dimension> Broadcast(InferenceContext context, int left, int right) =>
        Broadcast(context.Input(left).Dimensions, context.Input(right).Dimensions)
        ?? throw context.Error(right, $"a tensor that broadcasts with {context.Input(left)}");

    /// <summary>The broadcast of two shapes, or null.</summary>
    public static ImmutableArray<Dimension>? Broadcast(ImmutableArray<Dimension> left, ImmutableArray<Dimension> right)
    {
        var sizes = new Dimension[Math.Max(left.Length, right.Length)];
        for (int i = 1; i <= sizes.Length; i++)
        {
            Dimension a = i <= left.Length ? left[^i] : 1;
            Dimension b = i <= right.Length ? right[^i] : 1;
            if (a.Size is int m && b.Size is int n && m != n && m != 1 && n != 1) return null;
            sizes[^i] = a.Size == 1 ? b : b.Size == 1 ? a : a.IsKnown ? a : b.IsKnown ? b : a == b ? a : Dimension.Unknown;
        }
        return [.. sizes];
    }

    /// <summary>Checks indices that are known already against the size of the axis that they point into.</summary>
    /// <param name="context">The node.</param>
    /// <param name="input">Which input has the indices.</param>
    /// <param name="size">Size of the axis for each index in turn, which repeat.</param>
    /// <param name="fromFront">True if negative indices are errors.</param>
    /// <exception cref="ShapeException">An index points outside.</exception>
    public static void CheckIndices(InferenceContext context, int input, ReadOnlySpan<Dimension> size, bool fromFront)
    {
        if (context.Integers(input) is not { } indices) return;
        for (int i = 0; i < indices.Length; i++)
            if (size[i % size.Length].Size is int known && (indices[i] >= known || indices[i] < (fromFront ? 0 : -known)))
                throw context.Error(input, $"index {indices[i]}", $"indices into {known} elements");
    }

    /// <summary>True unless both sizes are known and differ.</summary>
    public static bool MayEqual(Dimension left, Dimension right) => left.Size is not int a || right.Size is not int b || a == b;

    /// <summary>The sum of sizes, unknown if one of them is.</summary>
    public static Dimension Sum(IEnumerable<Dimension> sizes)
    {
        long total = 0;
        foreach (Dimension size in sizes)
        {
            if (size.Size is not int known) return Dimension.Unknown;
            total += known;
        }
        return checked((int)total);
    }
}
