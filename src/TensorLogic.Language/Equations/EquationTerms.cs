using TensorLogic.Functions;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;
using TensorLogic.Operators;

namespace TensorLogic.Language.Equations;

/// <summary>A part of the right side of an equation: a tensor whose axes are index variables.</summary>
internal abstract class EquationTerm(SourceSpan span)
{
    public SourceSpan Span => span;

    public virtual IEnumerable<EquationTerm> Children => [];

    /// <summary>How often an index occurs.</summary>
    public virtual int Count(IndexVariable index) => Children.Sum(child => child.Count(index));

    public abstract Labelled Evaluate(EquationRun run);
}

/// <summary>An expression without index variables.</summary>
internal sealed class PlainTerm(SourceSpan span, ExpressionNode expression, int slot) : EquationTerm(span)
{
    public ExpressionNode Expression => expression;

    public int Slot => slot;

    public override Labelled Evaluate(EquationRun run)
    {
        Value value = run.ValueOf(this);
        if (value.IsNumber || value.IsBool) return run.Constant(value);
        if (value.TensorOrNull is { Rank: 0 } scalar) return new(run.Computed(scalar), []);
        if (value.Kind is ValueKind.Tensor or ValueKind.List)
        {
            Shape shape;
            try
            {
                shape = Tensors.Of(run.Run, value).Shape;
            }
            catch (Exception problem) when (Faults.IsOpen(problem))
            {
                throw run.Frame.Fault(problem, Span);
            }
            throw run.Frame.Fault(Messages.StandsWithoutSubscripts(shape), Span);
        }
        throw run.Frame.Fault(Messages.CannotStandInEquation(value.TypeName), Span);
    }
}

/// <summary>An index variable outside a subscript: its number.</summary>
internal sealed class IndexNumberTerm(SourceSpan span, IndexVariable index) : EquationTerm(span)
{
    public IndexVariable Index => index;

    public override int Count(IndexVariable other) => index == other ? 1 : 0;

    public override Labelled Evaluate(EquationRun run)
    {
        if (run.IsFixed(index)) return run.Constant(run.Fixed[index.Id]);
        var numbers = new long[run.Sizes[index.Id]];
        for (int i = 0; i < numbers.Length; i++) numbers[i] = i;
        return new(Tensor.FromArray(numbers, [numbers.Length]), [index.Id]);
    }
}

/// <summary>An operator, element by element.</summary>
internal sealed class OperatorTerm(SourceSpan span, BinaryOperator op, EquationTerm left, EquationTerm right) : EquationTerm(span)
{
    public BinaryOperator Operator => op;

    public EquationTerm Left => left;

    public EquationTerm Right => right;

    public override IEnumerable<EquationTerm> Children => [left, right];

    /// <summary>Gives bools.</summary>
    public bool IsTruth => IsComparison || op is BinaryOperator.And or BinaryOperator.Or;

    public bool IsComparison => op is >= BinaryOperator.Equal and <= BinaryOperator.GreaterEqual;

    public override Labelled Evaluate(EquationRun run) => Apply(run, op, left.Evaluate(run), right.Evaluate(run), Span);

    public static Labelled Apply(EquationRun run, BinaryOperator op, Labelled a, Labelled b, SourceSpan span)
    {
        int[] labels = EquationRun.Union(a.Labels, b.Labels);
        Tensor x = run.Aligned(a, labels), y = run.Aligned(b, labels);
        if (op is BinaryOperator.And or BinaryOperator.Or)
        {
            x = run.F.Cast(x, ElementType.Bool);
            y = run.F.Cast(y, ElementType.Bool);
            return new(op == BinaryOperator.And ? run.F.And(x, y) : run.F.Or(x, y), labels);
        }
        (x, y) = run.Matched(x, y);
        if (!x.ElementType.IsFloat)
            try
            {
                Operations.CheckIntegers(op, y);
            }
            catch (ScriptFault problem)
            {
                throw run.Frame.Fault(problem, span);
            }
        return new(run.F.Run(Operations.OperatorOf(op), x, y), labels);
    }
}

internal sealed class NegatedTerm(SourceSpan span, EquationTerm operand) : EquationTerm(span)
{
    public EquationTerm Operand => operand;

    public override IEnumerable<EquationTerm> Children => [operand];

    public override Labelled Evaluate(EquationRun run) => Negated(run, operand.Evaluate(run));

    public static Labelled Negated(EquationRun run, Labelled x) => OperatorTerm.Apply(run, BinaryOperator.Multiply, x, run.Constant(-1), default);
}

internal sealed class NotTerm(SourceSpan span, EquationTerm operand) : EquationTerm(span)
{
    public override IEnumerable<EquationTerm> Children => [operand];

    public override Labelled Evaluate(EquationRun run)
    {
        Labelled x = operand.Evaluate(run);
        return x with { Tensor = run.F.Not(run.F.Cast(x.Tensor, ElementType.Bool)) };
    }
}

/// <summary>An argument of a function in an equation: a term, or a plain value.</summary>
internal readonly record struct TermArgument(string? Name, EquationTerm? Term, ExpressionNode? Value);

/// <summary>A function that applies element by element: of the library, or a script's, which is called once with whole tensors.</summary>
internal sealed class FunctionTerm(SourceSpan span, ExpressionNode function, TermArgument[] arguments) : EquationTerm(span)
{
    public override IEnumerable<EquationTerm> Children => arguments.Where(argument => argument.Term is not null).Select(argument => argument.Term!);

    public override Labelled Evaluate(EquationRun run)
    {
        var terms = new Labelled?[arguments.Length];
        int[] labels = [];
        for (int i = 0; i < terms.Length; i++)
        {
            if (arguments[i].Term is not { } term) continue;
            Labelled value = term.Evaluate(run);
            terms[i] = value;
            labels = EquationRun.Union(labels, value.Labels);
        }
        var given = new GivenArgument[arguments.Length];
        for (int i = 0; i < given.Length; i++)
            given[i] = new(arguments[i].Name, terms[i] is { } value ? (Value)run.Aligned(value, labels) : arguments[i].Value!.Evaluate(run.Frame));
        Value result = Calls.Invoke(run.Frame, function.Evaluate(run.Frame), given, Span);
        if (result.IsNumber || result.IsBool) return run.Constant(result);
        Tensor tensor = result.TensorOrNull ?? throw run.Frame.Fault(Messages.CannotStandInEquation(result.TypeName), Span);
        Shape expected = Shape.Create([.. labels.Select(label => terms.Any(term => term is { } value && value.Labels.Contains(label)) ? checked((int)run.Sizes[label]) : 1)]);
        if (!Shape.TryBroadcast(tensor.Shape, expected, out Shape both) || both != expected) throw run.Frame.Fault(Messages.DoNotBroadcast(tensor.Shape, expected), Span);
        return new(run.Computed(run.F.Broadcast(tensor, expected)), labels);
    }
}

/// <summary>A function that normalises along one index (8.10).</summary>
internal sealed class NormalizedTerm(SourceSpan span, LibraryFunctionReference function, EquationTerm operand, IndexVariable along, bool isMarkedInside, TermArgument[] settings) : EquationTerm(span)
{
    public IndexVariable Along => along;

    /// <summary>The mark stands in the argument, which is then no place for the sum over the marked index.</summary>
    public bool IsMarkedInside => isMarkedInside;

    public override IEnumerable<EquationTerm> Children => [operand, .. settings.Where(setting => setting.Term is not null).Select(setting => setting.Term!)];

    public override Labelled Evaluate(EquationRun run)
    {
        Labelled x = operand.Evaluate(run);
        int[] labels = x.Labels.Contains(along.Id) ? x.Labels : [.. x.Labels, along.Id];
        Tensor tensor = x.Labels.Contains(along.Id) ? x.Tensor : run.Spread(x, labels);
        if (!tensor.ElementType.IsFloat) tensor = run.F.Cast(tensor, run.FloatType);
        List<GivenArgument> given = [new(null, tensor)];
        foreach (TermArgument setting in settings)
        {
            if (setting.Term is not { } term)
            {
                given.Add(new(setting.Name, setting.Value!.Evaluate(run.Frame)));
                continue;
            }
            Labelled weight = term.Evaluate(run);
            if (weight.Labels is not [var label] || label != along.Id) throw run.Frame.Fault(Messages.CannotBeAppliedIndexed(function.Name), Span);
            given.Add(new(setting.Name, weight.Tensor));
        }
        given.Add(new("axis", Array.IndexOf(labels, along.Id)));
        Value result = Calls.Invoke(run.Frame, Value.Of(function.Function), [.. given], Span);
        return new(run.Computed(result.AsTensor()), labels);
    }
}

/// <summary>A function of the library with its name.</summary>
internal readonly record struct LibraryFunctionReference(string Name, FunctionValue Function);

/// <summary>A term of 8.4: where sums may stand.</summary>
internal sealed class SumTerm(EquationTerm body) : EquationTerm(body.Span)
{
    private readonly List<IndexVariable> _over = [];

    public EquationTerm Body => body;

    public override IEnumerable<EquationTerm> Children => [body];

    public bool IsSummed => _over.Count > 0;

    /// <summary>Sums an index over the smallest term inside that holds all its occurrences.</summary>
    public void Place(IndexVariable index)
    {
        int all = Count(index);
        if (all == 0) return;
        foreach (SumTerm inner in Inner(body, index))
            if (inner.Count(index) == all)
            {
                inner.Place(index);
                return;
            }
        _over.Add(index);
    }

    private static IEnumerable<SumTerm> Inner(EquationTerm term, IndexVariable index)
    {
        if (term is NormalizedTerm { IsMarkedInside: true } normalized && normalized.Along == index) yield break;
        if (term is SumTerm own)
        {
            yield return own;
            yield break;
        }
        foreach (EquationTerm child in term.Children)
            foreach (SumTerm inner in Inner(child, index)) yield return inner;
    }

    public override Labelled Evaluate(EquationRun run)
    {
        int[] summed = [.. _over.Where(index => !run.IsFixed(index)).Select(index => index.Id)];
        if (summed.Length == 0) return body.Evaluate(run);
        List<(Labelled Factor, bool IsDivisor)> factors = [];
        bool negative = false;
        Labelled result;
        if (TryFactors(run, body, factors, ref negative, isDivisor: false) && factors.Count(factor => !factor.IsDivisor) > 1 && CanContract(factors, summed))
        {
            bool isFloat = factors.Exists(factor => factor.Factor.Tensor.ElementType.IsFloat);
            ElementType type = isFloat ? run.FloatType : ElementType.Int64;
            HashSet<int> kept = [.. factors.SelectMany(factor => factor.Factor.Labels).Except(summed)];
            result = Contraction.Run(run.F, [.. factors.Where(factor => !factor.IsDivisor).Select(factor => factor.Factor with { Tensor = run.F.Cast(factor.Factor.Tensor, type) })], kept);
            foreach ((Labelled divisor, bool isDivisor) in factors)
                if (isDivisor) result = OperatorTerm.Apply(run, BinaryOperator.Divide, result, divisor, Span);
            if (negative) result = NegatedTerm.Negated(run, result);
            summed = [.. summed.Except(factors.SelectMany(factor => factor.Factor.Labels))];
        }
        else
        {
            result = body.Evaluate(run);
            int[] axes = [.. Enumerable.Range(0, result.Labels.Length).Where(axis => summed.Contains(result.Labels[axis]))];
            summed = [.. summed.Except(result.Labels)];
            if (axes.Length > 0) result = new(run.F.Sum(result.Tensor, axes), [.. result.Labels.Where((_, axis) => !axes.Contains(axis))]);
        }
        // An index whose tensors vanished still runs: the same value so many times.
        foreach (int label in summed) result = OperatorTerm.Apply(run, BinaryOperator.Multiply, result, run.Constant(run.Sizes[label]), Span);
        return result;
    }

    // Divisors can be applied after the sum if they do not run with it; a division of ints cannot.
    private static bool CanContract(List<(Labelled Factor, bool IsDivisor)> factors, int[] summed)
    {
        if (!factors.Exists(factor => factor.IsDivisor)) return true;
        return factors.Exists(factor => factor.Factor.Tensor.ElementType.IsFloat) && !factors.Exists(factor => factor.IsDivisor && factor.Factor.Labels.Any(label => summed.Contains(label)));
    }

    private static bool TryFactors(EquationRun run, EquationTerm term, List<(Labelled, bool)> factors, ref bool negative, bool isDivisor)
    {
        switch (term)
        {
            case OperatorTerm { Operator: BinaryOperator.Multiply or BinaryOperator.Juxtapose } product when !isDivisor:
                return TryFactors(run, product.Left, factors, ref negative, isDivisor) && TryFactors(run, product.Right, factors, ref negative, isDivisor);
            case OperatorTerm { Operator: BinaryOperator.Divide } quotient when !isDivisor:
                return TryFactors(run, quotient.Left, factors, ref negative, isDivisor) && TryFactors(run, quotient.Right, factors, ref negative, isDivisor: true);
            case OperatorTerm { Operator: BinaryOperator.Remainder }: return false;
            case NegatedTerm negated when !isDivisor:
                negative = !negative;
                return TryFactors(run, negated.Operand, factors, ref negative, isDivisor);
            default:
                factors.Add((term.Evaluate(run), isDivisor));
                return true;
        }
    }
}
