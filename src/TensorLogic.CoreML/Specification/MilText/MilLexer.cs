using System.Text;

namespace TensorLogic.CoreML.Specification.MilText;

/// <summary>Splits a compiled program's text into tokens, in place.</summary>
internal ref struct MilLexer
{
    private readonly ReadOnlySpan<byte> _text;
    private readonly string _file;
    private readonly LoadLimits _limits;
    private readonly ReadBudget _budget;
    private int _position;
    private int _start;
    private int _line;
    private int _lineStart;

    /// <param name="text">UTF-8, already checked.</param>
    /// <param name="file">Path, for errors.</param>
    /// <param name="limits">Bounds.</param>
    /// <param name="budget">Memory for names and texts.</param>
    public MilLexer(ReadOnlySpan<byte> text, string file, LoadLimits limits, ReadBudget budget)
    {
        _text = text;
        _file = file;
        _limits = limits;
        _budget = budget;
        _line = 1;
        Next();
    }

    /// <summary>Kind of the current token.</summary>
    public MilToken Kind { get; private set; }

    /// <summary>The current token's characters; of a string, those between its quotes.</summary>
    public readonly ReadOnlySpan<byte> Bytes => Kind == MilToken.String ? _text[(_start + 1)..(_position - 1)] : _text[_start.._position];

    /// <summary>Line of the current token, from 1.</summary>
    public readonly int Line => _line;

    public readonly ReadBudget Budget => _budget;

    public readonly LoadLimits Limits => _limits;

    public readonly string File => _file;

    /// <summary>True if the current token is this symbol.</summary>
    public readonly bool Is(char symbol) => Kind == MilToken.Symbol && _text[_start] == symbol;

    /// <summary>True if the current token is this identifier.</summary>
    public readonly bool Is(ReadOnlySpan<byte> identifier) => Kind == MilToken.Identifier && Bytes.SequenceEqual(identifier);

    /// <summary>Steps over a symbol if it is the current token.</summary>
    public bool Take(char symbol)
    {
        if (!Is(symbol)) return false;
        Next();
        return true;
    }

    /// <summary>Steps over a symbol, which must be the current token.</summary>
    public void Expect(char symbol)
    {
        if (!Take(symbol)) throw Unexpected($"'{symbol}'");
    }

    /// <summary>The current token's name, stepping over it.</summary>
    public string Identifier(string what)
    {
        if (Kind != MilToken.Identifier) throw Unexpected(what);
        if (Bytes.Length > _limits.NameBytes) throw new ModelLimitException(_file, $"Bytes of {what}", Bytes.Length, _limits.NameBytes);
        string name = _budget.Decode(Bytes)!;
        Next();
        return name;
    }

    /// <summary>The current token's text without quotes and escapes, stepping over it.</summary>
    public string Text(string what)
    {
        if (Kind != MilToken.String) throw Unexpected(what);
        ReadOnlySpan<byte> raw = Bytes;
        string text = raw.Contains((byte)'\\') ? Unescape(raw) : _budget.Decode(raw)!;
        Next();
        return text;
    }

    private readonly string Unescape(ReadOnlySpan<byte> raw)
    {
        _budget.Charge(3L * raw.Length + 64, "text");
        var bytes = new byte[raw.Length];
        int count = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            byte next = raw[i];
            if (next == '\\')
                next = raw[++i] switch
                {
                    (byte)'n' => (byte)'\n',
                    (byte)'t' => (byte)'\t',
                    (byte)'r' => (byte)'\r',
                    (byte)'"' or (byte)'\\' or (byte)'\'' or (byte)'/' => raw[i],
                    _ => throw Broken($"Expected an escape, found '\\{(char)raw[i]}'."),
                };
            bytes[count++] = next;
        }
        return Encoding.UTF8.GetString(bytes, 0, count);
    }

    /// <summary>Goes to the next token.</summary>
    public void Next()
    {
        while (_position < _text.Length && _text[_position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            if (_text[_position++] == '\n')
                (_line, _lineStart) = (_line + 1, _position);
        _start = _position;
        if (_position >= _text.Length)
        {
            Kind = MilToken.End;
            return;
        }
        byte first = _text[_position];
        if (IsNameStart(first)) Run(MilToken.Identifier);
        else if (first is >= (byte)'0' and <= (byte)'9') Run(MilToken.Number);
        else if (first == '-' && At(1) == '>') (Kind, _position) = (MilToken.Arrow, _position + 2);
        else if (first is (byte)'-' or (byte)'+') Run(MilToken.Number);
        else if (first == '"') String();
        else if ("()[]{}<>,=;?"u8.Contains(first)) (Kind, _position) = (MilToken.Symbol, _position + 1);
        else throw Broken($"Found the character '{(char)first}', which no token starts with.");
    }

    private readonly int At(int ahead) => _position + ahead < _text.Length ? _text[_position + ahead] : -1;

    private void Run(MilToken kind)
    {
        Kind = kind;
        _position++;
        while (_position < _text.Length && (IsNamePart(_text[_position]) || kind == MilToken.Number && IsNumberPart(_position))) _position++;
    }

    /// <summary>A point, or the sign of an exponent.</summary>
    private readonly bool IsNumberPart(int at)
    {
        byte c = _text[at];
        if (c == '.') return true;
        if (c is not ((byte)'+' or (byte)'-')) return false;
        byte before = (byte)(_text[at - 1] | 0x20);
        bool isHexadecimal = _text[_start..at].IndexOfAny((byte)'x', (byte)'X') is 1 or 2;
        return before == (isHexadecimal ? 'p' : 'e');
    }

    private static bool IsNameStart(byte c) => c is >= (byte)'A' and <= (byte)'Z' or >= (byte)'a' and <= (byte)'z' or (byte)'_' or (byte)'@';

    private static bool IsNamePart(byte c) => IsNameStart(c) || c is >= (byte)'0' and <= (byte)'9';

    private void String()
    {
        Kind = MilToken.String;
        for (_position++; _position < _text.Length; _position++)
        {
            byte c = _text[_position];
            if (c == '\\') _position++;
            else if (c == '\n') break;
            else if (c == '"')
            {
                _position++;
                return;
            }
        }
        throw Broken("Expected the end of a text, found the end of the line.");
    }

    /// <summary>An error that the current token is another one.</summary>
    public readonly ModelFormatException Unexpected(string expected)
    {
        ReadOnlySpan<byte> shown = _text[_start.._position];
        string found = Kind == MilToken.End ? "the end of the text" : $"'{Encoding.UTF8.GetString(shown[..Math.Min(shown.Length, 40)])}{(shown.Length > 40 ? "..." : "")}'";
        return Broken($"Expected {expected}, found {found}.");
    }

    /// <summary>An error at the current token.</summary>
    public readonly ModelFormatException Broken(string problem) => new(_file, problem, _start, $"line {_line}, column {_start - _lineStart + 1}");
}
