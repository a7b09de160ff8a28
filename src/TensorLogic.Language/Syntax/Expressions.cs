namespace TensorLogic.Language.Syntax;

/// <summary>A node of the tree. <see cref="Span"/> is the token that heads it, where errors point (16.2).</summary>
internal abstract class SyntaxNode(SourceSpan span)
{
    public SourceSpan Span { get; } = span;
}

internal abstract class Expression(SourceSpan span) : SyntaxNode(span);

/// <summary>A number, string, bool or none.</summary>
internal sealed class LiteralExpression(SourceSpan span, Value value) : Expression(span)
{
    public Value Value { get; } = value;
}

internal sealed class NameExpression(SourceSpan span, string name) : Expression(span)
{
    public string Name { get; } = name;
}

/// <summary><c>(e)</c>: kept, because parentheses hold a term (8.4) and make a subscript a value (8.2).</summary>
internal sealed class ParenthesizedExpression(SourceSpan span, Expression inner) : Expression(span)
{
    public Expression Inner { get; } = inner;
}

internal sealed class ListExpression(SourceSpan span, IReadOnlyList<Expression> items) : Expression(span)
{
    public IReadOnlyList<Expression> Items { get; } = items;
}

internal sealed class RecordExpression(SourceSpan span, IReadOnlyList<(string Key, Expression Value)> fields) : Expression(span)
{
    public IReadOnlyList<(string Key, Expression Value)> Fields { get; } = fields;
}

internal enum UnaryOperator : byte { Negate, Not }

internal sealed class UnaryExpression(SourceSpan span, UnaryOperator @operator, Expression operand) : Expression(span)
{
    public UnaryOperator Operator { get; } = @operator;
    public Expression Operand { get; } = operand;
}

internal enum BinaryOperator : byte
{
    Add, Subtract, Multiply, Divide, Remainder, MatMul, Power,
    Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, In,
    And, Or, Range,
    /// <summary>Two factors next to each other (8.1); headed by the right one.</summary>
    Juxtapose,
}

internal sealed class BinaryExpression(SourceSpan span, BinaryOperator @operator, Expression left, Expression right) : Expression(span)
{
    public BinaryOperator Operator { get; } = @operator;
    public Expression Left { get; } = left;
    public Expression Right { get; } = right;
}

/// <summary><c>x as int</c>; headed by the type's name.</summary>
internal sealed class CastExpression(SourceSpan span, Expression operand, string type) : Expression(span)
{
    public Expression Operand { get; } = operand;
    public string Type { get; } = type;
}

/// <summary>An argument of a call, with a name or by position; headed by the name, else by the value.</summary>
internal sealed class Argument(SourceSpan span, string? name, Expression value) : SyntaxNode(span)
{
    public string? Name { get; } = name;
    public Expression Value { get; } = value;
}

/// <summary>A call; headed by the name of the function.</summary>
internal sealed class CallExpression(Expression callee, IReadOnlyList<Argument> arguments) : Expression(callee.Span)
{
    public Expression Callee { get; } = callee;
    public IReadOnlyList<Argument> Arguments { get; } = arguments;
}

/// <summary>One subscript: an expression, perhaps marked or virtual (8.3), or a slice.</summary>
internal sealed class Subscript(SourceSpan span) : SyntaxNode(span)
{
    /// <summary>The expression; null for a slice.</summary>
    public Expression? Value { get; init; }

    /// <summary><c>p.</c>: where the dot stands, or null.</summary>
    public SourceSpan? Mark { get; init; }

    /// <summary><c>*t</c>.</summary>
    public bool IsVirtual { get; init; }

    public Expression? Start { get; init; }
    public Expression? End { get; init; }
    public Expression? Step { get; init; }
    public bool IsSlice => Value is null;
}

/// <summary><c>x[a]</c>; headed by the bracket.</summary>
internal sealed class IndexExpression(SourceSpan span, Expression target, IReadOnlyList<Subscript> subscripts) : Expression(span)
{
    public Expression Target { get; } = target;
    public IReadOnlyList<Subscript> Subscripts { get; } = subscripts;
}

/// <summary><c>x.f</c>; headed by the field name.</summary>
internal sealed class MemberExpression(SourceSpan span, Expression target, string name) : Expression(span)
{
    public Expression Target { get; } = target;
    public string Name { get; } = name;
}

/// <summary><c>f32::zeros</c>, Compat for a creation function with that dtype; headed by the function's name.</summary>
internal sealed class QualifiedExpression(SourceSpan span, string type, string name) : Expression(span)
{
    public string Type { get; } = type;
    public string Name { get; } = name;
}

/// <summary>A dimension of a declared type: a size, <c>?</c> or a name.</summary>
internal readonly record struct Dimension(int? Size, string? Name, SourceSpan Span);

/// <summary>A type in a declaration (3.8).</summary>
internal sealed class TypeSyntax(SourceSpan span, string name, IReadOnlyList<Dimension>? dimensions) : SyntaxNode(span)
{
    public string Name { get; } = name;

    /// <summary>Null for a type without brackets.</summary>
    public IReadOnlyList<Dimension>? Dimensions { get; } = dimensions;
}

internal sealed class ParameterSyntax(SourceSpan span, string name, TypeSyntax? type, Expression? @default) : SyntaxNode(span)
{
    public string Name { get; } = name;
    public TypeSyntax? Type { get; } = type;
    public Expression? Default { get; } = @default;
}

/// <summary>A function: its body is a block or an expression.</summary>
internal sealed class FunctionExpression(SourceSpan span, string? name, IReadOnlyList<ParameterSyntax> parameters, TypeSyntax? result, Block? block, Expression? value) : Expression(span)
{
    public string? Name { get; } = name;
    public IReadOnlyList<ParameterSyntax> Parameters { get; } = parameters;
    public TypeSyntax? Result { get; } = result;
    public Block? Block { get; } = block;
    public Expression? Value { get; } = value;
}

/// <summary><c>query Parent(bob, x)</c>.</summary>
internal sealed class QueryExpression(SourceSpan span, IReadOnlyList<Literal> body) : Expression(span)
{
    public IReadOnlyList<Literal> Body { get; } = body;
}

/// <summary><c>learn { … }</c>.</summary>
internal sealed class LearnExpression(SourceSpan span, Block body, IReadOnlyList<(SourceSpan Span, string Name, Expression Value)> settings) : Expression(span)
{
    public Block Body { get; } = body;
    public IReadOnlyList<(SourceSpan Span, string Name, Expression Value)> Settings { get; } = settings;
}
