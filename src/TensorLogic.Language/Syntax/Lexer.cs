using System.Globalization;
using System.Text;
using TensorLogic.Language.Diagnostics;

namespace TensorLogic.Language.Syntax;

/// <summary>Text to tokens: the whole of section 2. Ends of statements are decided here, and brackets are matched here.</summary>
internal sealed class Lexer
{
    /// <summary>Levels of brackets, blocks and operators.</summary>
    public const int MaxDepth = 200;

    private readonly SourceText _source;
    private readonly string _text;
    private readonly List<Token> _tokens = [];
    private readonly Stack<Token> _open = new();
    private readonly DiagnosticBag _problems;
    private int _position;

    private Lexer(SourceText source, DiagnosticBag problems) => (_source, _text, _problems) = (source, source.Text, problems);

    /// <summary>All tokens; the last is <see cref="TokenKind.EndOfFile"/>. Reports TL0004, TL1001 to TL1005, TL1013, TL1014 and reads on behind the place.</summary>
    public static List<Token> Read(SourceText source, DiagnosticBag problems)
    {
        Lexer lexer = new(source, problems);
        lexer.ReadAll();
        return lexer._tokens;
    }

    private void ReadAll()
    {
        while (_position < _text.Length && !_problems.IsFull)
        {
            int before = _position;
            try
            {
                ReadNext();
            }
            catch (ScriptFault problem)
            {
                _problems.Add(problem);
                if (problem.Description.Code is "TL0004" or "TL1003" or "TL1014") break;   // the rest would only be consequences
                _position = Math.Max(before + 1, problem.Description.Code == "TL1002" ? LineEndFrom(before) : problem.Span!.Value.End);
            }
        }
        if (_problems.Count == 0 && _open.TryPeek(out Token open)) _problems.Add(Fault(open.Span, Messages.NotClosed(Spelling(open))));
        EndStatement(_text.Length, 0);
        _tokens.Add(new(TokenKind.EndOfFile, new(_text.Length, 0)));
    }

    private int LineEndFrom(int at)
    {
        int end = _text.IndexOf('\n', at);
        return end < 0 ? _text.Length : end;
    }

    private void ReadNext()
    {
        char c = _text[_position];
        if (c is ' ' or '\t' or '\r') _position++;
        else if (c == '\n') LineEnd();
        else if (Ahead("//")) SkipLineComment();
        else if (Ahead("/*")) SkipBlockComment();
        else if (char.IsAsciiDigit(c)) ReadNumber();
        else if (c == '"') ReadString();
        else if (IsNameStart(_position)) ReadName();
        else ReadOperator();
    }

    private bool Ahead(string text) => string.CompareOrdinal(_text, _position, text, 0, text.Length) == 0;

    private void LineEnd()
    {
        bool bracketed = _open.TryPeek(out Token open) && open.Kind is TokenKind.OpenParen or TokenKind.OpenBracket;
        bool continued = _tokens.Count > 0 && Tokens.ContinuesLine(_tokens[^1].Kind);
        if (!bracketed && !continued) EndStatement(_position, 1);
        _position++;
    }

    private void EndStatement(int start, int length, string text = "")
    {
        if (_tokens.Count > 0 && _tokens[^1].Kind != TokenKind.EndOfStatement)
            _tokens.Add(new(TokenKind.EndOfStatement, new(start, length), text));
    }

    private void SkipLineComment()
    {
        _position = LineEndFrom(_position);
    }

    private void SkipBlockComment()
    {
        int end = _text.IndexOf("*/", _position + 2, StringComparison.Ordinal);
        if (end < 0) throw Fault(new(_position, 2), Messages.CommentNotClosed());
        _position = end + 2;
    }

    private bool IsNameStart(int at) => _text[at] == '_' || Rune.TryGetRuneAt(_text, at, out Rune rune) && Rune.IsLetter(rune);

    private bool IsNamePart(int at) => at < _text.Length && (_text[at] == '_' || Rune.TryGetRuneAt(_text, at, out Rune rune) && Rune.IsLetterOrDigit(rune));

    private int NameEnd(int at)
    {
        while (IsNamePart(at)) at += char.IsHighSurrogate(_text[at]) ? 2 : 1;
        return at;
    }

    private void ReadName()
    {
        int end = NameEnd(_position);
        while (end < _text.Length && _text[end] == '\'') end++;
        string name = _text[_position..end];
        Add(Tokens.Words.GetValueOrDefault(name, TokenKind.Name), end, name);
    }

    private void ReadNumber()
    {
        int start = _position, end = Digits(start);
        bool isFloat = false;
        if (end + 1 < _text.Length && _text[end] == '.' && char.IsAsciiDigit(_text[end + 1]))
        {
            isFloat = true;
            end = Digits(end + 1);
        }
        if (end < _text.Length && _text[end] is 'e' or 'E')
        {
            int exponent = end + 1;
            if (exponent < _text.Length && _text[exponent] is '+' or '-') exponent++;
            if (exponent < _text.Length && char.IsAsciiDigit(_text[exponent]))
            {
                isFloat = true;
                end = Digits(exponent);
            }
        }
        if (IsNamePart(end)) throw InvalidNumber(start, NameEnd(end));
        string digits = _text[start..end];
        if (digits.Contains("__", StringComparison.Ordinal)) throw InvalidNumber(start, end);
        digits = digits.Replace("_", "", StringComparison.Ordinal);

        if (isFloat)
        {
            double value = double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
            if (double.IsInfinity(value)) throw InvalidNumber(start, end);
            Add(TokenKind.Float, end, "", BitConverter.DoubleToInt64Bits(value));
        }
        else if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number)) Add(TokenKind.Int, end, "", number);
        else throw Fault(new(start, end - start), Messages.IntegerTooLarge(_text[start..end]));
    }

    /// <summary>End of digits in which <c>_</c> stands between digits.</summary>
    private int Digits(int at)
    {
        while (at < _text.Length && (char.IsAsciiDigit(_text[at]) || _text[at] == '_' && at + 1 < _text.Length && (char.IsAsciiDigit(_text[at + 1]) || _text[at + 1] == '_'))) at++;
        return at;
    }

    private ScriptFault InvalidNumber(int start, int end) => Fault(new(start, end - start), Messages.InvalidNumber(_text[start..end]));

    private void ReadString()
    {
        int start = _position, at = start + 1;
        StringBuilder content = new();
        while (true)
        {
            if (at >= _text.Length || _text[at] is '\n' or '\r') throw Fault(new(start, 1), Messages.StringNotClosed());
            char c = _text[at];
            if (c == '"') break;
            if (c != '\\')
            {
                content.Append(c);
                at++;
                continue;
            }
            if (at + 1 >= _text.Length || _text[at + 1] is '\n' or '\r') throw Fault(new(start, 1), Messages.StringNotClosed());
            at = ReadEscape(at, content);
        }
        Add(TokenKind.String, at + 1, content.ToString());
    }

    private int ReadEscape(int at, StringBuilder content)
    {
        char c = _text[at + 1];
        if (c == 'u') return ReadUnicodeEscape(at, content);
        int known = "ntr0\\\"".IndexOf(c);
        if (known < 0)
        {
            int length = char.IsHighSurrogate(c) ? 3 : 2;
            throw Fault(new(at, length), Messages.UnknownEscape(_text.Substring(at, length)));
        }
        content.Append("\n\t\r\0\\\""[known]);
        return at + 2;
    }

    private int ReadUnicodeEscape(int at, StringBuilder content)
    {
        int end = at + 2;
        if (end < _text.Length && _text[end] == '{')
        {
            int first = ++end;
            while (end < _text.Length && char.IsAsciiHexDigit(_text[end])) end++;
            if (end < _text.Length && _text[end] == '}' && end - first is > 0 and <= 6
                && Rune.TryCreate(int.Parse(_text.AsSpan(first, end - first), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), out Rune rune))
            {
                content.Append(rune.ToString());
                return end + 1;
            }
        }
        throw Fault(new(at, 2), Messages.UnknownEscape(_text.Substring(at, 2)));
    }

    private void ReadOperator()
    {
        foreach ((string text, TokenKind kind) in Tokens.Operators)
        {
            if (!Ahead(text)) continue;
            if (kind == TokenKind.Semicolon)
            {
                EndStatement(_position, 1, ";");
                _position++;
                return;
            }
            Match(new(kind, new(_position, text.Length)));
            Add(kind, _position + text.Length);
            return;
        }
        if (_text[_position] == '^') throw Fault(new(_position, 1), Messages.CaretIsNoOperator());
        string character = Rune.TryGetRuneAt(_text, _position, out Rune rune) ? rune.ToString() : _text[_position].ToString();
        throw Fault(new(_position, character.Length), Messages.UnexpectedCharacter(character));
    }

    /// <summary>Keeps the open brackets.</summary>
    private void Match(Token token)
    {
        if (token.Kind is TokenKind.OpenParen or TokenKind.OpenBracket or TokenKind.OpenBrace)
        {
            if (_open.Count == MaxDepth) throw Fault(token.Span, Messages.TooDeep(MaxDepth));
            _open.Push(token);
        }
        else if (token.Kind is TokenKind.CloseParen or TokenKind.CloseBracket or TokenKind.CloseBrace)
        {
            if (!_open.TryPop(out Token open)) throw Fault(token.Span, Messages.ClosesNothing(Spelling(token)));
            if (open.Kind + 1 != token.Kind)
                throw Fault(open.Span, Messages.ClosedByOther(Spelling(open), _source.LineOf(open.Span.Start), Spelling(token)));
        }
    }

    private string Spelling(Token token) => _text.Substring(token.Span.Start, token.Span.Length);

    private void Add(TokenKind kind, int end, string text = "", long number = 0)
    {
        _tokens.Add(new(kind, new(_position, end - _position), text, number));
        _position = end;
    }

    private ScriptFault Fault(SourceSpan span, Message message) => new(message) { Source = _source, Span = span };
}
