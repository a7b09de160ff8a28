using TensorLogic.Functions;

namespace TensorLogic;

/// <summary>Einstein sums.</summary>
public sealed partial class TensorFunctions
{
    /// <summary>The product of tensors whose axes are named by letters, summed over the letters that the result lacks:
    /// <c>Einsum("ij,jk-&gt;ik", a, b)</c>. A letter that repeats in one tensor takes its diagonal.</summary>
    /// <exception cref="ArgumentException">The equation does not fit the tensors.</exception>
    public Tensor Einsum(string equation, params ReadOnlySpan<Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(equation);
        string text = equation.Replace(" ", "", StringComparison.Ordinal);
        int arrow = text.IndexOf("->", StringComparison.Ordinal);
        if (arrow < 0) throw new ArgumentException($"The equation '{equation}' has no '->'.", nameof(equation));
        string[] operands = text[..arrow].Split(',');
        string result = text[(arrow + 2)..];
        if (operands.Length != tensors.Length) throw new ArgumentException($"The equation names {operands.Length} tensors, {tensors.Length} are given.", nameof(tensors));
        ElementType type = tensors[0].ElementType;
        foreach (Tensor tensor in tensors) type = Promote(type, tensor.ElementType);
        if (type == ElementType.Bool) type = ElementType.Int64;

        List<Labelled> labelled = [];
        Dictionary<char, int> sizes = [];
        for (int i = 0; i < operands.Length; i++)
        {
            if (operands[i].Length != tensors[i].Rank) throw new ArgumentException($"Tensor {i} has {tensors[i].Rank} axes, '{operands[i]}' names {operands[i].Length}.", nameof(tensors));
            for (int axis = 0; axis < operands[i].Length; axis++)
                if (sizes.TryGetValue(operands[i][axis], out int size) && size != tensors[i].Shape[axis])
                    throw new ArgumentException($"The letter '{operands[i][axis]}' has sizes {size} and {tensors[i].Shape[axis]}.", nameof(tensors));
                else sizes[operands[i][axis]] = tensors[i].Shape[axis];
            labelled.Add(Diagonal(Cast(tensors[i], ComputeType(type)), [.. operands[i].Select(letter => (int)letter)]));
        }
        if (result.Distinct().Count() != result.Length || result.Any(letter => !sizes.ContainsKey(letter)))
            throw new ArgumentException($"The result '{result}' repeats a letter or has one that no tensor has.", nameof(equation));
        int[] wanted = [.. result.Select(letter => (int)letter)];
        return Cast(Contraction.Align(this, Contraction.Run(this, labelled, wanted.ToHashSet()), wanted), type);
    }

    /// <summary>With every label once: a label that repeats takes the diagonal.</summary>
    internal Labelled Diagonal(Tensor x, int[] labels)
    {
        while (true)
        {
            int second = -1;
            for (int axis = 1; axis < labels.Length && second < 0; axis++)
                if (Array.IndexOf(labels, labels[axis]) < axis) second = axis;
            if (second < 0) return new(x, labels);
            int first = Array.IndexOf(labels, labels[second]), n = x.Shape[first];
            int[] others = [.. Enumerable.Range(0, x.Rank).Where(axis => axis != first && axis != second)];
            Tensor moved = Permute(x, [first, second, .. others]);
            Tensor rows = Reshape(moved, [n * n, .. moved.Shape.Sizes[2..]]);
            x = Take(rows, Tensor.FromArray(Array.ConvertAll(Enumerable.Range(0, n).ToArray(), i => (long)i * (n + 1)), [n]));
            labels = [labels[first], .. others.Select(axis => labels[axis])];
        }
    }
}
