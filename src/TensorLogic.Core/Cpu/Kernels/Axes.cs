using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Questions about sets of axes.</summary>
internal static class Axes
{
    /// <summary>True if the axes (none: all) are the last ones.</summary>
    public static bool AreLast(Ints axes, int rank, out int count)
    {
        count = axes.Count == 0 ? rank : axes.Count;
        return AreNeighbours(axes, rank, out int first, out int end) && end == rank && first == rank - count;
    }

    /// <summary>True if the axes (none: all) stand side by side: first to before end.</summary>
    public static bool AreNeighbours(Ints axes, int rank, out int first, out int end)
    {
        int[] sorted = axes.Count == 0 ? [.. Enumerable.Range(0, rank)] : [.. axes.Select(axis => axis < 0 ? axis + rank : axis).Order()];
        (first, end) = sorted.Length == 0 ? (0, 0) : (sorted[0], sorted[^1] + 1);
        return end - first == sorted.Length;
    }

    public static int Product(ReadOnlySpan<int> sizes)
    {
        int product = 1;
        foreach (int size in sizes) product = checked(product * size);
        return product;
    }
}
