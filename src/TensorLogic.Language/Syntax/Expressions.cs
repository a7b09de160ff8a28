namespace TensorLogic.Language.Syntax;

/// <summary>A node of the tree. <see cref="Span"/> is the token that heads it, where errors point (16.2).</summary>
internal abstract record SyntaxNode(SourceSpan Span);

internal abstract record Expression(SourceSpan Span) : SyntaxNode(Span);

/// <summary>A number, string, bool or none.</summary>
internal sealed record LiteralExpression(SourceSpan Span, Value Value) : Expression(Span);

internal sealed record NameExpression(SourceSpan Span, string Name) : Expression(Span);

internal sealed record ListExpression(SourceSpan Span, IReadOnlyList<Expression> Items) : Expression(Span);

internal sealed record RecordExpression(SourceSpan Span, IReadOnlyList<(string Key, Expression Value)> Fields) : Expression(Span);

/// <summary><c>-x</c>.</summary>
internal sealed record NegationExpression(SourceSpan Span, Expression Operand) : Expression(Span);

/// <summary>An argument of a call, with a name or by position.</summary>
internal sealed record Argument(string? Name, SourceSpan Span, Expression Value) : SyntaxNode(Span);

/// <summary>A call; headed by the name of the function.</summary>
internal sealed record CallExpression(Expression Callee, IReadOnlyList<Argument> Arguments) : Expression(Callee.Span);

/// <summary><c>x[a]</c>; headed by the bracket.</summary>
internal sealed record IndexExpression(SourceSpan Span, Expression Target, IReadOnlyList<Expression> Subscripts) : Expression(Span);

/// <summary><c>x.f</c>; headed by the field name.</summary>
internal sealed record MemberExpression(SourceSpan Span, Expression Target, string Name) : Expression(Span);
