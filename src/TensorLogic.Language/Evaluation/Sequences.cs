using System.Text;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Evaluation;

/// <summary>What <c>for</c> runs over (5.2), and what lists are made of.</summary>
internal static class Sequences
{
    /// <summary>What an item of a list takes.</summary>
    public const int BytesOfItem = 16;

    /// <summary>The items of a list, range, string (characters), record (keys) or tensor (along axis 0).</summary>
    /// <exception cref="ScriptFault">TL3010.</exception>
    public static IEnumerable<Value> Items(RunState run, Value value) => value.Content switch
    {
        ListValue list => list,
        RangeValue range => Ints(run, range),
        string text => text.EnumerateRunes().Select(rune => (Value)rune.ToString()),
        RecordValue record => record.Keys.Select(key => (Value)key),
        _ when value.TensorOrNull is { Rank: > 0 } tensor => Enumerable.Range(0, tensor.Shape[0]).Select(i => (Value)run.Functions.Select(tensor, 0, i)),
        _ => throw new ScriptFault(Messages.CannotIterate(value.TypeName)),
    };

    private static IEnumerable<Value> Ints(RunState run, RangeValue range)
    {
        run.Reserve((Int128)range.Count * BytesOfItem);
        return Each(range);
    }

    private static IEnumerable<Value> Each(RangeValue range)
    {
        for (long i = range.Start; i < range.End; i++) yield return i;
    }

    public static ListValue ListOf(RunState run, Value value)
    {
        if (value.Content is ListValue list) return list;
        return new ListValue([.. Items(run, value)]);
    }

    /// <summary>Blanks of 14: space, tab, CR and LF.</summary>
    public static bool IsBlank(char c) => c is ' ' or '\t' or '\r' or '\n';

    /// <summary>Number of code points.</summary>
    public static int Length(string text)
    {
        int count = 0;
        foreach (Rune _ in text.EnumerateRunes()) count++;
        return count;
    }
}
