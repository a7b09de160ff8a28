using TensorLogic.Language.Diagnostics;

namespace TensorLogic.Language.Syntax;

/// <summary>Entities, relations, facts, rules and queries (9).</summary>
internal sealed partial class Parser
{
    private EntityStatement Entity()
    {
        Token word = Take(), name = ExpectName();
        if (!Accept(TokenKind.Equal)) return new EntityStatement(word.Span, name.Span, name.Text, null);
        return new EntityStatement(word.Span, name.Span, name.Text, Constants());
    }

    private List<string> Constants()
    {
        Expect(TokenKind.OpenBrace, "'{'");
        List<string> members = [];
        SkipLineEnds();
        while (Kind != TokenKind.CloseBrace)
        {
            members.Add(Kind == TokenKind.String ? Take().Text : ExpectName().Text);
            SkipLineEnds();
            if (!Accept(TokenKind.Comma)) break;
            SkipLineEnds();
        }
        Expect(TokenKind.CloseBrace, "'}'");
        return members;
    }

    private RelationStatement Relation()
    {
        Token word = Take(), name = ExpectName();
        if (!Tokens.IsRelationName(name.Text)) throw Fault(name.Span, Messages.LowerCaseRelation(name.Text));
        List<ParameterSyntax> columns = Parameters();
        if (IsName("embed"))
        {
            Take();
            Type();
        }
        return new RelationStatement(word.Span, name.Span, name.Text, columns);
    }

    private EmbeddingStatement Embedding()
    {
        Token word = Take(), name = Take();
        Take();
        List<string>? entities = null;
        int dimension = 0;
        string initializer = "random";
        SkipLineEnds();
        while (Kind != TokenKind.CloseBrace)
        {
            Token setting = ExpectName();
            Expect(TokenKind.Colon, "':'");
            switch (setting.Text)
            {
                case "entities" when Kind == TokenKind.OpenBrace: entities = Constants(); break;
                case "entities" when IsName("auto"): Take(); break;
                case "dimension": dimension = (int)Math.Min(Expect(TokenKind.Int, "a size").Number, int.MaxValue); break;
                case "init": initializer = ExpectName().Text; break;
                default: throw Fault(setting.Span, Messages.Expected("entities, dimension or init", $"'{setting.Text}'"));
            }
            Accept(TokenKind.Comma);
            SkipLineEnds();
        }
        Take();
        return new EmbeddingStatement(word.Span, name.Span, name.Text, entities, dimension, initializer);
    }

    /// <summary>What begins with an atom: a fact, a rule, a query, or an equation that makes facts.</summary>
    private Statement FactOrRule(bool mustBeRule)
    {
        Atom atom = Atom(head: true);
        if (Accept(TokenKind.LeftArrow)) return new RuleStatement(atom.Span, atom, Body());
        if (mustBeRule || Kind is TokenKind.EndOfStatement or TokenKind.CloseBrace or TokenKind.EndOfFile) return new FactStatement(atom);
        if (Kind is TokenKind.Equal or TokenKind.ColonEqual or TokenKind.PlusEqual)
        {
            Token op = Take();
            return new FactEquationStatement(atom, op.Span, Expression());
        }
        List<Literal> body = [new AtomLiteral(atom, isNegated: false)];
        for (int length = 0; Accept(TokenKind.Comma) || Accept(TokenKind.And); Chain(ref length)) body.Add(Literal());
        if (Kind != TokenKind.Question) throw Unexpected("'?', '<-' or the end of the statement");
        return QueryEnd(atom.Span, body);
    }

    private QueryStatement QueryEnd(SourceSpan span, List<Literal> body)
    {
        Accept(TokenKind.Question);
        if (IsName("where"))
        {
            Take();
            body.AddRange(Body());
        }
        return new QueryStatement(span, body);
    }

    private QueryStatement CompatQuery()
    {
        Token word = Take();
        return QueryEnd(word.Span, Body());
    }

    private Statement Infer()
    {
        Token word = Take();
        if (!Accept(TokenKind.OpenBrace)) return InferItem();
        List<Statement> items = [];
        SkipLineEnds();
        while (Kind != TokenKind.CloseBrace)
        {
            items.Add(InferItem());
            EndStatement(TokenKind.CloseBrace);
            SkipLineEnds();
        }
        Take();
        return new Block(word.Span, items);
    }

    private QueryStatement InferItem()
    {
        Token method = ExpectName();
        if (method.Text == "gradient") throw Fault(method.Span, Messages.NotPartOfLanguage("gradient"));
        if (method.Text is not ("forward" or "backward" or "symbolic")) throw Fault(method.Span, Messages.Expected("forward, backward or symbolic", $"'{method.Text}'"));
        if (IsName("query")) Take();
        return QueryEnd(Current.Span, Body());
    }

    private bool IsQueryStart(int ahead) =>
        PeekAt(ahead) is { Kind: TokenKind.Name } name && Tokens.IsRelationName(name.Text) && PeekAt(ahead + 1).Kind == TokenKind.OpenParen
        || PeekAt(ahead).Kind is TokenKind.Not or TokenKind.Bang;

    private List<Literal> Body()
    {
        List<Literal> body = [Literal()];
        for (int length = 0; Accept(TokenKind.Comma) || Accept(TokenKind.And) || Accept(TokenKind.AmpAmp); Chain(ref length)) body.Add(Literal());
        return body;
    }

    private Literal Literal()
    {
        bool negated = Accept(TokenKind.Not) || Accept(TokenKind.Bang);
        if (negated || Kind == TokenKind.Name && Tokens.IsRelationName(Current.Text) && PeekAt(1).Kind == TokenKind.OpenParen)
            return new AtomLiteral(Atom(head: false), negated);
        Expression left = Additive();
        BinaryOperator? comparison = ComparisonOf(Kind);
        if (comparison is null or BinaryOperator.In && Kind != TokenKind.Equal) throw Unexpected("a comparison");
        Token op = Take();
        return new ComparisonLiteral(op.Span, comparison, left, Additive());
    }

    private Atom Atom(bool head)
    {
        Token name = ExpectName();
        if (!Tokens.IsRelationName(name.Text)) throw Fault(name.Span, Messages.LowerCaseRelation(name.Text));
        Expect(TokenKind.OpenParen, "'('");
        List<Term> terms = Items(TokenKind.CloseParen, "')'", () => head && AggregateTermOf() is { } aggregate ? aggregate : Term());
        return new Atom(name.Span, name.Text, terms);
    }

    private AggregateTerm? AggregateTermOf()
    {
        if (Kind != TokenKind.Name || PeekAt(1).Kind != TokenKind.OpenParen) return null;
        Aggregate? aggregate = Current.Text switch
        {
            "count" => Aggregate.Count,
            "sum" => Aggregate.Sum,
            "min" => Aggregate.Min,
            "max" => Aggregate.Max,
            "mean" => Aggregate.Mean,
            _ => null,
        };
        if (aggregate is null) return null;
        Token word = Take();
        Take();
        Term operand = Term();
        Expect(TokenKind.CloseParen, "')'");
        return new AggregateTerm(word.Span, aggregate.Value, operand);
    }

    private Term Term()
    {
        Token token = Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                Take();
                return token.Text == "_" ? new VariableTerm(token.Span, null)
                    : Tokens.IsShortName(token.Text) ? new VariableTerm(token.Span, token.Text)
                    : new ConstantTerm(token.Span, token.Text);
            case TokenKind.Question:
                Take();
                Token name = ExpectName();
                return new VariableTerm(name.Span, name.Text);
            case TokenKind.String: Take(); return new ConstantTerm(token.Span, token.Text);
            case TokenKind.Int: Take(); return new ConstantTerm(token.Span, token.Number);
            case TokenKind.Float: Take(); return new ConstantTerm(token.Span, token.Float);
            case TokenKind.True or TokenKind.False: Take(); return new ConstantTerm(token.Span, token.Kind == TokenKind.True);
            case TokenKind.Minus when PeekAt(1).Kind is TokenKind.Int or TokenKind.Float:
                Take();
                Token number = Take();
                return new ConstantTerm(token.Span, number.Kind == TokenKind.Int ? -number.Number : -number.Float);
            case TokenKind.OpenParen:
                Take();
                Expression value = Expression();
                Expect(TokenKind.CloseParen, "')'");
                return new ValueTerm(token.Span, value);
            default: throw Unexpected("a term");
        }
    }
}
