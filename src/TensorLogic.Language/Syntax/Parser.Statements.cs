using TensorLogic.Language.Diagnostics;

namespace TensorLogic.Language.Syntax;

/// <summary>Statements.</summary>
internal sealed partial class Parser
{
    private Statement Statement()
    {
        Enter();
        Statement statement = Kind switch
        {
            TokenKind.Import => Import(),
            TokenKind.Let => Let(),
            TokenKind.Fn when PeekAt(1).Kind != TokenKind.OpenParen => Function(),
            TokenKind.If => If(),
            TokenKind.While => new WhileStatement(Take().Span, Expression(), Block()),
            TokenKind.Loop => new WhileStatement(Take().Span, null, Block()),
            TokenKind.For => For(),
            TokenKind.Break => new BreakStatement(Take().Span),
            TokenKind.Continue => new ContinueStatement(Take().Span),
            TokenKind.Return => new ReturnStatement(Take().Span, Kind is TokenKind.EndOfStatement or TokenKind.CloseBrace or TokenKind.EndOfFile ? null : Expression()),
            TokenKind.Assert => new AssertStatement(Take().Span, Expression(), Accept(TokenKind.Comma) ? Expression() : null),
            TokenKind.OpenBrace => Block(),
            TokenKind.QuestionMinus => CompatQuery(),
            TokenKind.Name => WordOrSimple(),
            _ => Simple(),
        };
        Leave();
        return statement;
    }

    private Statement WordOrSimple()
    {
        Token next = PeekAt(1);
        bool name = next.Kind == TokenKind.Name, brace = next.Kind == TokenKind.OpenBrace;
        switch (Current.Text)
        {
            case "entity" when name: return Entity();
            case "index" when name: return Index();
            case "param" when name: return Parameter();
            case "relation" when name: return Relation();
            case "embedding" when name && PeekAt(2).Kind == TokenKind.OpenBrace: return Embedding();
            case "tensor" when name && PeekAt(2).Kind == TokenKind.Colon: return TensorDeclaration();
            case "rule" when name && Tokens.IsRelationName(next.Text):
                Take();
                return FactOrRule(mustBeRule: true);
            case "infer" when name || brace: return Infer();
            case "main" when brace:
                return new MainStatement(Take().Span, Block());
            case "test" when next.Kind == TokenKind.String || name && PeekAt(2).Kind == TokenKind.OpenBrace:
                return new TestStatement(Take().Span, Take().Text, Block());
            case "query" when IsQueryStart(1): return CompatQuery();
        }
        RefuseForeignWord();
        return next.Kind == TokenKind.OpenParen && Tokens.IsRelationName(Current.Text) ? FactOrRule(mustBeRule: false) : Simple();
    }

    /// <summary>Words of other languages that people try (2.6).</summary>
    private void RefuseForeignWord()
    {
        Token word = Current, next = PeekAt(1);
        if (word.Text == "python" && (next.Kind is TokenKind.Import || next.Kind == TokenKind.Dot && PeekAt(2).Text == "call"))
            throw Fault(word.Span, Messages.PythonNotAvailable());
        if (Messages.ForeignWords.ContainsKey(word.Text) && next.Kind == TokenKind.Name || word.Text == "panic" && next.Kind == TokenKind.OpenParen)
            throw Fault(word.Span, Messages.NotPartOfLanguage(word.Text));
    }

    private static AssignmentOperator? AssignmentOf(TokenKind kind) => kind switch
    {
        TokenKind.Equal or TokenKind.ColonEqual => AssignmentOperator.Set,
        TokenKind.PlusEqual => AssignmentOperator.Add,
        TokenKind.MinusEqual => AssignmentOperator.Subtract,
        TokenKind.StarEqual => AssignmentOperator.Multiply,
        TokenKind.SlashEqual => AssignmentOperator.Divide,
        _ => null,
    };

    /// <summary>True at <c>max=</c>, <c>min=</c>, <c>mean=</c>, <c>prod=</c>, without a space before <c>=</c>.</summary>
    private bool IsAggregateAssignment() =>
        AggregateOf(Current.Text) is not null && PeekAt(1) is { Kind: TokenKind.Equal } equal && equal.Span.Start == Current.Span.End;

    private static AssignmentOperator? AggregateOf(string word) => word switch
    {
        "max" => AssignmentOperator.Max,
        "min" => AssignmentOperator.Min,
        "mean" => AssignmentOperator.Mean,
        "prod" => AssignmentOperator.Product,
        _ => null,
    };

    private Statement Simple()
    {
        SourceSpan start = Current.Span;
        Expression left = Expression();
        if (AssignmentOf(Kind) is { } plain)
        {
            Token op = Take();
            return Assignment(start, left, plain, op.Span);
        }
        if (Kind == TokenKind.Name && IsAggregateAssignment())
        {
            Token word = Take(), equal = Take();
            return Assignment(start, left, AggregateOf(word.Text)!.Value, new(word.Span.Start, equal.Span.End - word.Span.Start));
        }
        if (Kind == TokenKind.Question && left is NameExpression or IndexExpression or MemberExpression)
        {
            string text = Spelling(new(start.Start, Current.Span.Start - start.Start)).Trim();
            Take();
            return new ShowStatement(start, left, text);
        }
        return new ExpressionStatement(start, left);
    }

    private AssignmentStatement Assignment(SourceSpan start, Expression left, AssignmentOperator op, SourceSpan opSpan)
    {
        if (left is not (NameExpression or IndexExpression or MemberExpression)) throw Fault(start, Messages.NotAssignable());
        return new AssignmentStatement(start, left, op, opSpan, Spelling(opSpan), Expression());
    }

    private ImportStatement Import()
    {
        Token import = Take(), path = Expect(TokenKind.String, "a path");
        return new ImportStatement(import.Span, path.Span, path.Text, Accept(TokenKind.As) ? ExpectName().Text : null);
    }

    private DeclarationStatement Let()
    {
        Token let = Take(), name = ExpectName();
        TypeSyntax? type = Accept(TokenKind.Colon) ? Type() : null;
        Expect(TokenKind.Equal, "'='");
        return new DeclarationStatement(let.Span, DeclarationKind.Let, name.Span, name.Text, type, Expression());
    }

    private DeclarationStatement Parameter()
    {
        Token word = Take(), name = ExpectName();
        TypeSyntax? type = Accept(TokenKind.Colon) ? Type() : null;
        Expect(TokenKind.Equal, "'='");
        return new DeclarationStatement(word.Span, DeclarationKind.Parameter, name.Span, name.Text, type, Expression());
    }

    private DeclarationStatement TensorDeclaration()
    {
        Token word = Take(), name = Take();
        Take();
        TypeSyntax type = Type();
        DeclarationKind kind = DeclarationKind.Tensor;
        if (IsName("learnable") || IsName("frozen")) kind = Take().Text == "learnable" ? DeclarationKind.LearnableTensor : DeclarationKind.Tensor;
        bool given = Accept(TokenKind.Equal) || Accept(TokenKind.ColonEqual);
        return new DeclarationStatement(word.Span, kind, name.Span, name.Text, type, given ? Expression() : null);
    }

    private FunctionStatement Function()
    {
        Token fn = Take(), name = ExpectName();
        if (Tokens.IsRelationName(name.Text)) throw Fault(name.Span, Messages.UpperCaseFunction(name.Text));
        return new FunctionStatement(fn.Span, name.Span, FunctionRest(fn.Span, name.Text));
    }

    private IfStatement If()
    {
        Token word = Take();
        Expression condition = Expression();
        Block then = Block();
        int before = _next;
        SkipLineEnds();
        if (!Accept(TokenKind.Else))
        {
            _next = before;
            return new IfStatement(word.Span, condition, then, null);
        }
        if (Kind != TokenKind.If) return new IfStatement(word.Span, condition, then, Block());
        Enter();
        Statement other = If();
        Leave();
        return new IfStatement(word.Span, condition, then, other);
    }

    private ForStatement For()
    {
        Token word = Take(), name = ExpectName();
        string? second = Accept(TokenKind.Comma) ? ExpectName().Text : null;
        Expect(TokenKind.In, "'in'");
        return new ForStatement(word.Span, name.Span, name.Text, second, Expression(), Block());
    }

    private IndexStatement Index()
    {
        Token word = Take();
        List<(SourceSpan, string, Expression?)> indices = [];
        do
        {
            Token name = ExpectName();
            indices.Add((name.Span, name.Text, Accept(TokenKind.Colon) ? Additive() : null));
        }
        while (Accept(TokenKind.Comma));
        return new IndexStatement(word.Span, indices);
    }
}
