using TensorLogic.Functions;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Logic;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Equations;

/// <summary>A tensor or relation with subscripts.</summary>
/// <param name="span">The name.</param>
/// <param name="name">As errors call it.</param>
/// <param name="target">What is subscripted.</param>
/// <param name="subscripts">One for each axis, and virtual ones.</param>
/// <param name="slot">Its place among the tensors of the equation.</param>
/// <param name="relation">The relation that it is, or null.</param>
internal sealed class TensorTerm(SourceSpan span, string name, ExpressionNode target, EquationSubscript[] subscripts, int slot, string? relation) : EquationTerm(span)
{
    public SourceSpan NameSpan => Span;

    public string Name => name;

    public ExpressionNode Target => target;

    /// <summary>With virtual ones, which have no axis.</summary>
    public EquationSubscript[] AllSubscripts => subscripts;

    /// <summary>One for each axis.</summary>
    public EquationSubscript[] Subscripts { get; } = Array.FindAll(subscripts, subscript => subscript is not VirtualSubscript);

    public int Slot => slot;

    public string? Relation => relation;

    /// <summary>The tensor of the left side in a recurrence.</summary>
    public bool IsOwn { get; set; }

    /// <summary>Stands in a comparison, and so does not give the equation its dtype.</summary>
    public bool IsCompared { get; set; }

    /// <summary>Stands inside a subscript.</summary>
    public bool IsIndex { get; set; }

    public override int Count(IndexVariable index) => Subscripts.Sum(subscript => subscript.Indices.Count(other => other == index));

    /// <exception cref="ScriptFault">TL3006.</exception>
    public void Check(EquationRun run, Tensor tensor)
    {
        if (tensor.Rank != Subscripts.Length) throw run.Frame.Fault(Messages.SubscriptsGiven(name, tensor.Rank, Subscripts.Length), NameSpan);
    }

    public override Labelled Evaluate(EquationRun run)
    {
        Tensor x = run.TensorOf(this);
        TensorFunctions f = run.F;
        bool isZero = false;
        List<EquationSubscript> open = [.. Subscripts];
        for (int axis = open.Count - 1; axis >= 0; axis--)
        {
            int size = x.Shape[axis];
            if (PositionOf(run, open[axis], axis, size) is not { } position) continue;
            if (position < 0 || position >= size)
            {
                isZero = true;
                position = 0;
                // Nothing can be taken of an empty axis.
                if (size == 0) return run.Constant(0);
            }
            x = f.Select(x, axis, (int)position);
            open.RemoveAt(axis);
        }
        if (isZero) return new(Tensor.Create(x.ElementType == ElementType.Bool ? x.ElementType : x.ElementType.IsFloat ? run.FloatType : ElementType.Int64, Shape.Scalar), []);
        x = run.Computed(x);
        return open.TrueForAll(subscript => IsPlain(run, subscript, x, open)) ? new(x, [.. open.Select(subscript => ((BareSubscript)subscript).Index.Id)]) : Gathered(run, x, open);
    }

    /// <summary>Where the axis stands still: a point, or an index expression whose variables are all bound; null where it runs.</summary>
    private long? PositionOf(EquationRun run, EquationSubscript subscript, int axis, int size)
    {
        switch (subscript)
        {
            case PointSubscript point:
                long given = Point(run, point, axis);
                return given >= 0 && given < size ? given : throw run.Frame.Fault(Messages.IndexOutOfRange(given, size), point.Span);
            case BareSubscript bare: return run.IsFixed(bare.Index) ? run.Fixed[bare.Index.Id] : null;
            case ExpressionSubscript expression: return expression.Indices.All(run.IsFixed) ? expression.Expression.Prepare(run)(run.Fixed) : null;
            default: return null;
        }
    }

    /// <summary>The number of a point; strings are entities of the column's domain.</summary>
    public long Point(EquationRun run, PointSubscript point, int axis)
    {
        Value value = point.Value.Evaluate(run.Frame);
        try
        {
            if (value.Content is string entity) return DomainOf(run, axis).IdOf(entity);
            return Tensors.IntOrNull(value) ?? throw new ScriptFault(Messages.IndexMustBeInt(value.TypeName));
        }
        catch (Exception problem) when (Faults.IsOpen(problem))
        {
            throw run.Frame.Fault(problem, point.Span);
        }
    }

    private Domain DomainOf(EquationRun run, int axis)
    {
        Database database = run.Run.Database;
        if (relation is not null && database.Find(relation) is { } known && axis < known.Arity && database.AxisOf(known, axis).Domain is { } column) return column;
        if (axis == 0 && relation is null && target.Evaluate(run.Frame).Content is Learnable { Domain: { } own }) return own;
        return database.Open;
    }

    // A bare index that runs exactly along its axis, and stands nowhere else in this tensor.
    private static bool IsPlain(EquationRun run, EquationSubscript subscript, Tensor x, List<EquationSubscript> open) =>
        subscript is BareSubscript bare && x.Shape[open.IndexOf(subscript)] == run.Sizes[bare.Index.Id] && open.SelectMany(other => other.Indices).Count(index => index == bare.Index) == 1;

    /// <summary>The general case: axes with index expressions become one, from which elements are taken by their computed places; places outside read 0.</summary>
    private static Labelled Gathered(EquationRun run, Tensor x, List<EquationSubscript> open)
    {
        TensorFunctions f = run.F;
        int[] plain = [.. Enumerable.Range(0, open.Count).Where(axis => IsPlain(run, open[axis], x, open))];
        int[] computed = [.. Enumerable.Range(0, open.Count).Except(plain)];
        IndexSpace space = new(run, [.. computed.SelectMany(axis => open[axis].Indices).Where(index => !run.IsFixed(index)).Distinct()]);
        IndexEvaluator[] places = [.. computed.Select(axis => Evaluator(run, open[axis]))];
        int[] sizes = [.. computed.Select(axis => x.Shape[axis])];
        int combined = 1;
        foreach (int size in sizes) combined = checked(combined * size);
        var indices = new long[space.Count];
        bool outside = false;
        space.ForEach((at, values) =>
        {
            long place = 0;
            for (int k = 0; k < places.Length; k++)
            {
                long position = places[k](values);
                if (position < 0 || position >= sizes[k])
                {
                    place = combined;
                    outside = true;
                    break;
                }
                place = place * sizes[k] + position;
            }
            indices[at] = place;
        });
        Tensor rows = f.Permute(x, [.. computed, .. plain]);
        int[] rest = rows.Shape.Sizes[computed.Length..].ToArray();
        rows = f.Reshape(rows, [combined, .. rest]);
        if (outside) rows = f.Concat([rows, Tensor.Create(rows.ElementType, Shape.Create([1, .. rest]))], 0);
        Tensor taken = f.Take(rows, Tensor.FromArray(indices, space.Shape));
        return new(taken, [.. space.Labels, .. plain.Select(axis => ((BareSubscript)open[axis]).Index.Id)]);
    }

    public static IndexEvaluator Evaluator(EquationRun run, EquationSubscript subscript) => subscript switch
    {
        BareSubscript bare => values => values[bare.Index.Id],
        ExpressionSubscript expression => expression.Expression.Prepare(run),
        _ => throw new InvalidOperationException("A point has no index."),
    };
}

/// <summary>All combinations of values of some indices, in row-major order.</summary>
internal sealed class IndexSpace
{
    private readonly EquationRun _run;
    private readonly IndexVariable[] _indices;
    private readonly long[] _sizes;

    public IndexSpace(EquationRun run, IndexVariable[] indices)
    {
        _run = run;
        _indices = indices;
        _sizes = [.. indices.Select(index => run.Sizes[index.Id])];
        Int128 count = 1;
        foreach (long size in _sizes) count *= size;
        run.Run.Reserve(count * sizeof(long));
        Count = (int)count;
        Shape = Shape.Create([.. _sizes.Select(size => (int)size)]);
    }

    public int Count { get; }

    public Shape Shape { get; }

    public int[] Labels => Array.ConvertAll(_indices, index => index.Id);

    public delegate void Visit(int at, ReadOnlySpan<long> values);

    public void ForEach(Visit visit)
    {
        long[] values = (long[])_run.Fixed.Clone();
        foreach (IndexVariable index in _indices) values[index.Id] = 0;
        for (int at = 0; at < Count; at++)
        {
            if ((at & 0xffff) == 0xffff) _run.Run.Cancellation.ThrowIfCancellationRequested();
            visit(at, values);
            for (int k = _indices.Length - 1; k >= 0 && ++values[_indices[k].Id] == _sizes[k]; k--) values[_indices[k].Id] = 0;
        }
    }
}
