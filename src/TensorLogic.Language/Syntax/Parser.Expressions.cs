using TensorLogic.Language.Diagnostics;

namespace TensorLogic.Language.Syntax;

/// <summary>Expressions: one method for each level of 4.1 that has a shape of its own.</summary>
internal sealed partial class Parser
{
    private Expression Expression()
    {
        Enter();
        Expression value = Or();
        Leave();
        return value;
    }

    private Expression Or()
    {
        Expression left = And();
        for (int length = 0; Kind is TokenKind.Or or TokenKind.BarBar; Chain(ref length))
        {
            Token op = Take();
            left = new BinaryExpression(op.Span, BinaryOperator.Or, left, And());
        }
        return left;
    }

    private Expression And()
    {
        Expression left = Not();
        for (int length = 0; Kind is TokenKind.And or TokenKind.AmpAmp; Chain(ref length))
        {
            Token op = Take();
            left = new BinaryExpression(op.Span, BinaryOperator.And, left, Not());
        }
        return left;
    }

    private Expression Not()
    {
        if (Kind is not (TokenKind.Not or TokenKind.Bang)) return Comparison();
        Token op = Take();
        Enter();
        Expression operand = Not();
        Leave();
        return new UnaryExpression(op.Span, UnaryOperator.Not, operand);
    }

    private static BinaryOperator? ComparisonOf(TokenKind kind) => kind switch
    {
        TokenKind.EqualEqual => BinaryOperator.Equal,
        TokenKind.NotEqual => BinaryOperator.NotEqual,
        TokenKind.Less => BinaryOperator.Less,
        TokenKind.LessEqual => BinaryOperator.LessEqual,
        TokenKind.Greater => BinaryOperator.Greater,
        TokenKind.GreaterEqual => BinaryOperator.GreaterEqual,
        TokenKind.In => BinaryOperator.In,
        _ => null,
    };

    private Expression Comparison()
    {
        Expression left = Range();
        if (ComparisonOf(Kind) is not { } comparison) return left;
        Token op = Take();
        left = new BinaryExpression(op.Span, comparison, left, Range());
        return ComparisonOf(Kind) is null ? left : throw Fault(Current.Span, Messages.ComparisonsDoNotChain());
    }

    private Expression Range()
    {
        Expression left = Cast();
        if (Kind != TokenKind.DotDot) return left;
        Token op = Take();
        return new BinaryExpression(op.Span, BinaryOperator.Range, left, Cast());
    }

    private Expression Cast()
    {
        Expression value = Additive();
        for (int length = 0; Accept(TokenKind.As); Chain(ref length))
        {
            Token type = ExpectName();
            value = new CastExpression(type.Span, value, type.Text);
        }
        return value;
    }

    private Expression Additive()
    {
        Expression left = Product();
        for (int length = 0; Kind is TokenKind.Plus or TokenKind.Minus; Chain(ref length))
        {
            Token op = Take();
            left = new BinaryExpression(op.Span, op.Kind == TokenKind.Plus ? BinaryOperator.Add : BinaryOperator.Subtract, left, Product());
        }
        return left;
    }

    private Expression Product()
    {
        Expression left = Unary();
        for (int length = 0; ; Chain(ref length))
        {
            if (Kind == TokenKind.Name)
            {
                if (IsAggregateAssignment()) return left;
                SourceSpan head = Current.Span;
                left = new BinaryExpression(head, BinaryOperator.Juxtapose, left, Power());
                continue;
            }
            BinaryOperator? op = Kind switch
            {
                TokenKind.Star => BinaryOperator.Multiply,
                TokenKind.Slash => BinaryOperator.Divide,
                TokenKind.Percent => BinaryOperator.Remainder,
                TokenKind.At => BinaryOperator.MatMul,
                _ => null,
            };
            if (op is null) return left;
            Token token = Take();
            left = new BinaryExpression(token.Span, op.Value, left, Unary());
        }
    }

    private Expression Unary()
    {
        if (Kind != TokenKind.Minus) return Power();
        Token op = Take();
        Enter();
        Expression operand = Unary();
        Leave();
        return new UnaryExpression(op.Span, UnaryOperator.Negate, operand);
    }

    private Expression Power()
    {
        Expression left = Postfix();
        if (Kind != TokenKind.StarStar) return left;
        Token op = Take();
        Enter();
        Expression right = Unary();
        Leave();
        return new BinaryExpression(op.Span, BinaryOperator.Power, left, right);
    }

    private Expression Postfix()
    {
        Expression target = Primary();
        for (int length = 0; ; Chain(ref length))
        {
            switch (Kind)
            {
                case TokenKind.OpenParen:
                    Take();
                    target = new CallExpression(target, Arguments());
                    break;
                case TokenKind.OpenBracket:
                    Token bracket = Take();
                    target = new IndexExpression(bracket.Span, target, Subscripts());
                    break;
                case TokenKind.Dot when PeekAt(1).Kind is not (TokenKind.Comma or TokenKind.CloseBracket):
                    Take();
                    Token name = ExpectAnyName();
                    target = new MemberExpression(name.Span, target, name.Text);
                    break;
                default:
                    return target;
            }
        }
    }

    /// <summary>Items up to a closing bracket, which is taken; a comma may stand behind the last.</summary>
    private List<T> Items<T>(TokenKind close, string closing, Func<T> item)
    {
        List<T> items = [];
        while (Kind != close)
        {
            items.Add(item());
            if (!Accept(TokenKind.Comma)) break;
        }
        Expect(close, closing);
        return items;
    }

    private List<Argument> Arguments() => Items(TokenKind.CloseParen, "')'", () =>
    {
        if ((Kind == TokenKind.Name || Tokens.IsWord(Kind)) && PeekAt(1).Kind is TokenKind.Colon or TokenKind.Equal)
        {
            Token name = Take();
            Take();
            return new Argument(name.Span, name.Text, Expression());
        }
        if (Kind == TokenKind.Question && PeekAt(1).Kind == TokenKind.Name) Take();   // ?name in a relation of an equation
        SourceSpan start = Current.Span;
        return new Argument(start, null, Expression());
    });

    private List<Subscript> Subscripts() => Items(TokenKind.CloseBracket, "']'", () =>
    {
        SourceSpan start = Current.Span;
        if (Kind == TokenKind.Star)
        {
            Take();
            return new Subscript(start) { Value = Expression(), IsVirtual = true };
        }
        Expression? first = Kind is TokenKind.Colon or TokenKind.ColonColon ? null : Expression();
        if (Kind == TokenKind.ColonColon)
        {
            Take();
            return new Subscript(start) { Start = first, Step = SliceEnd() };
        }
        if (Kind == TokenKind.Colon)
        {
            Take();
            Expression? end = SliceEnd(), step = null;
            if (Accept(TokenKind.Colon)) step = SliceEnd();
            return new Subscript(start) { Start = first, End = end, Step = step };
        }
        SourceSpan? mark = Kind == TokenKind.Dot ? Take().Span : null;
        return new Subscript(start) { Value = first, Mark = mark };
    });

    private Expression? SliceEnd() => Kind is TokenKind.Colon or TokenKind.Comma or TokenKind.CloseBracket ? null : Additive();

    private Expression Primary()
    {
        Token token = Current;
        switch (token.Kind)
        {
            case TokenKind.Int: return new LiteralExpression(Take().Span, token.Number);
            case TokenKind.Float: return new LiteralExpression(Take().Span, token.Float);
            case TokenKind.String: return new LiteralExpression(Take().Span, token.Text);
            case TokenKind.True: return new LiteralExpression(Take().Span, true);
            case TokenKind.False: return new LiteralExpression(Take().Span, false);
            case TokenKind.None: return new LiteralExpression(Take().Span, Value.None);
            case TokenKind.Name: return NameOrWord();
            case TokenKind.OpenParen:
                Take();
                Expression inner = Expression();
                Expect(TokenKind.CloseParen, "')'");
                return new ParenthesizedExpression(inner.Span, inner);
            case TokenKind.OpenBracket:
                Take();
                return new ListExpression(token.Span, Items(TokenKind.CloseBracket, "']'", Expression));
            case TokenKind.OpenBrace: return Record();
            case TokenKind.Fn:
                Take();
                return FunctionRest(token.Span, null);
            case TokenKind.Learn: return Learn();
            default: throw Fault(token.Span, Messages.ExpectedExpression(Tokens.Describe(token, _source.Text)));
        }
    }

    private Expression NameOrWord()
    {
        Token name = Current;
        RefuseForeignWord();
        if (name.Text == "query" && IsQueryStart(1))
        {
            Take();
            return new QueryExpression(name.Span, Body());
        }
        Take();
        if (Kind != TokenKind.ColonColon) return new NameExpression(name.Span, name.Text);
        Take();
        Token function = ExpectName();
        return new QualifiedExpression(function.Span, name.Text, function.Text);
    }

    private RecordExpression Record()
    {
        Token open = Take();
        List<(string, Expression)> fields = [];
        SkipLineEnds();
        while (Kind != TokenKind.CloseBrace)
        {
            string key = Kind == TokenKind.String ? Take().Text : ExpectAnyName().Text;
            Expect(TokenKind.Colon, "':'");
            fields.Add((key, Expression()));
            SkipLineEnds();
            if (!Accept(TokenKind.Comma)) break;
            SkipLineEnds();
        }
        Expect(TokenKind.CloseBrace, "'}'");
        return new RecordExpression(open.Span, fields);
    }

    private FunctionExpression FunctionRest(SourceSpan span, string? name)
    {
        List<ParameterSyntax> parameters = Parameters();
        TypeSyntax? result = Accept(TokenKind.RightArrow) ? Type() : null;
        if (Accept(TokenKind.FatArrow)) return new FunctionExpression(span, name, parameters, result, null, Expression());
        if (Kind != TokenKind.OpenBrace) throw Unexpected("'=>' or '{'");
        return new FunctionExpression(span, name, parameters, result, Block(), null);
    }

    private List<ParameterSyntax> Parameters()
    {
        Expect(TokenKind.OpenParen, "'('");
        List<ParameterSyntax> parameters = Items(TokenKind.CloseParen, "')'", () =>
        {
            Token name = ExpectName();
            TypeSyntax? type = Accept(TokenKind.Colon) ? Type() : null;
            return new ParameterSyntax(name.Span, name.Text, type, Accept(TokenKind.Equal) ? Expression() : null);
        });
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (ParameterSyntax parameter in parameters)
            if (!names.Add(parameter.Name)) throw Fault(parameter.Span, Messages.ParameterTwice(parameter.Name));
        return parameters;
    }

    private TypeSyntax Type()
    {
        Token name = ExpectName();
        if (!Accept(TokenKind.OpenBracket)) return new TypeSyntax(name.Span, name.Text, null);
        return new TypeSyntax(name.Span, name.Text, Items(TokenKind.CloseBracket, "']'", () =>
        {
            Token size = Take();
            return size.Kind switch
            {
                TokenKind.Int when size.Number <= int.MaxValue => new Dimension((int)size.Number, null, size.Span),
                TokenKind.Question => new Dimension(null, null, size.Span),
                TokenKind.Name => new Dimension(null, size.Text, size.Span),
                _ => throw Fault(size.Span, Messages.Expected("a size", Tokens.Describe(size, _source.Text))),
            };
        }));
    }

    private LearnExpression Learn()
    {
        Token learn = Take();
        Token open = Expect(TokenKind.OpenBrace, "'{'");
        Enter();
        List<Statement> statements = [];
        List<(SourceSpan, string, Expression)> settings = [];
        while (true)
        {
            SkipLineEnds();
            if (Kind == TokenKind.CloseBrace) break;
            if (Kind == TokenKind.Name && PeekAt(1).Kind == TokenKind.Colon)
            {
                Token name = Take();
                Take();
                settings.Add((name.Span, name.Text, Expression()));
                if (!Accept(TokenKind.Comma) && Kind is not (TokenKind.EndOfStatement or TokenKind.CloseBrace)) throw Unexpected("the end of the setting");
                continue;
            }
            if (settings.Count > 0) throw Unexpected("a setting");
            statements.Add(Statement());
            EndStatement(TokenKind.CloseBrace);
        }
        Leave();
        Take();
        return new LearnExpression(learn.Span, new Block(open.Span, statements), settings);
    }
}
