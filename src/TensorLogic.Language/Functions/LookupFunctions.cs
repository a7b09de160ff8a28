using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Functions;

/// <summary>Lookup by indices (6.10) and Einstein sums (6.11).</summary>
internal static class LookupFunctions
{
    public static void AddTo(Library library)
    {
        library.Add("embedding(weight, ids)", static c =>
        {
            Tensor weight = c.Tensor(0);
            if (weight.Rank == 0) throw new ScriptFault(Messages.NeedsAxes(c.Name, 1, weight.Shape));
            return c.F.Embedding(weight, Indices(c, 1, weight.Shape[0]));
        });
        library.Add("gather(x, index, axis = 0)", static c =>
        {
            Tensor x = c.Tensor(0);
            int axis = c.Axis(2, x.Rank);
            return c.F.Gather(x, AlongAxis(c, x, axis), axis);
        });
        library.Add("scatter(x, index, src, axis = 0, reduce = \"set\")", static c =>
        {
            Tensor x = c.Tensor(0), source = c.Tensor(2);
            int axis = c.Axis(3, x.Rank);
            string reduce = c.Text(4);
            if (reduce is not ("set" or "add")) throw c.Expects("reduce \"set\" or \"add\"", c[4]);
            Tensor index = AlongAxis(c, x, axis);
            if (!Shape.TryBroadcast(source.Shape, index.Shape, out Shape both) || both != index.Shape) throw new ScriptFault(Messages.DoNotBroadcast(source.Shape, index.Shape));
            return c.F.Scatter(x, index, c.F.Broadcast(source, index.Shape), axis, reduce == "add");
        });
        library.Add("top_k(x, k)", static c =>
        {
            Tensor x = c.Tensor(0);
            int k = c.SmallInt(1);
            if (x.Rank == 0) throw new ScriptFault(Messages.NeedsAxes(c.Name, 1, x.Shape));
            if (k < 0 || k > x.Shape[-1]) throw new ScriptFault(Messages.IndexOutOfRange(k, x.Shape[-1]));
            (Tensor values, Tensor indices) = c.F.TopK(x, k);
            return Value.Of(new RecordValue([new("values", values), new("indices", indices)]));
        });
        library.Add("einsum(...)", static c => Einsum(c));
    }

    private static Tensor Indices(LibraryCall c, int argument, int size)
    {
        Tensor indices = c.F.Cast(c.Tensor(argument), ElementType.Int64);
        foreach (long index in TensorConversion.ReadLongs(indices))
            if (index < 0 || index >= size) throw new ScriptFault(Messages.IndexOutOfRange(index, size));
        return indices;
    }

    private static Tensor AlongAxis(LibraryCall c, Tensor x, int axis)
    {
        Tensor index = Indices(c, 1, x.Shape[axis]);
        if (index.Rank != x.Rank) throw new ScriptFault(Messages.NeedsAxes(c.Name, x.Rank, index.Shape));
        for (int k = 0; k < x.Rank; k++)
            if (k != axis && index.Shape[k] > x.Shape[k]) throw new ScriptFault(Messages.DoNotBroadcast(x.Shape, index.Shape));
        return index;
    }

    private static Value Einsum(LibraryCall c)
    {
        if (c.Rest is not [{ Content: string equation }, ..]) throw new ScriptFault(Messages.NeedsArgument(c.Name, "equation"));
        LibraryCall call = c;
        Tensor[] tensors = [.. c.Rest.Skip(1).Select(value => Tensors.Of(call.Run, value, call.Name))];
        string text = equation.Replace(" ", "", StringComparison.Ordinal);
        int arrow = text.IndexOf("->", StringComparison.Ordinal);
        if (arrow < 0) throw new ScriptFault(Messages.Einsum("needs '->'"));
        string[] operands = text[..arrow].Split(',');
        string result = text[(arrow + 2)..];
        if (operands.Length != tensors.Length) throw new ScriptFault(Messages.Einsum($"has {operands.Length} operands, {tensors.Length} given"));
        Dictionary<char, int> sizes = [];
        for (int i = 0; i < operands.Length; i++)
        {
            if (operands[i].Length != tensors[i].Rank) throw new ScriptFault(Messages.Einsum($"operand '{operands[i]}' does not fit shape {tensors[i].Shape}"));
            for (int axis = 0; axis < tensors[i].Rank; axis++)
            {
                char letter = operands[i][axis];
                if (!char.IsAsciiLetter(letter)) throw new ScriptFault(Messages.Einsum($"index '{letter}' is not a letter"));
                if (sizes.TryGetValue(letter, out int size) && size != tensors[i].Shape[axis]) throw new ScriptFault(Messages.Einsum($"index '{letter}' has size {size} and {tensors[i].Shape[axis]}"));
                sizes[letter] = tensors[i].Shape[axis];
            }
        }
        foreach (char letter in result)
            if (!sizes.ContainsKey(letter)) throw new ScriptFault(Messages.Einsum($"index '{letter}' of the result is unknown"));
            else if (result.Count(other => other == letter) > 1) throw new ScriptFault(Messages.Einsum($"index '{letter}' repeats in the result"));
        return c.F.Einsum(text, tensors);
    }
}
