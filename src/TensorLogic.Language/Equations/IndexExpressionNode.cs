using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Syntax;

namespace TensorLogic.Language.Equations;

/// <summary>Arithmetic over index variables: ints, values, <c>+ - * / %</c>, and int tensors with subscripts.</summary>
internal abstract class IndexExpressionNode(SourceSpan span)
{
    public SourceSpan Span => span;

    public abstract IEnumerable<IndexVariable> Indices { get; }

    public abstract IEnumerable<TensorTerm> Tensors { get; }

    /// <summary>The form i + b with a literal b; null for any other.</summary>
    public virtual (IndexVariable Index, long Offset)? Shifted => null;

    /// <summary>True if the value can grow without bound with an index: no remainder, no tensor.</summary>
    public abstract bool Grows { get; }

    /// <summary>Takes the values that do not depend on index variables.</summary>
    public abstract IndexEvaluator Prepare(EquationRun run);
}

/// <summary>The number of an index expression for given values of the index variables, by their ids.</summary>
internal delegate long IndexEvaluator(ReadOnlySpan<long> indices);

internal sealed class IndexVariableNode(SourceSpan span, IndexVariable index) : IndexExpressionNode(span)
{
    public override IEnumerable<IndexVariable> Indices => [index];

    public override IEnumerable<TensorTerm> Tensors => [];

    public override (IndexVariable Index, long Offset)? Shifted => (index, 0);

    public override bool Grows => true;

    public override IndexEvaluator Prepare(EquationRun run)
    {
        int id = index.Id;
        return indices => indices[id];
    }
}

internal sealed class IndexConstantNode(SourceSpan span, ExpressionNode value) : IndexExpressionNode(span)
{
    public override IEnumerable<IndexVariable> Indices => [];

    public override IEnumerable<TensorTerm> Tensors => [];

    /// <summary>The number of a literal, or null.</summary>
    public long? Literal => value is ConstantNode { Value: { IsInt: true } literal } ? literal.Bits : null;

    public override bool Grows => true;

    public override IndexEvaluator Prepare(EquationRun run)
    {
        Value number = value.Evaluate(run.Frame);
        long constant = Evaluation.Tensors.IntOrNull(number) ?? throw run.Frame.Fault(Messages.IndexMustBeInt(number.TypeName), value.Span);
        return _ => constant;
    }
}

internal sealed class IndexOperatorNode(SourceSpan span, BinaryOperator op, IndexExpressionNode left, IndexExpressionNode right) : IndexExpressionNode(span)
{
    public override IEnumerable<IndexVariable> Indices => left.Indices.Concat(right.Indices);

    public override IEnumerable<TensorTerm> Tensors => left.Tensors.Concat(right.Tensors);

    public override (IndexVariable Index, long Offset)? Shifted => (op, left.Shifted, right.Shifted) switch
    {
        (BinaryOperator.Add, { } shifted, null) when right is IndexConstantNode { Literal: { } offset } => (shifted.Index, shifted.Offset + offset),
        (BinaryOperator.Add, null, { } shifted) when left is IndexConstantNode { Literal: { } offset } => (shifted.Index, shifted.Offset + offset),
        (BinaryOperator.Subtract, { } shifted, null) when right is IndexConstantNode { Literal: { } offset } => (shifted.Index, shifted.Offset - offset),
        _ => null,
    };

    public override bool Grows => op != BinaryOperator.Remainder && left.Grows && right.Grows;

    public override IndexEvaluator Prepare(EquationRun run)
    {
        IndexEvaluator a = left.Prepare(run), b = right.Prepare(run);
        return op switch
        {
            BinaryOperator.Add => indices => a(indices) + b(indices),
            BinaryOperator.Subtract => indices => a(indices) - b(indices),
            BinaryOperator.Multiply => indices => a(indices) * b(indices),
            BinaryOperator.Divide => indices => Divided(run, a(indices), b(indices), remainder: false),
            _ => indices => Divided(run, a(indices), b(indices), remainder: true),
        };
    }

    private long Divided(EquationRun run, long a, long b, bool remainder) =>
        b == 0 ? throw run.Frame.Fault(Messages.DivisionByZero(), Span) : b == -1 ? remainder ? 0 : -a : remainder ? a % b : a / b;
}

/// <summary>An int tensor with subscripts, <c>Tok[t]</c>.</summary>
internal sealed class IndexTensorNode(SourceSpan span, TensorTerm tensor) : IndexExpressionNode(span)
{
    public override IEnumerable<IndexVariable> Indices => tensor.Subscripts.SelectMany(subscript => subscript.Indices);

    public override IEnumerable<TensorTerm> Tensors => [tensor];

    public override bool Grows => false;

    public override IndexEvaluator Prepare(EquationRun run)
    {
        TensorLogic.Functions.Labelled read = tensor.Evaluate(run);
        if (!read.Tensor.ElementType.IsInteger && read.Tensor.ElementType != ElementType.Bool) throw run.Frame.Fault(Messages.IndexMustBeInt("float"), Span);
        long[] values = TensorConversion.ReadLongs(read.Tensor);
        int[] labels = read.Labels;
        long[] strides = read.Tensor.Shape.RowMajorStrides();
        return indices =>
        {
            long at = 0;
            for (int axis = 0; axis < labels.Length; axis++) at += indices[labels[axis]] * strides[axis];
            return values[at];
        };
    }
}
