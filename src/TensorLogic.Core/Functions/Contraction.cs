using TensorLogic.Operators;

namespace TensorLogic.Functions;

/// <summary>A tensor whose axes have labels.</summary>
/// <param name="Tensor">The elements.</param>
/// <param name="Labels">One for each axis, all different.</param>
internal readonly record struct Labelled(Tensor Tensor, int[] Labels);

/// <summary>Products of tensors summed over some labels, as matrix products of two at a time in the order of least cost.</summary>
internal static class Contraction
{
    private const int MostForExactOrder = 8;

    /// <summary>The product of all operands, summed over the labels that are not kept.</summary>
    /// <param name="f">Runs the operators.</param>
    /// <param name="operands">At least one; all of one element type, f32, f64 or i64.</param>
    /// <param name="kept">Labels that stay. The result has those that occur, in any order.</param>
    public static Labelled Run(TensorFunctions f, IReadOnlyList<Labelled> operands, IReadOnlySet<int> kept)
    {
        List<Labelled> open = [.. operands];
        while (true)
        {
            for (int i = 0; i < open.Count; i++) open[i] = SumAlone(f, open, i, kept);
            if (open.Count == 1) return open[0];
            (int a, int b) = Best(open, kept);
            Labelled product = Pair(f, open[a], open[b], label => kept.Contains(label) || IsElsewhere(open, a, b, label));
            open.RemoveAt(Math.Max(a, b));
            open.RemoveAt(Math.Min(a, b));
            open.Insert(Math.Min(a, b), product);
        }
    }

    /// <summary>The axes in this order; labels that the tensor lacks become axes of size 1.</summary>
    public static Tensor Align(TensorFunctions f, Labelled x, ReadOnlySpan<int> labels)
    {
        int[] wanted = labels.ToArray();
        int[] order = [.. wanted.Select(label => Array.IndexOf(x.Labels, label)).Where(axis => axis >= 0)];
        Tensor tensor = IsIdentity(order) ? x.Tensor : f.Permute(x.Tensor, order);
        if (wanted.Length == order.Length) return tensor;
        int next = 0;
        int[] sizes = [.. wanted.Select(label => Array.IndexOf(x.Labels, label) >= 0 ? tensor.Shape[next++] : 1)];
        return f.Reshape(tensor, sizes);
    }

    // Labels that no other operand has can be summed at once.
    private static Labelled SumAlone(TensorFunctions f, List<Labelled> open, int index, IReadOnlySet<int> kept)
    {
        Labelled x = open[index];
        int[] axes = [.. Enumerable.Range(0, x.Labels.Length).Where(axis => !kept.Contains(x.Labels[axis]) && !IsElsewhere(open, index, index, x.Labels[axis]))];
        if (axes.Length == 0) return x;
        return new(f.Sum(x.Tensor, axes), [.. x.Labels.Where((_, axis) => !axes.Contains(axis))]);
    }

    private static bool IsElsewhere(List<Labelled> open, int a, int b, int label)
    {
        for (int i = 0; i < open.Count; i++)
            if (i != a && i != b && open[i].Labels.Contains(label)) return true;
        return false;
    }

    /// <summary>The pair to multiply next: the first step of the cheapest whole order for few operands, else the pair whose product is cheapest.</summary>
    private static (int A, int B) Best(List<Labelled> open, IReadOnlySet<int> kept)
    {
        if (open.Count == 2) return (0, 1);
        (int, int) best = (0, 1);
        double least = double.PositiveInfinity;
        Dictionary<int, double> sizes = [];
        foreach (Labelled x in open)
            for (int axis = 0; axis < x.Labels.Length; axis++) sizes[x.Labels[axis]] = x.Tensor.Shape[axis];
        List<HashSet<int>> labels = [.. open.Select(x => x.Labels.ToHashSet())];
        bool exact = open.Count <= MostForExactOrder;
        for (int a = 0; a < open.Count; a++)
            for (int b = a + 1; b < open.Count; b++)
            {
                double cost = exact ? CostOfOrder(labels, a, b, kept, sizes, least) : CostOfPair(labels, a, b, kept, sizes).Cost;
                if (cost < least) (least, best) = (cost, (a, b));
            }
        return best;
    }

    private static double CostOfOrder(List<HashSet<int>> labels, int a, int b, IReadOnlySet<int> kept, Dictionary<int, double> sizes, double limit)
    {
        (double cost, HashSet<int> product) = CostOfPair(labels, a, b, kept, sizes);
        if (labels.Count == 2 || cost >= limit) return cost;
        List<HashSet<int>> rest = [.. labels.Where((_, i) => i != a && i != b), product];
        double least = double.PositiveInfinity;
        for (int i = 0; i < rest.Count; i++)
            for (int j = i + 1; j < rest.Count; j++)
                least = Math.Min(least, CostOfOrder(rest, i, j, kept, sizes, Math.Min(least, limit - cost)));
        return cost + least;
    }

    // Multiplications of the pair, and one more for each element written.
    private static (double Cost, HashSet<int> Product) CostOfPair(List<HashSet<int>> labels, int a, int b, IReadOnlySet<int> kept, Dictionary<int, double> sizes)
    {
        HashSet<int> all = [.. labels[a], .. labels[b]];
        HashSet<int> product = [.. all.Where(label => kept.Contains(label) || labels.Where((_, i) => i != a && i != b).Any(other => other.Contains(label)))];
        return (all.Aggregate(1.0, (cost, label) => cost * sizes[label]) + product.Aggregate(1.0, (cost, label) => cost * sizes[label]), product);
    }

    /// <summary>The product of two, summed over what is not needed.</summary>
    private static Labelled Pair(TensorFunctions f, Labelled x, Labelled y, Func<int, bool> isNeeded)
    {
        int[] shared = [.. x.Labels.Where(label => y.Labels.Contains(label))];
        int[] batch = [.. shared.Where(isNeeded)], summed = [.. shared.Where(label => !isNeeded(label))];
        int[] rows = [.. x.Labels.Except(shared)], columns = [.. y.Labels.Except(shared)];
        int[] result = [.. batch, .. rows, .. columns];
        if (summed.Length == 0)
            return new(f.Multiply(Align(f, x, result), Align(f, y, result)), result);

        Tensor p = f.Permute(x.Tensor, Order(x, [.. batch, .. rows, .. summed])), q = f.Permute(y.Tensor, Order(y, [.. batch, .. summed, .. columns]));
        int b = batch.Length, k = summed.Length;
        int[] batchSizes = [.. p.Shape.Sizes[..b]], rowSizes = [.. p.Shape.Sizes[b..(b + rows.Length)]], columnSizes = [.. q.Shape.Sizes[(b + k)..]];
        int Product(ReadOnlySpan<int> sizes)
        {
            int product = 1;
            foreach (int size in sizes) product = checked(product * size);
            return product;
        }

        int batches = Product(batchSizes), m = Product(rowSizes), n = Product(columnSizes), inner = Product(q.Shape.Sizes[b..(b + k)]);
        Tensor left = f.Reshape(p, batch.Length == 0 ? [m, inner] : [batches, m, inner]), right = f.Reshape(q, batch.Length == 0 ? [inner, n] : [batches, inner, n]);
        return new(f.Reshape(f.MatMul(left, right), [.. batchSizes, .. rowSizes, .. columnSizes]), result);
    }

    private static int[] Order(Labelled x, int[] labels) => Array.ConvertAll(labels, label => Array.IndexOf(x.Labels, label));

    private static bool IsIdentity(int[] order)
    {
        for (int k = 0; k < order.Length; k++)
            if (order[k] != k) return false;
        return true;
    }
}
