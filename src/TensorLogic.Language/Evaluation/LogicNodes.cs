using TensorLogic.Language.Binding;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Logic;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Evaluation;

/// <summary>An expression of a literal as it is bound: script values in it are taken when its statement runs.</summary>
internal abstract class LogicTermNode
{
    public abstract LogicExpression Evaluate(Frame f);
}

internal sealed class LogicVariableNode(int variable) : LogicTermNode
{
    public override LogicExpression Evaluate(Frame f) => new VariableExpression(variable);
}

internal sealed class LogicConstantNode(ExpressionNode value) : LogicTermNode
{
    public override LogicExpression Evaluate(Frame f)
    {
        Value constant = value.Evaluate(f);
        try
        {
            return new ConstantExpression(Database.Constant(constant));
        }
        catch (Exception problem) when (Faults.IsOpen(problem))
        {
            throw f.Fault(problem, value.Span);
        }
    }
}

internal sealed class LogicOperatorNode(BinaryOperator? op, LogicTermNode left, LogicTermNode? right) : LogicTermNode
{
    public override LogicExpression Evaluate(Frame f) => op is { } binary ? new OperatorExpression(binary, left.Evaluate(f), right!.Evaluate(f)) : new NegatedExpression(left.Evaluate(f));
}

internal sealed class LogicFunctionNode(FunctionValue function, LogicTermNode[] arguments) : LogicTermNode
{
    public override LogicExpression Evaluate(Frame f) => new FunctionExpressionTerm(function, Array.ConvertAll(arguments, argument => argument.Evaluate(f)));
}

/// <summary>A place of an atom as it is bound: a variable by number, <c>_</c>, or an expression for a constant.</summary>
internal readonly record struct SlotNode(int Variable, ExpressionNode? Constant, Aggregate? Aggregate = null)
{
    public Slot Evaluate(Frame f) => Constant is null ? new(Variable, -1) : new(-1, f.Run.Database.Constants.IdOf(Value(f)));

    /// <summary>The constant's value.</summary>
    public Value Value(Frame f)
    {
        Value value = Constant!.Evaluate(f);
        try
        {
            return Database.Constant(value);
        }
        catch (Exception problem) when (Faults.IsOpen(problem))
        {
            throw f.Fault(problem, Constant.Span);
        }
    }
}

/// <summary>A literal as it is bound.</summary>
internal abstract class LiteralNode(SourceSpan span)
{
    public SourceSpan Span => span;

    public abstract BodyLiteral Evaluate(Frame f);
}

internal sealed class AtomNode(SourceSpan span, string relation, SlotNode[] slots, bool isNegated) : LiteralNode(span)
{
    public string Relation => relation;

    public SlotNode[] Slots => slots;

    public bool IsNegated => isNegated;

    public override BodyLiteral Evaluate(Frame f)
    {
        try
        {
            // The first use fixes the number of columns.
            f.Run.Database.Use(relation, slots.Length);
            return new BodyAtom(relation, Array.ConvertAll(slots, slot => slot.Evaluate(f)), isNegated);
        }
        catch (Exception problem) when (Faults.IsOpen(problem))
        {
            throw f.Fault(problem, Span);
        }
    }
}

internal sealed class ComparisonNode(SourceSpan span, BinaryOperator? op, LogicTermNode left, LogicTermNode right) : LiteralNode(span)
{
    public override BodyLiteral Evaluate(Frame f) => new BodyComparison(op, left.Evaluate(f), right.Evaluate(f));
}

/// <summary>A body with its variables.</summary>
/// <param name="Literals">In order.</param>
/// <param name="Variables">Number of variables.</param>
/// <param name="Answers">Names and numbers of the variables that answers have, in the order in which they first occur.</param>
internal sealed record BodyNode(LiteralNode[] Literals, int Variables, (string Name, int Variable)[] Answers)
{
    /// <summary>The sorted answers.</summary>
    public List<Value[]> Evaluate(Frame f, SourceSpan span)
    {
        BodyLiteral[] body = Array.ConvertAll(Literals, literal => literal.Evaluate(f));
        try
        {
            return f.Run.Database.Answers(f.Run, body, Variables, Array.ConvertAll(Answers, answer => answer.Variable));
        }
        catch (Exception problem) when (Faults.HasNoPlace(problem))
        {
            throw f.CallFault(problem, span);
        }
    }
}

internal sealed class EntityNode(SourceSpan span, string name, IReadOnlyList<string>? members) : StatementNode(span)
{
    public override Flow Execute(Frame f)
    {
        f.Run.Database.DeclareDomain(name, members);
        return Flow.Next;
    }
}

internal sealed class RelationNode(SourceSpan span, SourceSpan nameSpan, string name, (ColumnKind Kind, string? Domain)[] columns) : StatementNode(span)
{
    public override Flow Execute(Frame f)
    {
        Database database = f.Run.Database;
        try
        {
            database.Declare(name, Array.ConvertAll(columns, column =>
            {
                if (column.Domain is not { } domain) return new Column(column.Kind, column.Kind == ColumnKind.Entity ? database.Open : null);
                if (database.FindDomain(domain) is null) database.DeclareDomain(domain, null);
                return new Column(ColumnKind.Entity, database.FindDomain(domain));
            }));
        }
        catch (Exception problem) when (Faults.IsOpen(problem))
        {
            throw f.Fault(problem, nameSpan);
        }
        return Flow.Next;
    }
}

internal sealed class FactNode(SourceSpan span, string relation, SlotNode[] terms) : StatementNode(span)
{
    public override Flow Execute(Frame f)
    {
        var values = new Value[terms.Length];
        for (int i = 0; i < values.Length; i++) values[i] = terms[i].Value(f);
        try
        {
            f.Run.Database.AddFact(relation, values, f.Run.Engine.Options.FactLimit);
        }
        catch (Exception problem) when (Faults.HasNoPlace(problem))
        {
            throw f.CallFault(problem, Span);
        }
        return Flow.Next;
    }
}

internal sealed class RuleNode(SourceSpan span, string relation, SlotNode[] head, LiteralNode[] body, int variables) : StatementNode(span)
{
    public override Flow Execute(Frame f)
    {
        BodyLiteral[] literals = Array.ConvertAll(body, literal => literal.Evaluate(f));
        try
        {
            HeadSlot[] slots = Array.ConvertAll(head, slot => new HeadSlot(slot.Evaluate(f), slot.Aggregate));
            f.Run.Database.AddRule(new Rule(relation, slots, literals, variables, f.Source, Span, this));
        }
        catch (Exception problem) when (Faults.IsOpen(problem))
        {
            throw f.Fault(problem, Span);
        }
        return Flow.Next;
    }
}

/// <summary>A query as a statement prints its answers (9.3).</summary>
internal sealed class QueryStatementNode(SourceSpan span, BodyNode body) : StatementNode(span)
{
    public override Flow Execute(Frame f)
    {
        List<Value[]> answers = body.Evaluate(f, Span);
        if (body.Answers.Length == 0) f.Run.Write(answers.Count > 0 ? "yes" : "no");
        else if (answers.Count == 0) f.Run.Write("no");
        foreach (Value[] answer in answers)
            if (body.Answers.Length > 0)
                f.Run.Write(string.Join(", ", body.Answers.Select((variable, i) => $"{variable.Name} = {answer[i]}")));
        return Flow.Next;
    }
}

/// <summary>A query as an expression gives records, or a bool.</summary>
internal sealed class QueryNode(SourceSpan span, BodyNode body) : ExpressionNode(span)
{
    public override Value Evaluate(Frame f)
    {
        List<Value[]> answers = body.Evaluate(f, Span);
        if (body.Answers.Length == 0) return answers.Count > 0;
        return Value.Of(answers.Select(answer => Value.Of(new RecordValue(body.Answers.Select((variable, i) => KeyValuePair.Create(variable.Name, answer[i]))))));
    }
}

/// <summary>Compat: <c>embedding name { … }</c> (10.3).</summary>
internal sealed class EmbeddingNode(SourceSpan span, VariableTarget target, IReadOnlyList<string>? entities, int dimension, string initializer) : StatementNode(span)
{
    public override Flow Execute(Frame f)
    {
        Domain domain = new(target.Name, isClosed: true);
        if (entities is null) f.Run.Database.Derive(f.Run);
        foreach (string entity in entities ?? f.Run.Database.Open.Names) domain.Add(entity);
        double n = domain.Count, d = dimension;
        f.Run.Reserve((Int128)domain.Count * dimension * 2);
        double limit = initializer switch
        {
            "random" => 0.1,
            "xavier" => Math.Sqrt(6 / (n + d)),
            "he" => Math.Sqrt(6 / n),
            _ => 0,
        };
        var values = new double[domain.Count * dimension];
        for (int i = 0; i < values.Length; i++)
            values[i] = initializer == "ones" ? 1 : limit == 0 ? 0 : (2 * f.Run.Engine.State.Random.Draw() - 1) * limit;
        target.Set(f, Value.Of(new Learnable(Functions.CreationFunctions.Written(ElementType.Float16, Shape.Create(domain.Count, dimension), values), target.Name, domain)));
        return Flow.Next;
    }
}
