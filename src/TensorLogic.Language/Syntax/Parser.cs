using TensorLogic.Language.Diagnostics;

namespace TensorLogic.Language.Syntax;

/// <summary>Tokens to a tree, by recursive descent over the grammar of appendix A: literals, lists, records, assignment, calls, members and subscripts.</summary>
/// <remarks>The first error ends it. Both the descent and the tree are at most <see cref="Lexer.MaxDepth"/> levels deep, so that walking the tree
/// cannot exhaust the stack. What the language has beyond these forms is refused as not available.</remarks>
internal sealed class Parser
{
    private readonly SourceText _source;
    private readonly List<Token> _tokens;
    private int _next;
    private int _depth;

    private Parser(SourceText source, List<Token> tokens) => (_source, _tokens) = (source, tokens);

    /// <summary>The statements of a source.</summary>
    /// <exception cref="ScriptFault">TL0004, TL1xxx; TL5005 for a form that is not available.</exception>
    public static IReadOnlyList<Statement> Parse(SourceText source)
    {
        Parser parser = new(source, Lexer.Read(source));
        List<Statement> statements = [];
        while (true)
        {
            parser.SkipLineEnds();
            if (parser.Kind == TokenKind.EndOfFile) return statements;
            statements.Add(parser.Statement());
            if (parser.Kind != TokenKind.EndOfFile && !parser.Accept(TokenKind.EndOfStatement)) throw parser.Unexpected("the end of the statement");
        }
    }

    private Token Current => _tokens[_next];

    private TokenKind Kind => _tokens[_next].Kind;

    private Token Peek => _tokens[Math.Min(_next + 1, _tokens.Count - 1)];

    private Token Take() => Kind == TokenKind.EndOfFile ? Current : _tokens[_next++];

    private bool Accept(TokenKind kind)
    {
        if (Kind != kind) return false;
        _next++;
        return true;
    }

    private Token Expect(TokenKind kind, string what) => Kind == kind ? Take() : throw Unexpected(what);

    private void SkipLineEnds()
    {
        while (Kind == TokenKind.EndOfStatement) _next++;
    }

    // An operator or word of the language where it cannot stand yet is told apart from what never can stand there.
    private ScriptFault Unexpected(string what) =>
        IsUnavailable(Kind) ? Fault(Current.Span, Messages.NotAvailable(_source.Text.Substring(Current.Span.Start, Current.Span.Length)))
        : Fault(Current.Span, Messages.Expected(what, Tokens.Describe(Current, _source.Text)));

    private static bool IsUnavailable(TokenKind kind) => kind is
        TokenKind.And or TokenKind.As or TokenKind.In or TokenKind.Or or TokenKind.Not or TokenKind.If or TokenKind.For or TokenKind.Fn or TokenKind.While
        or TokenKind.Loop or TokenKind.Import or TokenKind.Learn or TokenKind.Assert or TokenKind.Return or TokenKind.Break or TokenKind.Continue or TokenKind.Else
        or (>= TokenKind.Plus and <= TokenKind.NotEqual) or (>= TokenKind.ColonEqual and <= TokenKind.DotDot)
        or TokenKind.ColonColon or TokenKind.Question or TokenKind.QuestionMinus or TokenKind.AmpAmp or TokenKind.BarBar or TokenKind.Bang;

    private ScriptFault Fault(SourceSpan span, Message message) => new(message) { Source = _source, Span = span };

    private void Enter()
    {
        if (++_depth > Lexer.MaxDepth) throw Fault(Current.Span, Messages.TooDeep(Lexer.MaxDepth));
    }

    private Statement Statement()
    {
        Token first = Current;
        if (Accept(TokenKind.Let))
        {
            Token name = Expect(TokenKind.Name, "a name");
            Expect(TokenKind.Equal, "'='");
            return new AssignmentStatement(name.Span, name.Text, Expression());
        }
        Expression left = Expression();
        if (Kind != TokenKind.Equal) return new ExpressionStatement(first.Span, left);
        Token sign = Take();
        return left switch
        {
            NameExpression name => new AssignmentStatement(first.Span, name.Name, Expression()),
            IndexExpression or MemberExpression => throw Fault(sign.Span, Messages.NotAvailable("=")),
            _ => throw Fault(left.Span, Messages.NotAssignable()),
        };
    }

    private Expression Expression()
    {
        Enter();
        Expression result = Kind == TokenKind.Minus ? new NegationExpression(Take().Span, Expression()) : Postfix();
        _depth--;
        return result;
    }

    private Expression Postfix()
    {
        Expression left = Primary();
        int height = 0;
        while (Kind is TokenKind.OpenParen or TokenKind.OpenBracket or TokenKind.Dot)
        {
            if (_depth + ++height > Lexer.MaxDepth) throw Fault(Current.Span, Messages.TooDeep(Lexer.MaxDepth));
            Token op = Take();
            left = op.Kind switch
            {
                TokenKind.OpenParen => new CallExpression(left, List(TokenKind.CloseParen, "')'", Argument)),
                TokenKind.OpenBracket => new IndexExpression(op.Span, left, List(TokenKind.CloseBracket, "']'", Expression)),
                _ => Member(left),
            };
        }
        return left;
    }

    private MemberExpression Member(Expression target)
    {
        if (Kind != TokenKind.Name && !Tokens.IsWord(Kind)) throw Unexpected("a field name");
        Token name = Take();
        return new(name.Span, target, name.Text);
    }

    private Argument Argument()
    {
        if ((Kind == TokenKind.Name || Tokens.IsWord(Kind)) && Peek.Kind is TokenKind.Colon or TokenKind.Equal)
        {
            Token name = Take();
            Take();
            return new(name.Text, name.Span, Expression());
        }
        Expression value = Expression();
        return new(null, value.Span, value);
    }

    private Expression Primary()
    {
        Token token = Take();
        switch (token.Kind)
        {
            case TokenKind.Int: return new LiteralExpression(token.Span, token.Number);
            case TokenKind.Float: return new LiteralExpression(token.Span, token.Float);
            case TokenKind.String: return new LiteralExpression(token.Span, token.Text);
            case TokenKind.True or TokenKind.False: return new LiteralExpression(token.Span, token.Kind == TokenKind.True);
            case TokenKind.None: return new LiteralExpression(token.Span, Value.None);
            case TokenKind.Name: return new NameExpression(token.Span, token.Text);
            case TokenKind.OpenParen:
                SkipLineEnds();
                Expression inner = Expression();
                SkipLineEnds();
                Expect(TokenKind.CloseParen, "')'");
                return inner;
            case TokenKind.OpenBracket: return new ListExpression(token.Span, List(TokenKind.CloseBracket, "']'", Expression));
            case TokenKind.OpenBrace: return new RecordExpression(token.Span, List(TokenKind.CloseBrace, "'}'", Field));
        }
        throw IsUnavailable(token.Kind)
            ? Fault(token.Span, Messages.NotAvailable(_source.Text.Substring(token.Span.Start, token.Span.Length)))
            : Fault(token.Span, Messages.ExpectedExpression(Tokens.Describe(token, _source.Text)));
    }

    private (string Key, Expression Value) Field()
    {
        if (Kind != TokenKind.Name && Kind != TokenKind.String && !Tokens.IsWord(Kind)) throw Unexpected("a key");
        Token key = Take();
        Expect(TokenKind.Colon, "':'");
        return (key.Text, Expression());
    }

    /// <summary>Items separated by commas up to a closing bracket; a comma may stand behind the last.</summary>
    private List<T> List<T>(TokenKind close, string what, Func<T> item)
    {
        List<T> items = [];
        SkipLineEnds();
        while (Kind != close)
        {
            items.Add(item());
            SkipLineEnds();
            if (!Accept(TokenKind.Comma)) break;
            SkipLineEnds();
        }
        Expect(close, what);
        return items;
    }
}
