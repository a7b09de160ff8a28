using System.Text;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Functions;

/// <summary>Lists and records (14). Names that tensors have too take both.</summary>
internal static class ListFunctions
{
    public static void AddTo(Library library)
    {
        library.Add("append(xs, x)", static c => Value.Of(c.List(0).Append(c[1])));
        library.Add("insert(xs, i, x)", static c =>
        {
            ListValue list = c.List(0);
            long at = c.Int(1), place = at < 0 ? at + list.Count : at;
            if (place < 0 || place > list.Count) throw new ScriptFault(Messages.IndexOutOfRange(at, list.Count));
            return Value.Of(new ListValue([.. list.Span[..(int)place], c[2], .. list.Span[(int)place..]]));
        });
        library.Add("remove(xs, i)", static c =>
        {
            if (c[0].Content is RecordValue record)
            {
                string key = c.Text(1);
                return record.ContainsKey(key) ? Value.Of(new RecordValue(record.Where(field => field.Key != key))) : throw new ScriptFault(Messages.KeyNotInRecord(key));
            }
            ListValue list = c.List(0);
            int at = Indexing.Position(c[1], list.Count);
            return Value.Of(new ListValue([.. list.Span[..at], .. list.Span[(at + 1)..]]));
        });
        library.Add("concat(xs, axis = 0)", static c => Concat(c));
        library.Add("sort(xs, by?)", static c => c[0].Kind == ValueKind.Tensor ? SortedTensor(c) : Sorted(c));
        library.Add("reverse(x, axis = 0)", static c => c[0].Content switch
        {
            string text => Reversed(text),
            ListValue list => Value.Of(Enumerable.Reverse(list)),
            RangeValue => Value.Of(Enumerable.Reverse(c.List(0))),
            _ when c.Tensor(0) is { Rank: > 0 } tensor => c.F.Reverse(tensor, c.Axis(1, tensor.Rank)),
            _ => throw new ScriptFault(Messages.AxisOutOfRange(c.Int(1), 0)),
        });
        library.Add("map(xs, f)", static c =>
        {
            FunctionValue f = c.Function(1);
            RunState run = c.Run;
            return Value.Of(Sequences.Items(run, c[0]).Select(item => f.Call(run, [new(null, item)])));
        });
        library.Add("filter(xs, f)", static c =>
        {
            FunctionValue f = c.Function(1);
            RunState run = c.Run;
            return Value.Of(Sequences.Items(run, c[0]).Where(item => Operations.Truth(f.Call(run, [new(null, item)]))));
        });
        library.Add("fold(xs, init, f)", static c =>
        {
            FunctionValue f = c.Function(2);
            Value result = c[1];
            foreach (Value item in Sequences.Items(c.Run, c[0])) result = f.Call(c.Run, [new(null, result), new(null, item)]);
            return result;
        });
        library.Add("zip(a, b)", static c => Value.Of(Sequences.Items(c.Run, c[0]).Zip(Sequences.Items(c.Run, c[1]), (a, b) => Value.Of([a, b]))));
        library.Add("enumerate(xs)", static c => Value.Of(Sequences.Items(c.Run, c[0]).Select((item, i) => Value.Of([i, item]))));
        library.Add("range(a, b?, step = 1)", static c => Range(c));
        library.AddAlias("range_i", "range");
        library.Add("list(x)", static c => Value.Of(Sequences.ListOf(c.Run, c[0])));
        library.Add("keys(r)", static c => Value.Of(c.Record(0).Keys.Select(key => (Value)key)));
        library.Add("values(r)", static c => Value.Of(c.Record(0).Values));
        library.Add("has(r, key)", static c => c.Record(0).ContainsKey(c.Text(1)));
    }

    private static Value Concat(LibraryCall c)
    {
        if (c[0].Content is ListValue lists && lists.Count > 0 && lists.All(item => item.Kind == ValueKind.List)) return Value.Of(lists.SelectMany(item => item.AsList()));
        if (c[0].Content is ListValue { Count: 0 }) return Value.Of(ListValue.Empty);
        Tensor[] all = ShapeFunctions.All(c);
        int axis = c.Axis(1, all[0].Rank);
        foreach (Tensor tensor in all[1..])
            if (tensor.Rank != all[0].Rank || tensor.Shape.Where((size, k) => k != axis && size != all[0].Shape[k]).Any())
                throw new ScriptFault(Messages.CannotBeJoined(all[0].Shape, tensor.Shape, axis));
        return c.F.Concat(all, axis);
    }

    private static Value SortedTensor(LibraryCall c) => c.Tensor(0) is { Rank: > 0 } x ? c.F.Sort(x) : c.Tensor(0);

    private static Value Sorted(LibraryCall c)
    {
        ListValue list = c.List(0);
        RunState run = c.Run;
        LibraryCall call = c;
        Value[] keys = c.Has(1) ? [.. list.Select(item => call.Function(1).Call(run, [new(null, item)]))] : list.Span.ToArray();
        int[] order = [.. Enumerable.Range(0, keys.Length)];
        // OrderBy is stable; the comparison may fail for values without an order.
        return Value.Of(order.OrderBy(i => i, Comparer<int>.Create((a, b) =>
        {
            run.Cancellation.ThrowIfCancellationRequested();
            return ValueOrder.Compare(keys[a], keys[b]) ?? throw new ScriptFault(Messages.NotDefined("<", keys[a].TypeName, keys[b].TypeName, false));
        })).Select(i => list[i]));
    }

    private static string Reversed(string text)
    {
        StringBuilder reversed = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes().Reverse()) reversed.Append(rune.ToString());
        return reversed.ToString();
    }

    private static Value Range(LibraryCall c)
    {
        long start = c.Has(1) ? c.Int(0) : 0, end = c.Has(1) ? c.Int(1) : c.Int(0), step = c.Int(2);
        if (step == 1) return Value.Of(new RangeValue(start, end));
        if (step == 0) throw new ScriptFault(Messages.StepIsZero());
        Int128 count = step > 0 ? ((Int128)end - start + step - 1) / step : ((Int128)start - end - step - 1) / -(Int128)step;
        if (count <= 0) return Value.Of(ListValue.Empty);
        c.Run.Reserve(count * Sequences.BytesOfItem);
        var items = new Value[(int)count];
        for (int i = 0; i < items.Length; i++) items[i] = start + i * step;
        return Value.Of(new ListValue(items));
    }
}
