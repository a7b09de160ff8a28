using TensorLogic.Functions;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Values;
using TensorLogic.Operators;

namespace TensorLogic.Language.Equations;

/// <summary>Brings the value of a right side into the tensor of the left side (8.5, 8.6, 8.8).</summary>
internal sealed class EquationResult(EquationRun run, Aggregation aggregation, BlockState state, string name, ElementType? declared)
{
    private TensorFunctions F => run.F;

    private Equation Equation => run.Equation;

    /// <summary>The new tensor.</summary>
    public Tensor Store(Labelled value, Tensor? existing)
    {
        ElementType type = declared ?? ResultType.Of(run, value.Tensor.ElementType);
        value = Aggregated(value);
        return Equation.IsFull ? Whole(value, existing, type) : Part(value, existing, type);
    }

    /// <summary>The whole right side combined over the indices that are not on the left.</summary>
    private Labelled Aggregated(Labelled value)
    {
        if (aggregation is Aggregation.Set or Aggregation.Add) return value;
        int[] left = [.. Equation.LeftIndices.Select(index => index.Id)];
        IndexVariable[] others = [.. Equation.Indices.Where(index => !left.Contains(index.Id) && Equation.Right.Count(index) > 0)];
        int[] missing = [.. others.Select(index => index.Id).Except(value.Labels)];
        // A product and a mean depend on how often an index that left no axis runs.
        if (missing.Length > 0 && aggregation is Aggregation.Product) value = new(run.Spread(value, [.. value.Labels, .. missing]), [.. value.Labels, .. missing]);
        int[] axes = [.. Enumerable.Range(0, value.Labels.Length).Where(axis => !left.Contains(value.Labels[axis]))];
        if (axes.Length == 0) return value;
        Tensor x = value.Tensor.ElementType == ElementType.Bool ? F.Cast(value.Tensor, ElementType.Int64) : value.Tensor;
        Tensor reduced = aggregation switch
        {
            Aggregation.Max => F.Max(x, axes),
            Aggregation.Min => F.Min(x, axes),
            Aggregation.Mean => F.Mean(x, axes),
            _ => F.Prod(x, axes),
        };
        return new(reduced, [.. value.Labels.Where((_, axis) => !axes.Contains(axis))]);
    }

    private Tensor Combined(Tensor before, Tensor now)
    {
        (Tensor x, Tensor y) = run.Matched(before, now);
        return F.Run(aggregation switch
        {
            Aggregation.Max => Op.Maximum,
            Aggregation.Min => Op.Minimum,
            Aggregation.Product => Op.Mul,
            _ => Op.Add,
        }, x, y);
    }

    private Tensor Whole(Labelled value, Tensor? existing, ElementType type)
    {
        Tensor now = run.Spread(value, [.. Equation.LeftIndices.Select(index => index.Id)]);
        bool again = state.Reached.TryGetValue(name, out bool[]? reached);
        bool combines = aggregation == Aggregation.Add || again && aggregation is not Aggregation.Mean;
        state.Reached[name] = null;
        if (!combines || existing is null) return F.Cast(now, type);
        if (existing.Shape != now.Shape) throw new ScriptFault(Messages.ShapeOfEquation(name, existing.Shape, now.Shape));
        Tensor combined = Combined(existing, now);
        if (aggregation != Aggregation.Add && reached is not null)
        {
            // Elements that the block has not reached before are set.
            (Tensor x, Tensor y) = run.Matched(combined, now);
            combined = F.Where(Mask(reached, now.Shape), x, y);
        }
        return F.Cast(combined, existing.ElementType);
    }

    private Tensor Part(Labelled value, Tensor? existing, ElementType type)
    {
        WrittenElements written = WrittenElements.Of(run, existing);
        if (existing is null)
        {
            Shape shape = written.Shape;
            run.Run.Reserve((Int128)shape.ElementCount * (type.Bits / 8));
            existing = Tensor.Create(type, shape);
        }
        Tensor now = F.Flatten(run.Spread(value, [.. Equation.LeftIndices.Select(index => index.Id)]));
        int total = checked((int)existing.ElementCount);
        Tensor places = Tensor.FromArray(written.Places, [written.Places.Length]);
        if (!now.ElementType.IsFloat || now.ElementType == ElementType.Bool) now = F.Cast(now, existing.ElementType.IsFloat ? run.FloatType : ElementType.Int64);
        Tensor before = F.Cast(F.Flatten(existing), now.ElementType.IsFloat ? now.ElementType : existing.ElementType.IsFloat ? run.FloatType : ElementType.Int64);
        (before, now) = run.Matched(before, now);
        Tensor combined = Segments.Combine(F, aggregation, now, written.Places, places, total);

        var touched = new bool[total];
        foreach (long place in written.Places) touched[place] = true;
        bool again = state.Reached.TryGetValue(name, out bool[]? reached);
        if (aggregation == Aggregation.Add) combined = F.Run(Op.Add, before, combined);
        else if (again && aggregation != Aggregation.Mean)
        {
            Tensor met = Combined(before, combined);
            combined = reached is null ? met : F.Where(Mask(Array.ConvertAll(Enumerable.Range(0, total).ToArray(), i => reached[i]), [total]), met, combined);
        }
        if (aggregation != Aggregation.Add)
        {
            state.Reached[name] = again && reached is null ? null : Array.ConvertAll(Enumerable.Range(0, total).ToArray(), i => touched[i] || again && reached![i]);
            combined = F.Where(Mask(touched, [total]), combined, before);
        }
        return F.Cast(F.Reshape(combined, existing.Shape.Sizes), existing.ElementType);
    }

    private static Tensor<bool> Mask(bool[] flags, Shape shape) => Tensor.FromSpan<bool>(flags, shape);
}

/// <summary>The elements that a partial left side addresses.</summary>
/// <param name="Places">Flat places, for all values of the left indices in row-major order.</param>
/// <param name="Shape">Of the tensor.</param>
internal sealed record WrittenElements(long[] Places, Shape Shape)
{
    /// <exception cref="ScriptFault">TL3006, TL4002.</exception>
    public static WrittenElements Of(EquationRun run, Tensor? existing)
    {
        EquationSubscript[] axes = run.Equation.LeftAxes;
        if (existing is not null && existing.Rank != axes.Length) throw run.Frame.Fault(Messages.TensorSubscripts(existing.Rank, axes.Length), axes[0].Span);
        IndexSpace space = new(run, [.. run.Equation.LeftIndices.Where(index => !run.IsFixed(index))]);
        IndexEvaluator[] evaluators = [.. axes.Select((subscript, axis) => subscript is PointSubscript point ? Constant(run, point, existing) : TensorTerm.Evaluator(run, subscript))];
        var positions = new long[axes.Length][];
        for (int axis = 0; axis < axes.Length; axis++) positions[axis] = new long[space.Count];
        space.ForEach((at, values) =>
        {
            for (int axis = 0; axis < evaluators.Length; axis++) positions[axis][at] = evaluators[axis](values);
        });
        var sizes = new int[axes.Length];
        for (int axis = 0; axis < axes.Length; axis++)
        {
            long largest = existing is not null ? existing.Shape[axis] : positions[axis].DefaultIfEmpty(-1).Max() + 1;
            if (axes[axis] is BareSubscript bare && existing is null && !run.IsFixed(bare.Index)) largest = Math.Max(largest, run.Sizes[bare.Index.Id]);
            foreach (long position in positions[axis])
                if (position < 0 || position >= largest || position >= int.MaxValue) throw run.Frame.Fault(Messages.IndexOutOfRange(position, largest), axes[axis].Span);
            sizes[axis] = (int)Math.Min(largest, int.MaxValue);
        }
        var places = new long[space.Count];
        for (int axis = 0; axis < axes.Length; axis++)
            for (int i = 0; i < places.Length; i++) places[i] = places[i] * sizes[axis] + positions[axis][i];
        return new(places, Shape.Create(sizes));
    }

    private static IndexEvaluator Constant(EquationRun run, PointSubscript point, Tensor? existing)
    {
        Value value = point.Value.Evaluate(run.Frame);
        long position = value.Content is string entity ? run.Run.Database.Open.IdOf(entity)
            : Evaluation.Tensors.IntOrNull(value) ?? throw run.Frame.Fault(Messages.IndexMustBeInt(value.TypeName), point.Span);
        return _ => position;
    }
}

/// <summary>Combines values that address one place.</summary>
internal static class Segments
{
    /// <summary>For each place the combination of its values; 0 where none goes.</summary>
    public static Tensor Combine(TensorFunctions f, Aggregation aggregation, Tensor values, long[] places, Tensor indices, int total)
    {
        Tensor zeros = Tensor.Create(values.ElementType, [total]);
        if (places.Length == 0) return zeros;
        switch (aggregation)
        {
            case Aggregation.Set or Aggregation.Add: return Sum(values);
            case Aggregation.Mean:
                var counts = new double[total];
                foreach (long place in places) counts[place]++;
                for (int i = 0; i < total; i++) counts[i] = Math.Max(counts[i], 1);
                Tensor floats = values.ElementType.IsFloat ? values : f.Cast(values, ElementType.Float32);
                Tensor sums = f.Run(Op.ScatterAlongAxis, new Op.ScatterAttributes(0), Tensor.Create(floats.ElementType, [total]), indices, floats);
                return f.Run(Op.RealDiv, sums, Language.Functions.CreationFunctions.Written(floats.ElementType, [total], counts));
            case Aggregation.Product:
                return f.Run(Op.ScatterAlongAxis, new Op.ScatterAttributes(0, Op.ScatterMode.Mul), f.Cast(Ones(values.ElementType, total), values.ElementType), indices, values);
        }
        Op.ScatterMode mode = aggregation == Aggregation.Max ? Op.ScatterMode.Max : Op.ScatterMode.Min;
        double start = aggregation == Aggregation.Max ? double.NegativeInfinity : double.PositiveInfinity;
        Tensor wide = f.Cast(values, ElementType.Float64).Detach();
        Tensor extremes = f.Run(Op.ScatterAlongAxis, new Op.ScatterAttributes(0, mode), TensorFunctions.Filled(start, ElementType.Float64, [total]), indices, wide);
        // The sum of the values that reach their place's extreme, shared among ties: so gradients flow.
        Tensor chosen = f.Equal(wide, f.Gather(extremes, indices));
        if (values.History is null)
        {
            Tensor bounded = f.Where(f.Equal(extremes, TensorFunctions.Filled(start, ElementType.Float64, [total])), Tensor.Create(ElementType.Float64, [total]), extremes);
            return f.Cast(bounded, values.ElementType);
        }
        Tensor number = f.Cast(chosen, values.ElementType);
        Tensor ties = f.Gather(Sum(number), indices);
        return Sum(f.Multiply(values, f.Divide(number, ties)));

        Tensor Sum(Tensor x) => f.Run(Op.ScatterAlongAxis, new Op.ScatterAttributes(0), Tensor.Create(x.ElementType, [total]), indices, x);
    }

    private static Tensor Ones(ElementType type, int count) => TensorFunctions.Filled(1, type, [count]);
}
