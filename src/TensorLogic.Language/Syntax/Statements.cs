namespace TensorLogic.Language.Syntax;

/// <summary>A statement; headed by its first token.</summary>
internal abstract record Statement(SourceSpan Span) : SyntaxNode(Span);

/// <summary><c>x = e</c> or <c>let x = e</c>.</summary>
internal sealed record AssignmentStatement(SourceSpan Span, string Name, Expression Value) : Statement(Span);

/// <summary>An expression for its effect.</summary>
internal sealed record ExpressionStatement(SourceSpan Span, Expression Value) : Statement(Span);
