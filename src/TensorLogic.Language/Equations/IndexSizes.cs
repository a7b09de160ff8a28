using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;

namespace TensorLogic.Language.Equations;

/// <summary>Finds the sizes of index variables (8.7).</summary>
internal static class IndexSizes
{
    // Beyond any axis.
    private const long Unlimited = 1L << 31;

    /// <param name="run">Whose sizes are set.</param>
    /// <param name="existing">The tensor of the left side, or null.</param>
    /// <exception cref="ScriptFault">TL3004, TL3016.</exception>
    public static void Find(EquationRun run, Tensor? existing)
    {
        Equation equation = run.Equation;
        foreach (IndexVariable index in equation.Indices)
            if (index.DeclaredSize is { } declared)
                run.Sizes[index.Id] = Tensors.IntOrNull(declared.Evaluate(run.Frame)) ?? throw run.Frame.Fault(Messages.IndexMustBeInt("none"), declared.Span);
        OfBareAxes(run);
        if (!equation.IsFull && existing is not null) OfLeft(run, existing);
        OfExpressions(run);
        if (equation.IsFull && existing is not null) OfLeft(run, existing);
        foreach (IndexVariable index in equation.Indices)
            if (run.Sizes[index.Id] < 0 && !IsRecurrent(equation, index)) throw run.Frame.Fault(Messages.SizeOfIndexUnknown(index.Name), equation.OperatorSpan);
    }

    private static bool IsRecurrent(Equation equation, IndexVariable index) => Array.Exists(equation.Recurrences, recurrence => recurrence.Index == index);

    private static void OfBareAxes(EquationRun run)
    {
        var from = new TensorTerm?[run.Sizes.Length];
        foreach (TensorTerm term in run.Equation.Tensors)
            for (int axis = 0; axis < term.Subscripts.Length; axis++)
            {
                if (term.Subscripts[axis] is not BareSubscript { Index: var index } bare || index.DeclaredSize is not null) continue;
                // A recurrence runs as far as the other tensors do.
                if (term.IsOwn && IsRecurrent(run.Equation, index)) continue;
                int size = run.TensorOf(term).Shape[axis];
                if (from[index.Id] is { } first && run.Sizes[index.Id] != size)
                    throw run.Frame.Fault(Messages.IndexSizesDiffer(index.Name, run.Sizes[index.Id], first.Name, size, term.Name), bare.Span);
                from[index.Id] ??= term;
                run.Sizes[index.Id] = size;
            }
    }

    private static void OfLeft(EquationRun run, Tensor existing)
    {
        EquationSubscript[] left = run.Equation.LeftAxes;
        for (int axis = 0; axis < Math.Min(left.Length, existing.Rank); axis++)
            if (left[axis] is BareSubscript { Index: var index } && run.Sizes[index.Id] < 0 && !IsRecurrent(run.Equation, index)) run.Sizes[index.Id] = existing.Shape[axis];
    }

    // As far as every index expression stays inside its axis. An expression that gives one index its size may make another's findable.
    private static void OfExpressions(EquationRun run)
    {
        bool found = true;
        while (found)
        {
            found = false;
            foreach (IndexVariable index in run.Equation.Indices)
            {
                if (run.Sizes[index.Id] >= 0) continue;
                long smallest = Unlimited;
                foreach (TensorTerm term in run.Equation.Tensors)
                {
                    if (term.IsOwn && IsRecurrent(run.Equation, index)) continue;
                    for (int axis = 0; axis < term.Subscripts.Length; axis++)
                        if (term.Subscripts[axis] is ExpressionSubscript { Expression: var expression } && expression.Grows && expression.Indices.Contains(index)
                            && expression.Indices.All(other => other == index || run.Sizes[other.Id] > 0))
                            smallest = Math.Min(smallest, Limit(run, expression, index, run.TensorOf(term).Shape[axis]));
                }
                if (smallest == Unlimited) continue;
                run.Sizes[index.Id] = smallest;
                found = true;
            }
        }
    }

    /// <summary>The largest m such that the expression stays below the size for every i &lt; m and all values of the other indices.</summary>
    private static long Limit(EquationRun run, IndexExpressionNode expression, IndexVariable index, int size)
    {
        IndexEvaluator evaluate = expression.Prepare(run);
        IndexVariable[] others = [.. expression.Indices.Where(other => other != index).Distinct()];
        var values = new long[run.Sizes.Length];
        if (Largest(Unlimited) <= Largest(0)) return Unlimited;
        if (Largest(0) >= size) return 0;
        // The largest value does not decrease with i: halve the range in which it reaches the size.
        long inside = 0, beyond = Unlimited;
        while (beyond - inside > 1)
        {
            long middle = inside + (beyond - inside) / 2;
            if (Largest(middle) < size) inside = middle;
            else beyond = middle;
        }
        return beyond;

        // Arithmetic that grows takes its extremes where the others take theirs.
        long Largest(long i)
        {
            values[index.Id] = i;
            long largest = long.MinValue;
            for (int corner = 0; corner < 1 << Math.Min(others.Length, 16); corner++)
            {
                for (int k = 0; k < others.Length; k++) values[others[k].Id] = k < 16 && (corner >> k & 1) != 0 ? run.Sizes[others[k].Id] - 1 : 0;
                largest = Math.Max(largest, evaluate(values));
            }
            return largest;
        }
    }
}
