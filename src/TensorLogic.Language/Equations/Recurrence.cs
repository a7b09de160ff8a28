using TensorLogic.Functions;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Values;
using TensorLogic.Operators;

namespace TensorLogic.Language.Equations;

/// <summary>Equations whose left tensor occurs on the right at other places: evaluated for one value of an index after another (8.9).</summary>
internal static class Recurrence
{
    /// <exception cref="ScriptFault">TL4001: the tensor does not exist.</exception>
    public static void Run(EquationRun run, Tensor? existing, VariableTarget target, bool adds)
    {
        if (existing is null) throw new ScriptFault(Messages.NoValueYet(target.Name));
        EquationSubscript[] left = run.Equation.LeftAxes;
        if (existing.Rank != left.Length) throw run.Frame.Fault(Messages.SubscriptsGiven(target.Name, existing.Rank, left.Length), left[0].Span);
        run.SetOwn(existing);
        IndexSizes.Find(run, existing);
        // The variable keeps its tensor until all is written; the work is done on a copy.
        Tensor work = existing.History is null ? existing.Clone() : existing;
        run.SetOwn(work);
        Loop(run, 0, adds, ref work);
        target.Assign(run.Frame, work);
    }

    private static void Loop(EquationRun run, int depth, bool adds, ref Tensor work)
    {
        if (depth == run.Equation.Recurrences.Length)
        {
            Step(run, adds, ref work);
            return;
        }
        (IndexVariable index, bool increases) = run.Equation.Recurrences[depth];
        long end = Extent(run, index, work);
        for (long step = 0; step < end; step++)
        {
            run.Fixed[index.Id] = increases ? step : end - 1 - step;
            if (depth < run.Equation.Recurrences.Length - 1 || IsInside(run, work)) Loop(run, depth + 1, adds, ref work);
        }
        run.Fixed[index.Id] = -1;
    }

    // As far as the left side is inside the tensor, and below the size by other tensors.
    private static long Extent(EquationRun run, IndexVariable index, Tensor work)
    {
        EquationSubscript[] left = run.Equation.LeftAxes;
        long end = run.Sizes[index.Id] >= 0 ? run.Sizes[index.Id] : long.MaxValue;
        for (int axis = 0; axis < left.Length; axis++)
        {
            (IndexVariable Index, long Offset)? shifted = left[axis] is BareSubscript bare ? (bare.Index, 0) : (left[axis] as ExpressionSubscript)?.Expression.Shifted;
            if (shifted is { } found && found.Index == index) end = Math.Min(end, work.Shape[axis] - found.Offset);
        }
        return Math.Max(end, 0);
    }

    // All accesses to the tensor itself are inside it.
    private static bool IsInside(EquationRun run, Tensor work)
    {
        bool Inside(EquationSubscript subscript, int axis)
        {
            long? position = subscript switch
            {
                BareSubscript bare when run.IsFixed(bare.Index) => run.Fixed[bare.Index.Id],
                ExpressionSubscript expression when expression.Indices.All(run.IsFixed) => expression.Expression.Prepare(run)(run.Fixed),
                _ => null,
            };
            return position is not { } place || place >= 0 && place < work.Shape[axis];
        }

        return run.Equation.LeftAxes.Select(Inside).All(inside => inside)
            && run.Equation.Tensors.Where(term => term.IsOwn).All(term => term.Subscripts.Select(Inside).All(inside => inside));
    }

    private static void Step(EquationRun run, bool adds, ref Tensor work)
    {
        run.Run.Step();
        Labelled value = run.Equation.Right.Evaluate(run);
        TensorFunctions f = run.F;
        EquationSubscript[] left = run.Equation.LeftAxes;
        IndexVariable[] free = [.. run.Equation.LeftIndices.Where(index => !run.IsFixed(index))];
        Tensor now = f.Cast(run.Spread(value, Array.ConvertAll(free, index => index.Id)), work.ElementType);
        int[] begin = new int[work.Rank], end = work.Shape.Sizes.ToArray(), squeeze = new int[work.Rank];
        for (int axis = 0; axis < left.Length; axis++)
        {
            if (left[axis] is BareSubscript bare && !run.IsFixed(bare.Index))
            {
                end[axis] = (int)run.Sizes[bare.Index.Id];
                continue;
            }
            long position = left[axis] switch
            {
                PointSubscript point => Tensors.IntOrNull(point.Value.Evaluate(run.Frame)) ?? throw run.Frame.Fault(Messages.IndexMustBeInt("value"), point.Span),
                var subscript when subscript.Indices.All(run.IsFixed) => TensorTerm.Evaluator(run, subscript)(run.Fixed),
                var subscript => throw run.Frame.Fault(Messages.FormCannotStand(), subscript.Span),
            };
            if (position < 0 || position >= work.Shape[axis]) throw run.Frame.Fault(Messages.IndexOutOfRange(position, work.Shape[axis]), left[axis].Span);
            (begin[axis], end[axis], squeeze[axis]) = ((int)position, (int)position + 1, 1);
        }
        if (adds)
        {
            Tensor there = f.Run(Op.SliceByIndex, new Op.SliceByIndexAttributes([], [], [], Ints.Create(squeeze)), work, GradientContext.Indices(begin), GradientContext.Indices(end));
            now = f.Add(there, now);
        }
        if (work.History is null && now.History is null)
        {
            Tensor place = work;
            for (int axis = work.Rank - 1; axis >= 0; axis--) place = squeeze[axis] == 1 ? place.Select(axis, begin[axis]) : place.Slice(axis, 0, end[axis]);
            now.CopyTo(place);
            return;
        }
        work = f.Run(Op.SliceUpdate, new Op.SliceByIndexAttributes([], [], [], Ints.Create(squeeze)), work, now, GradientContext.Indices(begin), GradientContext.Indices(end));
        run.SetOwn(work);
    }

    /// <summary>A virtual index: only the present step is kept.</summary>
    public static void Steps(EquationRun run, Tensor? existing, VariableTarget target, ElementType? declared)
    {
        IndexVariable t = run.Equation.Virtual!;
        TensorFunctions f = run.F;
        IndexVariable[] left = run.Equation.LeftIndices;
        Tensor work = existing ?? First(run, declared);
        run.SetOwn(work);
        IndexSizes.Find(run, work);
        ElementType? type = existing is null ? declared : existing.ElementType;
        long size = run.Sizes[t.Id];
        for (long step = 0; step < size; step++)
        {
            run.Run.Step();
            run.Fixed[t.Id] = step;
            Labelled value = run.Equation.Right.Evaluate(run);
            type ??= ResultType.Of(run, value.Tensor.ElementType);
            Tensor now = run.Spread(value, Array.ConvertAll(left, index => index.Id));
            if (now.Shape != work.Shape) throw new ScriptFault(Messages.ShapeOfEquation(target.Name, work.Shape, now.Shape));
            work = f.Cast(now, type.Value);
            run.SetOwn(work);
        }
        run.Fixed[t.Id] = -1;
        target.Assign(run.Frame, work);
    }

    // Zeros, in the shape that the other tensors give the left side.
    private static Tensor First(EquationRun run, ElementType? declared)
    {
        IndexVariable[] left = run.Equation.LeftIndices;
        var sizes = new int[left.Length];
        for (int axis = 0; axis < left.Length; axis++)
        {
            if (left[axis].DeclaredSize is { } size) sizes[axis] = (int)(Tensors.IntOrNull(size.Evaluate(run.Frame)) ?? 0);
            else
            {
                (TensorTerm Term, int Axis)? found = null;
                foreach (TensorTerm term in run.Equation.Tensors)
                    for (int k = 0; k < term.Subscripts.Length && found is null; k++)
                        if (!term.IsOwn && term.Subscripts[k] is BareSubscript bare && bare.Index == left[axis]) found = (term, k);
                if (found is not { } place) throw run.Frame.Fault(Messages.SizeOfIndexUnknown(left[axis].Name), run.Equation.OperatorSpan);
                sizes[axis] = run.TensorOf(place.Term).Shape[place.Axis];
            }
        }
        ElementType type = declared ?? run.Equation.Tensors.Where(term => !term.IsOwn && !term.IsIndex).Select(term => run.TensorOf(term).ElementType).DefaultIfEmpty(ElementType.Float16).Aggregate(TensorFunctions.Promote);
        return Tensor.Create(type == ElementType.Bool ? ElementType.Int64 : type, Shape.Create(sizes));
    }
}
