using TensorLogic.Language.Diagnostics;

namespace TensorLogic.Language.Syntax;

/// <summary>Tokens to a tree, by recursive descent over the grammar of appendix A.</summary>
/// <remarks>After an error it goes on with the next statement. The descent is at most <see cref="Lexer.MaxDepth"/> levels deep and a chain of
/// operators at most <see cref="MaxChain"/> long, so that walking the tree cannot exhaust the stack.</remarks>
internal sealed partial class Parser
{
    private const int MaxChain = 1000;

    private readonly SourceText _source;
    private readonly List<Token> _tokens;
    private readonly DiagnosticBag _problems;
    private int _next;
    private int _depth;

    private Parser(SourceText source, List<Token> tokens, DiagnosticBag problems) => (_source, _tokens, _problems) = (source, tokens, problems);

    /// <summary>The statements of a source. Reports TL0004 and TL1xxx.</summary>
    public static Block Parse(SourceText source, DiagnosticBag problems)
    {
        List<Token> tokens = Lexer.Read(source, problems);
        if (problems.Count > 0) return new Block(default, []);
        Parser parser = new(source, tokens, problems);
        List<Statement> statements = [];
        parser.ReadStatements(statements, TokenKind.EndOfFile);
        return new Block(default, statements);
    }

    /// <summary>The literals of a query text, with or without <c>?</c> at the end.</summary>
    public static IReadOnlyList<Literal> ParseQuery(SourceText source, DiagnosticBag problems)
    {
        List<Token> tokens = Lexer.Read(source, problems);
        if (problems.Count > 0) return [];
        Parser parser = new(source, tokens, problems);
        try
        {
            parser.SkipLineEnds();
            List<Literal> body = parser.Body();
            parser.Accept(TokenKind.Question);
            parser.SkipLineEnds();
            if (parser.Kind != TokenKind.EndOfFile) throw parser.Unexpected("the end of the query");
            return body;
        }
        catch (ScriptFault problem)
        {
            problems.Add(problem);
            return [];
        }
    }

    private Token Current => _tokens[_next];

    private TokenKind Kind => _tokens[_next].Kind;

    private Token PeekAt(int ahead) => _tokens[Math.Min(_next + ahead, _tokens.Count - 1)];

    private Token Take() => Kind == TokenKind.EndOfFile ? Current : _tokens[_next++];

    private bool Accept(TokenKind kind)
    {
        if (Kind != kind) return false;
        _next++;
        return true;
    }

    private Token Expect(TokenKind kind, string what) => Kind == kind ? Take() : throw Unexpected(what);

    private Token ExpectName() => Expect(TokenKind.Name, "a name");

    /// <summary>A name where reserved words are ordinary names too: behind a dot, as an argument's name.</summary>
    private Token ExpectAnyName() => Kind == TokenKind.Name || Tokens.IsWord(Kind) ? Take() : throw Unexpected("a name");

    private bool IsName(string word) => Kind == TokenKind.Name && Current.Text == word;

    private void SkipLineEnds()
    {
        while (Kind == TokenKind.EndOfStatement) _next++;
    }

    private ScriptFault Unexpected(string what) => Fault(Current.Span, Messages.Expected(what, Tokens.Describe(Current, _source.Text)));

    private ScriptFault Fault(SourceSpan span, Message message) => new(message) { Source = _source, Span = span };

    private void Enter()
    {
        if (++_depth > Lexer.MaxDepth) throw Fault(Current.Span, Messages.TooDeep(Lexer.MaxDepth));
    }

    private void Leave() => _depth--;

    private void Chain(ref int length)
    {
        if (++length > MaxChain) throw Fault(Current.Span, Messages.TooDeep(Lexer.MaxDepth));
    }

    /// <summary>Statements up to a closing token, which is not taken.</summary>
    private void ReadStatements(List<Statement> statements, TokenKind end)
    {
        while (true)
        {
            SkipLineEnds();
            if (Kind == end || Kind == TokenKind.EndOfFile || _problems.IsFull) return;
            int depth = _depth, start = _next;
            try
            {
                statements.Add(Statement());
                EndStatement(end);
            }
            catch (ScriptFault problem) when (problem.Description.Code != "TL0004")
            {
                _problems.Add(problem);
                _depth = depth;
                SkipStatement(start);
            }
        }
    }

    private void EndStatement(TokenKind end)
    {
        if (Kind == end || Kind == TokenKind.EndOfFile || Accept(TokenKind.EndOfStatement)) return;
        throw Unexpected("the end of the statement");
    }

    /// <summary>Goes behind the next end of a statement that is outside all brackets opened since <paramref name="start"/>.</summary>
    private void SkipStatement(int start)
    {
        int open = 0, at = start, reached = Math.Max(_next, start);
        while (_tokens[at].Kind != TokenKind.EndOfFile)
        {
            TokenKind kind = _tokens[at].Kind;
            if (kind is TokenKind.OpenBrace or TokenKind.OpenParen or TokenKind.OpenBracket) open++;
            else if (kind is TokenKind.CloseBrace or TokenKind.CloseParen or TokenKind.CloseBracket)
            {
                if (open == 0) break;
                open--;
            }
            at++;
            if (kind == TokenKind.EndOfStatement && open == 0 && at > reached) break;
        }
        _next = at;
    }

    private Block Block()
    {
        Token open = Expect(TokenKind.OpenBrace, "'{'");
        Enter();
        List<Statement> statements = [];
        ReadStatements(statements, TokenKind.CloseBrace);
        Leave();
        Expect(TokenKind.CloseBrace, "'}'");
        return new Block(open.Span, statements);
    }

    private string Spelling(SourceSpan span) => _source.Text.Substring(span.Start, span.Length);
}
