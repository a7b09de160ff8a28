using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Functions;

/// <summary>Shapes and order of elements (6.5). Names that lists and strings have too are among the functions of lists.</summary>
internal static class ShapeFunctions
{
    public static void AddTo(Library library)
    {
        library.Add("shape(x)", static c => Value.Of(c.Tensor(0).Shape.Select(size => (Value)size)));
        library.Add("rank(x)", static c => c.Tensor(0).Rank);
        library.Add("dtype(x)", static c => Value.Of(c.Tensor(0).ElementType));
        library.Add("reshape(x, shape)", static c => Reshape(c));
        library.Add("flatten(x)", static c => c.F.Flatten(c.Tensor(0)));
        library.Add("transpose(x)", static c =>
        {
            Tensor x = c.Tensor(0);
            return x.Rank >= 2 ? c.F.Transpose(x) : throw new ScriptFault(Messages.AxisOutOfRange(-2, x.Rank));
        });
        library.Add("permute(x, order)", static c =>
        {
            Tensor x = c.Tensor(0);
            int[] order = c.Axes(1, x.Rank);
            if (order.Length != x.Rank || order.Distinct().Count() != x.Rank) throw new ScriptFault(Messages.NotAnOrder(c[1].ToString(), x.Rank));
            return c.F.Permute(x, order);
        });
        library.Add("squeeze(x, axis?)", static c =>
        {
            Tensor x = c.Tensor(0);
            int[] axes = c.Axes(1, x.Rank);
            foreach (int axis in axes)
                if (x.Shape[axis] != 1) throw new ScriptFault(Messages.AxisNotOne(axis, x.Shape[axis]));
            return c.F.Squeeze(x, axes);
        });
        library.Add("unsqueeze(x, axis)", static c =>
        {
            Tensor x = c.Tensor(0);
            return c.F.Unsqueeze(x, c.Axis(1, x.Rank + 1));
        });
        library.Add("broadcast_to(x, shape)", static c =>
        {
            Tensor x = c.Tensor(0);
            Shape shape = c.Shape(1, x.ElementType);
            return Shape.TryBroadcast(x.Shape, shape, out Shape both) && both == shape ? c.F.Broadcast(x, shape) : throw new ScriptFault(Messages.DoNotBroadcast(x.Shape, shape));
        });
        library.Add("stack(xs, axis = 0)", static c =>
        {
            Tensor[] all = All(c);
            foreach (Tensor tensor in all)
                if (tensor.Shape != all[0].Shape) throw new ScriptFault(Messages.ShapesDifferInStack(all[0].Shape, tensor.Shape));
            return c.F.Stack(all, c.Axis(1, all[0].Rank + 1));
        });
        library.Add("split(x, parts?, axis = 0, sep?)", static c => c[0].Content is string ? StringFunctions.Split(c) : Split(c));
        library.Add("pad(x, widths, value = 0)", static c =>
        {
            Tensor x = c.Tensor(0);
            ListValue widths = c.List(1);
            LibraryCall call = c;
            int[] pairs = [.. widths.SelectMany(pair => pair.Content is ListValue { Count: 2 } ends
                ? ends.Select(end => (int)Math.Clamp(Tensors.IntOrNull(end) ?? throw call.Expects("ints", end), -1, int.MaxValue))
                : throw call.Expects("one [before, after] for each axis", pair))];
            if (widths.Count != x.Rank) throw c.Expects("one [before, after] for each axis", c[1]);
            if (Array.Exists(pairs, width => width < 0)) throw new ScriptFault(Messages.NegativeSize(-1));
            c.Shape([.. x.Shape.Select((size, axis) => (int)Math.Min((long)size + pairs[2 * axis] + pairs[2 * axis + 1], int.MaxValue))], x.ElementType);
            return x.Rank == 0 ? x : c.F.Pad(x, pairs, c.Number(2));
        });
        library.Add("slice(x, axis, start, end)", static c =>
        {
            Tensor x = c.Tensor(0);
            int axis = c.Axis(1, x.Rank);
            (int start, int count, _) = Indexing.Clipped(c.Int(2), c.Int(3), 1, x.Shape[axis]);
            return c.F.Slice(x, axis, start, count);
        });
        library.Add("tril(x, k = 0)", static c => c.F.Tril(Matrices(c), c.SmallInt(1)));
        library.Add("triu(x, k = 0)", static c => c.F.Triu(Matrices(c), c.SmallInt(1)));
        library.Add("to_list(x)", static c => ToList(c.Tensor(0)));
        library.Add("item(x)", static c => c.Tensor(0) is { ElementCount: 1 } x ? Tensors.Scalar(x) : throw c.Expects("a tensor with one element", c[0]));
    }

    private static Value Reshape(LibraryCall c)
    {
        Tensor x = c.Tensor(0);
        int[] shape = c.Ints(1);
        ScriptFault misfit = new(Messages.CannotReshape(x.Shape, $"[{string.Join(", ", shape)}]"));
        int unknown = Array.IndexOf(shape, -1);
        if (shape.Length > Shape.MaxRank || Array.Exists(shape, size => size < -1) || shape.Count(size => size == -1) > 1) throw misfit;
        Int128 product = 1;
        foreach (int size in shape)
            if (size != -1) product = product > long.MaxValue ? product : product * size;
        if (unknown >= 0 ? product == 0 || x.ElementCount % product != 0 : product != x.ElementCount) throw misfit;
        if (unknown >= 0) shape[unknown] = (int)(x.ElementCount / product);
        return c.F.Reshape(x, shape);
    }

    private static Tensor Matrices(LibraryCall c)
    {
        Tensor x = c.Tensor(0);
        return x.Rank >= 2 ? x : throw new ScriptFault(Messages.AxisOutOfRange(-2, x.Rank));
    }

    /// <summary>The tensors of a list argument, or the rows of a tensor.</summary>
    public static Tensor[] All(LibraryCall c)
    {
        LibraryCall call = c;
        Tensor[] all = c[0].TensorOrNull is { Rank: > 0 } rows
            ? [.. Enumerable.Range(0, rows.Shape[0]).Select(i => call.F.Select(rows, 0, i))]
            : [.. c.List(0).Select(item => Tensors.Of(call.Run, item, call.Name))];
        return all.Length > 0 ? all : throw c.Expects("at least one tensor", c[0]);
    }

    private static Value Split(LibraryCall c)
    {
        Tensor x = c.Tensor(0);
        int axis = c.Axis(2, x.Rank), size = x.Shape[axis];
        if (!c.Has(1)) throw new ScriptFault(Messages.NeedsArgument(c.Name, "parts"));
        int[] parts;
        if (Tensors.IntOrNull(c[1]) is { } count)
        {
            if (count <= 0 || size % count != 0) throw new ScriptFault(Messages.CannotSplit(size, count.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            parts = [.. Enumerable.Repeat((int)(size / count), (int)count)];
        }
        else
        {
            parts = c.Ints(1);
            if (Array.Exists(parts, part => part < 0) || parts.Sum(part => (long)part) != size) throw new ScriptFault(Messages.CannotSplit(size, c[1].ToString()));
        }
        return Value.Of(c.F.Split(x, parts, axis).Select(part => (Value)part));
    }

    private static Value ToList(Tensor x) => x.Rank == 0 ? Tensors.Scalar(x) : Value.Of(Enumerable.Range(0, x.Shape[0]).Select(i => ToList(x.Select(0, i))));
}
