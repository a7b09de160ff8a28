namespace TensorLogic.Language.Syntax;

/// <summary>A statement; headed by its first token.</summary>
internal abstract class Statement(SourceSpan span) : SyntaxNode(span);

internal sealed class Block(SourceSpan span, IReadOnlyList<Statement> statements) : Statement(span)
{
    public IReadOnlyList<Statement> Statements { get; } = statements;
}

/// <summary>An expression for its effect.</summary>
internal sealed class ExpressionStatement(SourceSpan span, Expression value) : Statement(span)
{
    public Expression Value { get; } = value;
}

internal enum AssignmentOperator : byte { Set, Add, Subtract, Multiply, Divide, Max, Min, Mean, Product }

/// <summary><c>left op right</c>: an assignment (5.1) or an equation (8); which of them, the binder tells.</summary>
internal sealed class AssignmentStatement(SourceSpan span, Expression left, AssignmentOperator @operator, SourceSpan operatorSpan, string operatorText, Expression right) : Statement(span)
{
    public Expression Left { get; } = left;
    public AssignmentOperator Operator { get; } = @operator;
    public SourceSpan OperatorSpan { get; } = operatorSpan;
    public string OperatorText { get; } = operatorText;
    public Expression Right { get; } = right;
}

internal enum DeclarationKind : byte { Let, Parameter, Tensor, LearnableTensor }

/// <summary><c>let x: type = e</c>, <c>param …</c>, <c>tensor …</c>.</summary>
internal sealed class DeclarationStatement(SourceSpan span, DeclarationKind kind, SourceSpan nameSpan, string name, TypeSyntax? type, Expression? value) : Statement(span)
{
    public DeclarationKind Kind { get; } = kind;
    public SourceSpan NameSpan { get; } = nameSpan;
    public string Name { get; } = name;
    public TypeSyntax? Type { get; } = type;
    public Expression? Value { get; } = value;
}

internal sealed class FunctionStatement(SourceSpan span, SourceSpan nameSpan, FunctionExpression function) : Statement(span)
{
    public SourceSpan NameSpan { get; } = nameSpan;
    public FunctionExpression Function { get; } = function;
}

internal sealed class IfStatement(SourceSpan span, Expression condition, Block then, Statement? @else) : Statement(span)
{
    public Expression Condition { get; } = condition;
    public Block Then { get; } = then;
    public Statement? Else { get; } = @else;
}

/// <summary><c>while c { }</c>, and <c>loop { }</c> without a condition.</summary>
internal sealed class WhileStatement(SourceSpan span, Expression? condition, Block body) : Statement(span)
{
    public Expression? Condition { get; } = condition;
    public Block Body { get; } = body;
}

internal sealed class ForStatement(SourceSpan span, SourceSpan nameSpan, string name, string? second, Expression subject, Block body) : Statement(span)
{
    public SourceSpan NameSpan { get; } = nameSpan;
    public string Name { get; } = name;
    public string? Second { get; } = second;
    public Expression Subject { get; } = subject;
    public Block Body { get; } = body;
}

internal sealed class BreakStatement(SourceSpan span) : Statement(span);

internal sealed class ContinueStatement(SourceSpan span) : Statement(span);

internal sealed class ReturnStatement(SourceSpan span, Expression? value) : Statement(span)
{
    public Expression? Value { get; } = value;
}

internal sealed class ImportStatement(SourceSpan span, SourceSpan pathSpan, string path, string? alias) : Statement(span)
{
    public SourceSpan PathSpan { get; } = pathSpan;
    public string Path { get; } = path;
    public string? Alias { get; } = alias;
}

internal sealed class AssertStatement(SourceSpan span, Expression condition, Expression? message) : Statement(span)
{
    public Expression Condition { get; } = condition;
    public Expression? Message { get; } = message;
}

/// <summary>Compat: <c>main { }</c>.</summary>
internal sealed class MainStatement(SourceSpan span, Block body) : Statement(span)
{
    public Block Body { get; } = body;
}

internal sealed class TestStatement(SourceSpan span, string name, Block body) : Statement(span)
{
    public string Name { get; } = name;
    public Block Body { get; } = body;
}

/// <summary><c>x?</c> and <c>x[1]?</c> (7.7).</summary>
internal sealed class ShowStatement(SourceSpan span, Expression value, string text) : Statement(span)
{
    public Expression Value { get; } = value;

    /// <summary>The left side as it is printed.</summary>
    public string Text { get; } = text;
}

/// <summary><c>index i, j: 4</c>.</summary>
internal sealed class IndexStatement(SourceSpan span, IReadOnlyList<(SourceSpan Span, string Name, Expression? Size)> indices) : Statement(span)
{
    public IReadOnlyList<(SourceSpan Span, string Name, Expression? Size)> Indices { get; } = indices;
}
