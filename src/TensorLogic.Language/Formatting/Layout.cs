using System.Text;
using TensorLogic.Language.Syntax;

namespace TensorLogic.Language.Formatting;

/// <summary>Lines, indentation and blanks.</summary>
internal sealed class Layout
{
    private enum Bracket : byte { Call, Group, List, Subscript, Record, Block, InlineBlock }

    private const int Indentation = 4;

    private readonly List<FormatToken> _tokens;
    private readonly int[] _partner;
    private readonly StringBuilder _text = new();
    private readonly Stack<(Bracket Kind, int Indent)> _open = new();
    private int _indent;
    private bool _atLineStart = true;

    public Layout(List<FormatToken> tokens)
    {
        _tokens = tokens;
        _partner = new int[tokens.Count];
        Stack<int> open = new();
        for (int i = 0; i < tokens.Count; i++)
            if (tokens[i].Kind is TokenKind.OpenBrace or TokenKind.OpenBracket or TokenKind.OpenParen) open.Push(i);
            else if (tokens[i].Kind is TokenKind.CloseBrace or TokenKind.CloseBracket or TokenKind.CloseParen && open.TryPop(out int start)) (_partner[i], _partner[start]) = (start, i);
    }

    public string Write()
    {
        for (int i = 0; i < _tokens.Count; i++)
        {
            FormatToken token = _tokens[i];
            bool newLine = BreaksBefore(i);
            if (token.Kind is TokenKind.CloseBrace or TokenKind.CloseBracket or TokenKind.CloseParen && _open.TryPop(out (Bracket Kind, int Indent) closed)) CloseComments(token, closed, i, ref newLine);
            else WriteComments(token, ref newLine);
            if (token.Kind == TokenKind.EndOfFile) break;
            if (newLine) NewLine(token.HasBlankBefore && token.Comments.Count == 0 && token.Kind != TokenKind.CloseBrace && !AfterOpenBrace(i));
            if (!_atLineStart && IsSpaced(i)) _text.Append(' ');
            if (_atLineStart) _text.Append(' ', _indent);
            _text.Append(token.Text);
            _atLineStart = false;
            if (token.Kind is TokenKind.OpenBrace or TokenKind.OpenBracket or TokenKind.OpenParen)
            {
                Bracket kind = KindOf(i);
                _open.Push((kind, _indent));
                if (kind == Bracket.Block || kind != Bracket.InlineBlock && BreaksInside(i)) _indent += Indentation;
            }
        }
        string text = _text.ToString().TrimEnd('\n', ' ');
        return text.Length == 0 ? "" : text + "\n";
    }

    private bool AfterOpenBrace(int i) => i > 0 && _tokens[i - 1].Kind == TokenKind.OpenBrace;

    private void CloseComments(FormatToken token, (Bracket Kind, int Indent) closed, int i, ref bool newLine)
    {
        // Comments before a closing bracket belong inside it.
        WriteComments(token, ref newLine);
        _indent = closed.Indent;
        if (closed.Kind == Bracket.Block && _partner[i] < i - 1) newLine = true;
    }

    private void WriteComments(FormatToken token, ref bool newLine)
    {
        foreach (Comment comment in token.Comments)
        {
            if (comment.IsOwnLine && _text.Length > 0) NewLine(comment.HasBlankBefore && _text[^1] != '{');
            else if (!_atLineStart) _text.Append(' ', Math.Max(comment.Gap, 1));
            if (_atLineStart) _text.Append(' ', _indent);
            _text.Append(comment.Text);
            _atLineStart = false;
            if (comment.Text.StartsWith("//", StringComparison.Ordinal) || comment.IsOwnLine) newLine = true;
        }
        if (token.Comments.Count > 0 && newLine && token.HasBlankBefore && token.Kind is not (TokenKind.CloseBrace or TokenKind.EndOfFile))
        {
            NewLine(blank: true);
            newLine = false;
        }
    }

    private void NewLine(bool blank)
    {
        if (_text.Length == 0) return;
        if (!_atLineStart) _text.Append('\n');
        if (blank && !(_text.Length > 1 && _text[^1] == '\n' && _text[^2] == '\n')) _text.Append('\n');
        _atLineStart = true;
    }

    private bool BreaksBefore(int i)
    {
        FormatToken token = _tokens[i];
        if (i == 0) return true;
        bool inBlock = _open.Count == 0 || _open.Peek().Kind == Bracket.Block;
        if (_open.TryPeek(out (Bracket Kind, int Indent) open) && open.Kind == Bracket.InlineBlock) return false;
        if (token.Kind == TokenKind.Else && _tokens[i - 1].Kind == TokenKind.CloseBrace) return false;
        if (inBlock && (token.StartsStatement || _tokens[i - 1].Kind == TokenKind.OpenBrace && token.Kind != TokenKind.CloseBrace)) return true;
        // Lines inside brackets, and behind an operator, stay as they are.
        return token.StartsLine && !token.StartsStatement && token.Kind != TokenKind.OpenBrace || !inBlock && token.StartsLine;
    }

    private Bracket KindOf(int i)
    {
        FormatToken token = _tokens[i];
        FormatToken? before = i > 0 ? _tokens[i - 1] : null;
        bool callee = before is not null && !token.StartsStatement && (before.Kind is TokenKind.Name or TokenKind.CloseParen or TokenKind.CloseBracket
            || before.Kind == TokenKind.String && token.Kind == TokenKind.OpenBracket || before.Kind == TokenKind.Fn || Tokens.IsWord(before.Kind) && i > 1 && _tokens[i - 2].Kind == TokenKind.Dot);
        switch (token.Kind)
        {
            case TokenKind.OpenParen: return callee ? Bracket.Call : Bracket.Group;
            case TokenKind.OpenBracket: return callee ? Bracket.Subscript : Bracket.List;
        }
        if (!IsBlock(i)) return Bracket.Record;
        return IsInline(i) ? Bracket.InlineBlock : Bracket.Block;
    }

    private bool IsBlock(int i)
    {
        if (i == 0 || _tokens[i].StartsStatement) return true;
        FormatToken before = _tokens[i - 1];
        return before.Kind is TokenKind.Name or TokenKind.CloseParen or TokenKind.CloseBracket or TokenKind.CloseBrace or TokenKind.String or TokenKind.Int or TokenKind.Float
            or TokenKind.True or TokenKind.False or TokenKind.None or TokenKind.Else or TokenKind.Loop or TokenKind.Learn or TokenKind.OpenBrace;
    }

    /// <summary>A block that stands on one line with at most one statement.</summary>
    private bool IsInline(int i)
    {
        int end = _partner[i], statements = 0;
        for (int k = i + 1; k <= end; k++)
        {
            if (_tokens[k].StartsLine || _tokens[k].Comments.Count > 0) return false;
            if (k < end && (k == i + 1 || _tokens[k].StartsStatement)) statements++;
        }
        return statements <= 1;
    }

    /// <summary>A bracket whose content goes over several lines.</summary>
    private bool BreaksInside(int i)
    {
        for (int k = i + 1; k <= _partner[i]; k++)
            if (_tokens[k].StartsLine) return true;
        return false;
    }

    private Bracket? Innermost => _open.TryPeek(out (Bracket Kind, int Indent) open) ? open.Kind : null;

    /// <summary>True if a blank stands between a token and the one before it.</summary>
    private bool IsSpaced(int i)
    {
        FormatToken token = _tokens[i], before = _tokens[i - 1];
        switch (token.Kind)
        {
            case TokenKind.Comma or TokenKind.CloseParen or TokenKind.CloseBracket or TokenKind.Semicolon: return false;
            case TokenKind.Question: return before.Kind is TokenKind.Comma;
            case TokenKind.Dot or TokenKind.DotDot: return false;
            case TokenKind.Colon or TokenKind.ColonColon: return before.Kind == TokenKind.Comma;
            case TokenKind.CloseBrace: return before.Kind == TokenKind.OpenBrace ? IsBlock(i - 1) : IsBlock(_partner[i]);
            case TokenKind.OpenParen or TokenKind.OpenBracket: return KindOf(i) is not (Bracket.Call or Bracket.Subscript) && SpacedBehind(i - 1);
            case TokenKind.Plus or TokenKind.Minus or TokenKind.Star or TokenKind.Slash or TokenKind.Percent when Innermost == Bracket.Subscript && !IsPrefix(i): return false;
            case TokenKind.Equal when before.Kind == TokenKind.Name && before.Text is "max" or "min" or "mean" or "prod" && IsAggregate(i): return false;
        }
        return SpacedBehind(i - 1);
    }

    // `Y[i] max= …`: the word is an operator where a left side stands before it.
    private bool IsAggregate(int i) => i >= 2 && !_tokens[i - 1].StartsStatement && _tokens[i - 2].Kind is TokenKind.CloseBracket or TokenKind.Name;

    /// <summary>True if a blank stands behind a token, as far as the token itself is concerned.</summary>
    private bool SpacedBehind(int i)
    {
        FormatToken token = _tokens[i];
        switch (token.Kind)
        {
            case TokenKind.OpenParen or TokenKind.OpenBracket: return false;
            case TokenKind.OpenBrace: return IsBlock(i);
            case TokenKind.Dot: return i + 1 < _tokens.Count && _tokens[i + 1].Kind is TokenKind.CloseBracket;
            case TokenKind.DotDot or TokenKind.ColonColon: return false;
            case TokenKind.Colon: return Innermost is not Bracket.Subscript;
            case TokenKind.Question: return i > 0 && _tokens[i - 1].Kind is not (TokenKind.OpenParen or TokenKind.Comma or TokenKind.OpenBracket);
            // Index expressions are written close: X[2*i+1].
            case TokenKind.Plus or TokenKind.Star or TokenKind.Slash or TokenKind.Percent: return Innermost != Bracket.Subscript;
            case TokenKind.Minus: return Innermost != Bracket.Subscript && !IsPrefix(i);
            default: return true;
        }
    }

    /// <summary>True for a sign without a left operand.</summary>
    private bool IsPrefix(int i)
    {
        if (i == 0 || _tokens[i].StartsStatement) return true;
        FormatToken before = _tokens[i - 1];
        if (before.Kind is TokenKind.Name or TokenKind.Int or TokenKind.Float or TokenKind.String or TokenKind.CloseParen or TokenKind.CloseBracket or TokenKind.CloseBrace or TokenKind.True or TokenKind.False or TokenKind.None) return false;
        return !(Tokens.IsWord(before.Kind) && i > 1 && _tokens[i - 2].Kind == TokenKind.Dot);
    }
}
