using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Logic;

/// <summary>Rules whose heads aggregate (9.5).</summary>
internal static class Aggregation
{
    public static void Run(Database database, RunState run, Rule rule, Action<int[]> add)
    {
        // The distinct bindings of all variables of the body, by the constants of the plain head arguments.
        TupleSet bindings = new(rule.Variables);
        new JoinPlan(database, rule.Body, rule.Variables, -1).Run(run, registers => bindings.Add(registers));
        TupleSet groups = new(rule.Head.Length);
        List<List<int>> rows = [];
        var key = new int[rule.Head.Length];
        for (int row = 0; row < bindings.Count; row++)
        {
            ReadOnlySpan<int> binding = bindings.Row(row);
            for (int i = 0; i < key.Length; i++) key[i] = rule.Head[i].Aggregate is not null ? 0 : rule.Head[i].Slot is { IsConstant: true } slot ? slot.Constant : binding[rule.Head[i].Slot.Variable];
            if (groups.Add(key)) rows.Add([]);
            rows[groups.PositionOf(key)].Add(row);
        }
        for (int group = 0; group < rows.Count; group++)
        {
            int[] tuple = groups.Row(group).ToArray();
            for (int i = 0; i < tuple.Length; i++)
                if (rule.Head[i].Aggregate is { } aggregate)
                {
                    Slot slot = rule.Head[i].Slot;
                    try
                    {
                        Value[] values = [.. rows[group].Select(row => database.Constants[slot.IsConstant ? slot.Constant : bindings.Row(row)[slot.Variable]])];
                        tuple[i] = database.Constants.IdOf(aggregate == Aggregate.Count
                            ? rows[group].Select(row => slot.IsConstant ? slot.Constant : bindings.Row(row)[slot.Variable]).Distinct().Count()
                            : Combined(aggregate, values));
                    }
                    catch (ScriptFault fault)
                    {
                        throw rule.At(fault);
                    }
                }
            add(tuple);
        }
    }

    private static Value Combined(Aggregate aggregate, Value[] values)
    {
        if (aggregate is Aggregate.Min or Aggregate.Max)
            return values.Aggregate((best, value) => ValueOrder.Compare(value, best) is { } order && (aggregate == Aggregate.Min ? order < 0 : order > 0) ? value : best);
        string name = aggregate == Aggregate.Sum ? "sum" : "mean";
        if (!Array.TrueForAll(values, value => value.IsNumber)) throw new ScriptFault(Messages.NeedsNumbers(name));
        if (aggregate == Aggregate.Mean) return values.Sum(value => value.AsFloat()) / values.Length;
        return values.Aggregate((Value)0, (total, value) => total.IsInt && value.IsInt ? Operations.Ints(BinaryOperator.Add, total.Bits, value.Bits) : total.AsFloat() + value.AsFloat());
    }
}
