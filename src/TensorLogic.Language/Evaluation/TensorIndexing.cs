using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Evaluation;

/// <summary>Subscripts of tensors (4.4): ints drop axes, slices keep them, lists and bool tensors select.</summary>
internal static class TensorIndexing
{
    private readonly record struct Selector(int Point, int Start, int Count, int Step, Tensor? List)
    {
        public bool IsPoint => Point >= 0;
    }

    public static Tensor Get(RunState run, Tensor tensor, ReadOnlySpan<SubscriptValue> subscripts)
    {
        Selector[] selectors = Selectors(run, tensor, subscripts);
        TensorFunctions f = run.Functions;
        Tensor result = tensor;
        for (int axis = selectors.Length - 1; axis >= 0; axis--)
            if (selectors[axis].IsPoint) result = f.Select(result, axis, selectors[axis].Point);
        Selector[] kept = [.. selectors.Where(selector => !selector.IsPoint)];
        for (int axis = 0; axis < kept.Length; axis++)
            if (kept[axis].List is null) result = f.Slice(result, axis, kept[axis].Start, kept[axis].Count, kept[axis].Step);
        int[] lists = [.. Enumerable.Range(0, kept.Length).Where(axis => kept[axis].List is not null)];
        return lists.Length switch
        {
            0 => result,
            1 => f.Take(result, kept[lists[0]].List!, lists[0]),
            _ => Pairwise(f, result, lists, Array.ConvertAll(lists, axis => kept[axis].List!)),
        };
    }

    // Several lists select together: their axes become one, from which the common index tensor takes.
    private static Tensor Pairwise(TensorFunctions f, Tensor x, int[] axes, Tensor[] lists)
    {
        Shape common = lists[0].Shape;
        foreach (Tensor list in lists[1..])
            common = Shape.TryBroadcast(common, list.Shape, out Shape both) ? both : throw new ScriptFault(Messages.DoNotBroadcast(common, list.Shape));
        int[] others = [.. Enumerable.Range(0, x.Rank).Except(axes)];
        var places = new long[common.ElementCount];
        int combined = 1;
        for (int k = 0; k < axes.Length; k++)
        {
            int size = x.Shape[axes[k]];
            combined = checked(combined * size);
            long[] indices = TensorConversion.ReadLongs(lists[k].BroadcastTo(common));
            for (int i = 0; i < places.Length; i++) places[i] = places[i] * size + indices[i];
        }
        Tensor moved = f.Permute(x, [.. axes, .. others]);
        Tensor taken = f.Take(f.Reshape(moved, [combined, .. moved.Shape.Sizes[axes.Length..]]), Tensor.FromArray(places, common));
        int before = axes[0];
        int[] order = [.. Enumerable.Range(common.Rank, before), .. Enumerable.Range(0, common.Rank), .. Enumerable.Range(common.Rank + before, others.Length - before)];
        return f.Permute(taken, order);
    }

    public static Tensor Set(RunState run, Tensor tensor, ReadOnlySpan<SubscriptValue> subscripts, Value value)
    {
        Selector[] selectors = Selectors(run, tensor, subscripts);
        Tensor source = Tensors.Of(run, value);
        if (value.IsFloat) source = TensorLiteral.OfScalar(value, tensor.ElementType.IsFloat ? TensorFunctions.ComputeType(tensor.ElementType) : ElementType.Float64);
        if (tensor.History is null && source.History is null && Array.TrueForAll(selectors, selector => selector.List is null))
        {
            Tensor copy = tensor.Clone();
            Tensor part = Get(run, copy, subscripts);
            using Tensor given = Fitting(source, part.Shape);
            given.CopyTo(part);
            return copy;
        }
        // Where each selected element lies: the subscripts applied to the positions themselves.
        TensorFunctions f = run.Functions;
        int count = checked((int)tensor.ElementCount);
        Tensor positions = Tensor.FromArray(Array.ConvertAll(Enumerable.Range(0, count).ToArray(), i => (long)i), tensor.Shape);
        Tensor places = Get(run, positions, subscripts);
        if (!Fits(source.Shape, places.Shape)) throw new ScriptFault(Messages.DoesNotFitSelection(source.Shape.ToString()));
        Tensor updates = f.Broadcast(source, places.Shape);
        return f.Reshape(f.Scatter(f.Flatten(tensor), f.Flatten(places), f.Flatten(updates)), tensor.Shape.Sizes);
    }

    private static Tensor Fitting(Tensor source, Shape shape) => Fits(source.Shape, shape) ? source.BroadcastTo(shape) : throw new ScriptFault(Messages.DoesNotFitSelection(source.Shape.ToString()));

    private static bool Fits(Shape source, Shape selection) => Shape.TryBroadcast(source, selection, out Shape both) && both == selection;

    private static Selector[] Selectors(RunState run, Tensor tensor, ReadOnlySpan<SubscriptValue> subscripts)
    {
        if (subscripts.Length > tensor.Rank) throw new ScriptFault(Messages.TensorSubscripts(tensor.Rank, subscripts.Length));
        var selectors = new Selector[tensor.Rank];
        for (int axis = 0; axis < selectors.Length; axis++)
        {
            int size = tensor.Shape[axis];
            selectors[axis] = axis < subscripts.Length ? Of(run, subscripts[axis], size) : new(-1, 0, size, 1, null);
        }
        return selectors;
    }

    private static Selector Of(RunState run, SubscriptValue subscript, int size)
    {
        if (subscript.IsSlice || subscript.Index.Content is RangeValue)
        {
            (int start, int count, int step) = Indexing.SliceOf(subscript, size);
            return new(-1, start, count, step, null);
        }
        Tensor? list = subscript.Index.Content is ListValue items ? TensorLiteral.OfList(run, items) : subscript.Index.TensorOrNull;
        if (list is null || list.Rank == 0 && list.ElementType.IsInteger) return new(Indexing.Position(subscript.Index, size), 0, 1, 1, null);
        if (list.ElementType == ElementType.Bool)
        {
            if (list.Rank != 1 || list.Shape[0] != size) throw new ScriptFault(Messages.DoesNotFitSelection(list.Shape.ToString()));
            long[] truth = TensorConversion.ReadLongs(list);
            long[] chosen = [.. Enumerable.Range(0, size).Where(i => truth[i] != 0).Select(i => (long)i)];
            return new(-1, 0, 0, 1, Tensor.FromArray(chosen, [chosen.Length]));
        }
        if (list.ElementCount > 0 && !list.ElementType.IsInteger) throw new ScriptFault(Messages.IndexMustBeInt(subscript.Index.Kind == ValueKind.List ? "float" : "tensor"));
        long[] indices = TensorConversion.ReadLongs(list);
        for (int i = 0; i < indices.Length; i++) indices[i] = Indexing.Position(indices[i], size);
        return new(-1, 0, 0, 1, Tensor.FromArray(indices, list.Shape));
    }
}
