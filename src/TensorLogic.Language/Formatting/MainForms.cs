using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Formatting;

/// <summary>Brings the older forms of the language into the main form, token by token (17.2).</summary>
internal sealed class MainForms
{
    private readonly List<FormatToken> _tokens;
    private readonly List<FormatToken> _out = [];
    private int _at;

    private MainForms(List<FormatToken> tokens) => _tokens = tokens;

    public static List<FormatToken> Rewrite(List<FormatToken> tokens)
    {
        MainForms forms = new(tokens);
        while (forms._at < tokens.Count) forms.Next();
        return forms._out;
    }

    private FormatToken Peek(int ahead = 0) => _tokens[Math.Min(_at + ahead, _tokens.Count - 1)];

    private bool IsStatementStart => Peek().StartsStatement || _out.Count > 0 && _out[^1].Kind == TokenKind.OpenBrace;

    private void Next()
    {
        FormatToken token = Peek();
        if (IsStatementStart && Statement()) return;
        _at++;
        _out.Add(token.Kind switch
        {
            TokenKind.ColonEqual => token with { Kind = TokenKind.Equal, Text = "=" },
            TokenKind.AmpAmp => token with { Kind = TokenKind.And, Text = "and" },
            TokenKind.BarBar => token with { Kind = TokenKind.Or, Text = "or" },
            TokenKind.Bang => token with { Kind = TokenKind.Not, Text = "not" },
            TokenKind.Equal when IsNamedArgument() => token with { Kind = TokenKind.Colon, Text = ":" },
            TokenKind.Name when !PreviousIs(TokenKind.Dot) && DeclaredType.Dtype(token.Text) is { } type => token with { Text = type.Name },
            _ => token,
        });
    }

    private bool PreviousIs(TokenKind kind) => _out.Count > 0 && _out[^1].Kind == kind;

    /// <summary>Statements whose form is another; true if one was taken.</summary>
    private bool Statement()
    {
        FormatToken token = Peek();
        switch (token.Text)
        {
            case "tensor" when Peek(1).Kind == TokenKind.Name && Peek(2).Kind == TokenKind.Colon: return Tensor(token);
            case "?-" or "query" when token.Kind == TokenKind.QuestionMinus || Peek(1).Kind == TokenKind.Name && Tokens.IsRelationName(Peek(1).Text) || Peek(1).Kind is TokenKind.Not or TokenKind.Bang:
                _at++;
                Query(token);
                return true;
            case "rule" when Peek(1).Kind == TokenKind.Name && Tokens.IsRelationName(Peek(1).Text):
                _at++;
                _out.Add(Moved(Peek(), token));
                _at++;
                return true;
            case "infer" when Peek(1).Text is "forward" or "backward" or "symbolic":
                _at += 2;
                if (Peek().Is("query")) _at++;
                Query(token);
                return true;
            case "infer" when Peek(1).Kind == TokenKind.OpenBrace:
                InferBlock(token);
                return true;
            default: return false;
        }
    }

    // The queries of the block without the block.
    private void InferBlock(FormatToken word)
    {
        _at += 2;
        bool first = true;
        while (Peek().Kind is not (TokenKind.CloseBrace or TokenKind.EndOfFile))
        {
            FormatToken method = Peek();
            _at++;
            if (Peek().Is("query")) _at++;
            Query((first ? Moved(method, word) : method) with { StartsStatement = true });
            first = false;
        }
        _at++;
    }

    // A token that takes the place of another: comments and line of the first.
    private static FormatToken Moved(FormatToken token, FormatToken from) =>
        token with { Comments = [.. from.Comments, .. token.Comments], StartsStatement = from.StartsStatement, StartsLine = from.StartsLine, HasBlankBefore = from.HasBlankBefore };

    private bool Tensor(FormatToken word)
    {
        int end = _at + 3;
        int depth = 0;
        // The type reaches to its closing bracket.
        end++;
        if (end < _tokens.Count && _tokens[end].Kind == TokenKind.OpenBracket)
            do
            {
                if (_tokens[end].Kind == TokenKind.OpenBracket) depth++;
                if (_tokens[end].Kind == TokenKind.CloseBracket) depth--;
                end++;
            }
            while (depth > 0 && end < _tokens.Count);
        bool learnable = _tokens[end].Is("learnable"), frozen = _tokens[end].Is("frozen");
        int equal = learnable || frozen ? end + 1 : end;
        bool hasValue = equal < _tokens.Count && _tokens[equal].Kind is TokenKind.Equal or TokenKind.ColonEqual && !_tokens[equal].StartsStatement;
        List<FormatToken> type = _tokens[(_at + 3)..end];
        if (!hasValue && type.Exists(part => part.Kind == TokenKind.Question)) return false;
        _out.Add(word with { Text = learnable ? "param" : "let", Kind = learnable ? TokenKind.Name : TokenKind.Let });
        _out.Add(Peek(1));
        _out.Add(Peek(2));
        foreach (FormatToken part in type) _out.Add(part.Kind == TokenKind.Name && DeclaredType.Dtype(part.Text) is { } dtype ? part with { Text = dtype.Name } : part);
        _at = equal;
        if (hasValue)
        {
            _out.Add(Peek() with { Kind = TokenKind.Equal, Text = "=" });
            _at++;
            return true;
        }
        // Without a value: zeros of that shape.
        string name = DeclaredType.Dtype(type[0].Text)?.Name ?? type[0].Text;
        _out.Add(new(TokenKind.Equal, "="));
        _out.Add(new(TokenKind.Name, "zeros"));
        _out.Add(new(TokenKind.OpenParen, "("));
        foreach (FormatToken part in type.Count > 1 ? type[1..] : [new(TokenKind.OpenBracket, "["), new(TokenKind.CloseBracket, "]")]) _out.Add(part with { Comments = [] });
        _out.Add(new(TokenKind.Comma, ","));
        _out.Add(new(TokenKind.Name, "dtype"));
        _out.Add(new(TokenKind.Colon, ":"));
        _out.Add(new(TokenKind.Name, name));
        _out.Add(new(TokenKind.CloseParen, ")"));
        return true;
    }

    // Literals up to the end of the statement, then the question mark.
    private void Query(FormatToken word)
    {
        bool first = true;
        int depth = 0;
        while (_at < _tokens.Count)
        {
            FormatToken token = Peek();
            if (!first && depth == 0 && (token.StartsStatement || token.Kind is TokenKind.CloseBrace or TokenKind.EndOfFile)) break;
            if (token.Kind is TokenKind.OpenParen or TokenKind.OpenBracket) depth++;
            if (token.Kind is TokenKind.CloseParen or TokenKind.CloseBracket) depth--;
            if (depth == 0 && token.Kind == TokenKind.Question)
            {
                _at++;
                continue;
            }
            if (depth == 0 && token.Kind == TokenKind.Name && token.Is("where"))
            {
                _out.Add(new FormatToken(TokenKind.Comma, ","));
                _at++;
                continue;
            }
            if (first) _tokens[_at] = Moved(token, word) with { StartsStatement = false };
            int before = _out.Count;
            Next();
            if (first) _out[before] = _out[before] with { StartsStatement = word.StartsStatement };
            first = false;
        }
        _out.Add(new FormatToken(TokenKind.Question, "?"));
    }

    /// <summary>True for <c>name = v</c> directly inside the parentheses of a call.</summary>
    private bool IsNamedArgument()
    {
        if (_out.Count < 2 || _out[^1].Kind != TokenKind.Name && !Tokens.IsWord(_out[^1].Kind) || _out[^2].Kind is not (TokenKind.OpenParen or TokenKind.Comma)) return false;
        int depth = 0;
        for (int i = _out.Count - 1; i > 0; i--)
        {
            TokenKind kind = _out[i].Kind;
            if (kind is TokenKind.CloseParen or TokenKind.CloseBracket or TokenKind.CloseBrace) depth++;
            if (kind is not (TokenKind.OpenParen or TokenKind.OpenBracket or TokenKind.OpenBrace)) continue;
            if (depth-- > 0) continue;
            if (kind != TokenKind.OpenParen) return false;
            FormatToken callee = _out[i - 1];
            if (callee.Kind is TokenKind.CloseParen or TokenKind.CloseBracket) return true;
            // Parameters of a function or relation keep their defaults; groups and conjunctions their equations.
            return callee.Kind == TokenKind.Name && !(i > 1 && (_out[i - 2].Kind == TokenKind.Fn || _out[i - 2].Is("relation")));
        }
        return false;
    }
}
