using TensorLogic.Functions;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Equations;

/// <summary>Which elements the equations of a block have reached, by the tensor's name; null for all (8.5).</summary>
internal sealed class BlockState
{
    public Dictionary<string, bool[]?> Reached { get; } = new(StringComparer.Ordinal);
}

/// <summary>A maximal run of equations.</summary>
internal sealed class EquationBlock(int slot)
{
    /// <summary>Where its state is kept in the frame.</summary>
    public int Slot => slot;
}

/// <summary>How the equation meets what is there.</summary>
internal enum Aggregation : byte { Set, Add, Max, Min, Mean, Product }

/// <summary>An equation as a statement (8).</summary>
internal sealed class EquationStatementNode(SourceSpan span, Equation equation, Aggregation aggregation, ExpressionNode? current, VariableTarget target, EquationBlock block, bool isFirst) : StatementNode(span)
{
    public override Flow Execute(Frame f)
    {
        if (isFirst || f.Locals[block.Slot].Content is not BlockState) f.Locals[block.Slot] = Value.Hidden(new BlockState());
        BlockState state = (BlockState)f.Locals[block.Slot].Content!;
        try
        {
            EquationRun run = new(f, equation);
            run.Prepare();
            Tensor? existing = Existing(f);
            if (equation.Virtual is not null) Recurrence.Steps(run, existing, target, Declared(f)?.Element);
            else if (equation.Recurrences.Length > 0) Recurrence.Run(run, existing, target, aggregation == Aggregation.Add);
            else
            {
                IndexSizes.Find(run, existing);
                EquationResult result = new(run, aggregation, state, target.Name, Declared(f)?.Element);
                target.Assign(f, result.Store(equation.Right.Evaluate(run), existing));
            }
        }
        catch (Exception problem) when (Faults.HasNoPlace(problem))
        {
            throw f.Fault(problem, equation.OperatorSpan);
        }
        return Flow.Next;
    }

    private DeclaredType? Declared(Frame f) => target.TypeOf(f);

    /// <summary>The tensor of the left side, if there is one.</summary>
    private Tensor? Existing(Frame f)
    {
        if (current is null) return null;
        Value value;
        try
        {
            value = current.Evaluate(f);
        }
        catch (ScriptFault missing) when (missing.Description.Code == "TL4001")
        {
            return null;
        }
        if (value.TensorOrNull is { } tensor) return tensor;
        bool needed = !equation.IsFull || aggregation == Aggregation.Add || equation.Recurrences.Length > 0 || equation.Virtual is not null;
        if (value.Kind == ValueKind.List) return needed ? TensorLiteral.OfList(f.Run, (ListValue)value.Content!) : null;
        if (value.IsNumber && needed) return TensorLiteral.OfScalar(value);
        return needed && !value.IsNone ? throw f.Fault(Messages.EquationNeedsTensor(target.Name, value.TypeName), Span) : null;
    }
}
