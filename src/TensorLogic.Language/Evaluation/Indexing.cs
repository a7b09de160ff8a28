using System.Text;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Evaluation;

/// <summary>A subscript's value: an index, or the parts of a slice.</summary>
internal readonly record struct SubscriptValue(bool IsSlice, Value Index, Value Start = default, Value End = default, Value Step = default);

/// <summary>Reading and replacing elements (4.4).</summary>
internal static class Indexing
{
    /// <exception cref="ScriptFault">TL3001, TL3002, TL3006, TL3010, TL4002, TL4004, TL4010.</exception>
    public static Value Get(RunState run, Value target, ReadOnlySpan<SubscriptValue> subscripts)
    {
        if (target.TensorOrNull is { } tensor)
        {
            if (target.Content is Learnable { Domain: { } domain } && !subscripts[0].IsSlice && subscripts[0].Index.Content is string name)
                return TensorIndexing.Get(run, tensor, [new(false, domain.IdOf(name)), .. subscripts[1..]]);
            return TensorIndexing.Get(run, tensor, subscripts);
        }
        switch (target.Content)
        {
            case ListValue list:
                Value element = Sequence(subscripts[0], list.Count, i => list[i], (start, count, step) => Value.Of(Picked(list, start, count, step)));
                return subscripts.Length == 1 ? element : Get(run, element, subscripts[1..]);
            case RangeValue range:
                One(subscripts, "range");
                int length = (int)Math.Min(range.Count, int.MaxValue);
                return Sequence(subscripts[0], length, i => range.Start + i, (start, count, step) => step == 1
                    ? Value.Of(new RangeValue(range.Start + start, range.Start + start + count))
                    : Value.Of(Enumerable.Range(0, count).Select(k => (Value)(range.Start + start + (long)k * step))));
            case string text:
                One(subscripts, "string");
                return Characters(subscripts[0], text);
            case RecordValue record:
                One(subscripts, "record");
                string key = Key(subscripts[0]);
                return record.TryGetValue(key, out Value value) ? value : throw new ScriptFault(Messages.KeyNotInRecord(key));
            case ModelValue model:
                One(subscripts, "model");
                string weight = Key(subscripts[0]);
                return model.Model.Tensors.TryGetValue(weight, out ModelTensor? found) ? found.Read() : throw new ScriptFault(Messages.TensorNotInModel(weight));
            default: throw new ScriptFault(Messages.CannotBeIndexed(target.TypeName));
        }
    }

    /// <summary>The target with elements replaced; the target itself does not change.</summary>
    public static Value Set(RunState run, Value target, ReadOnlySpan<SubscriptValue> subscripts, Value value)
    {
        if (target.TensorOrNull is { } tensor) return TensorIndexing.Set(run, tensor, subscripts, value);
        switch (target.Content)
        {
            case ListValue list when subscripts.Length > 1:
                SubscriptValue first = subscripts[0];
                int row = Position(first.IsSlice ? Value.None : first.Index, list.Count);
                return Value.Of(list.With(row, Set(run, list[row], subscripts[1..], value)));
            case ListValue list when subscripts[0].IsSlice || subscripts[0].Index.Content is RangeValue:
                (int start, int count, int step) = SliceOf(subscripts[0], list.Count);
                ListValue items = value.Content as ListValue ?? throw new ScriptFault(Messages.Expects("=", "a list", value.TypeName));
                if (items.Count != count) throw new ScriptFault(Messages.DoesNotFitSelection($"[{items.Count}]"));
                Value[] changed = list.Span.ToArray();
                for (int i = 0; i < count; i++) changed[start + i * step] = items[i];
                return Value.Of(new ListValue(changed));
            case ListValue list: return Value.Of(list.With(Position(subscripts[0].Index, list.Count), value));
            case RecordValue record:
                One(subscripts, "record");
                return Value.Of(record.With(Key(subscripts[0]), value));
            default: throw new ScriptFault(Messages.CannotBeIndexed(target.TypeName));
        }
    }

    private static void One(ReadOnlySpan<SubscriptValue> subscripts, string type)
    {
        if (subscripts.Length != 1) throw new ScriptFault(Messages.TakesOneSubscript(type, subscripts.Length));
    }

    private static string Key(SubscriptValue subscript) =>
        subscript is { IsSlice: false, Index.Content: string key } ? key : throw new ScriptFault(Messages.KeyIsNoString(subscript.IsSlice ? "slice" : subscript.Index.TypeName));

    private static Value Sequence(SubscriptValue subscript, int length, Func<int, Value> at, Func<int, int, int, Value> slice)
    {
        if (!subscript.IsSlice && subscript.Index.Content is not RangeValue) return at(Position(subscript.Index, length));
        (int start, int count, int step) = SliceOf(subscript, length);
        return slice(start, count, step);
    }

    private static ListValue Picked(ListValue list, int start, int count, int step)
    {
        var items = new Value[count];
        for (int i = 0; i < count; i++) items[i] = list[start + i * step];
        return new ListValue(items);
    }

    private static Value Characters(SubscriptValue subscript, string text)
    {
        Rune[] runes = [.. text.EnumerateRunes()];
        return Sequence(subscript, runes.Length, i => runes[i].ToString(), (start, count, step) =>
        {
            StringBuilder part = new();
            for (int i = 0; i < count; i++) part.Append(runes[start + i * step].ToString());
            return part.ToString();
        });
    }

    /// <summary>A position from the front.</summary>
    /// <exception cref="ScriptFault">TL3010, TL4002.</exception>
    public static int Position(Value index, long length)
    {
        long given = Tensors.IntOrNull(index) ?? throw new ScriptFault(Messages.IndexMustBeInt(index.TypeName));
        long place = given < 0 ? given + length : given;
        return place >= 0 && place < length ? (int)place : throw new ScriptFault(Messages.IndexOutOfRange(given, length));
    }

    /// <summary>First element, number of elements and distance of a slice or range, clipped to the length.</summary>
    /// <exception cref="ScriptFault">TL3010, TL4010.</exception>
    public static (int Start, int Count, int Step) SliceOf(SubscriptValue subscript, int length)
    {
        if (!subscript.IsSlice)
        {
            RangeValue range = (RangeValue)subscript.Index.Content!;
            return Clipped(range.Start, range.End, 1, length);
        }
        long step = Part(subscript.Step, 1);
        if (step < 1) throw new ScriptFault(Messages.StepMustBePositive());
        return Clipped(Part(subscript.Start, 0), Part(subscript.End, length), step, length);
    }

    private static long Part(Value value, long otherwise) =>
        value.IsNone ? otherwise : Tensors.IntOrNull(value) ?? throw new ScriptFault(Messages.IndexMustBeInt(value.TypeName));

    public static (int Start, int Count, int Step) Clipped(long start, long end, long step, int length)
    {
        long first = Math.Clamp(start < 0 ? start + length : start, 0, length), last = Math.Clamp(end < 0 ? end + length : end, 0, length);
        long count = last <= first ? 0 : (last - first + step - 1) / step;
        return ((int)first, (int)count, (int)Math.Min(step, int.MaxValue));
    }

}
