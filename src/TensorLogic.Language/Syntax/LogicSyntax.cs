namespace TensorLogic.Language.Syntax;

/// <summary>A name, number, string or <c>(e)</c> in an atom, or an aggregate in a head.</summary>
internal abstract class Term(SourceSpan span) : SyntaxNode(span);

/// <summary>A logic variable; <c>_</c> has no name.</summary>
internal sealed class VariableTerm(SourceSpan span, string? name) : Term(span)
{
    public string? Name { get; } = name;
}

internal sealed class ConstantTerm(SourceSpan span, Value value) : Term(span)
{
    public Value Value { get; } = value;
}

/// <summary><c>(e)</c>.</summary>
internal sealed class ValueTerm(SourceSpan span, Expression value) : Term(span)
{
    public Expression Value { get; } = value;
}

internal enum Aggregate : byte { Count, Sum, Min, Max, Mean }

internal sealed class AggregateTerm(SourceSpan span, Aggregate aggregate, Term operand) : Term(span)
{
    public Aggregate Aggregate { get; } = aggregate;
    public Term Operand { get; } = operand;
}

/// <summary>A relation with its terms; headed by the name.</summary>
internal sealed class Atom(SourceSpan span, string relation, IReadOnlyList<Term> terms) : SyntaxNode(span)
{
    public string Relation { get; } = relation;
    public IReadOnlyList<Term> Terms { get; } = terms;
}

internal abstract class Literal(SourceSpan span) : SyntaxNode(span);

internal sealed class AtomLiteral(Atom atom, bool isNegated) : Literal(atom.Span)
{
    public Atom Atom { get; } = atom;
    public bool IsNegated { get; } = isNegated;
}

/// <summary>A comparison, or <c>v = e</c>; headed by the operator.</summary>
internal sealed class ComparisonLiteral(SourceSpan span, BinaryOperator? @operator, Expression left, Expression right) : Literal(span)
{
    /// <summary>Null for <c>=</c>.</summary>
    public BinaryOperator? Operator { get; } = @operator;
    public Expression Left { get; } = left;
    public Expression Right { get; } = right;
}

internal sealed class EntityStatement(SourceSpan span, SourceSpan nameSpan, string name, IReadOnlyList<string>? members) : Statement(span)
{
    public SourceSpan NameSpan { get; } = nameSpan;
    public string Name { get; } = name;

    /// <summary>Null for an open type.</summary>
    public IReadOnlyList<string>? Members { get; } = members;
}

internal sealed class RelationStatement(SourceSpan span, SourceSpan nameSpan, string name, IReadOnlyList<ParameterSyntax> columns) : Statement(span)
{
    public SourceSpan NameSpan { get; } = nameSpan;
    public string Name { get; } = name;
    public IReadOnlyList<ParameterSyntax> Columns { get; } = columns;
}

/// <summary>Compat: <c>embedding name { … }</c>.</summary>
internal sealed class EmbeddingStatement(SourceSpan span, SourceSpan nameSpan, string name, IReadOnlyList<string>? entities, int dimension, string initializer) : Statement(span)
{
    public SourceSpan NameSpan { get; } = nameSpan;
    public string Name { get; } = name;

    /// <summary>Null for <c>auto</c>.</summary>
    public IReadOnlyList<string>? Entities { get; } = entities;
    public int Dimension { get; } = dimension;
    public string Initializer { get; } = initializer;
}

internal sealed class FactStatement(Atom atom) : Statement(atom.Span)
{
    public Atom Atom { get; } = atom;
}

internal sealed class RuleStatement(SourceSpan span, Atom head, IReadOnlyList<Literal> body) : Statement(span)
{
    public Atom Head { get; } = head;
    public IReadOnlyList<Literal> Body { get; } = body;
}

internal sealed class QueryStatement(SourceSpan span, IReadOnlyList<Literal> body) : Statement(span)
{
    public IReadOnlyList<Literal> Body { get; } = body;
}

/// <summary><c>R(x, z) = e</c>: facts from numbers (9.7).</summary>
internal sealed class FactEquationStatement(Atom head, SourceSpan operatorSpan, Expression right) : Statement(head.Span)
{
    public Atom Head { get; } = head;
    public SourceSpan OperatorSpan { get; } = operatorSpan;
    public Expression Right { get; } = right;
}
