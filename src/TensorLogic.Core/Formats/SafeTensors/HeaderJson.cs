using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace TensorLogic.Formats.SafeTensors;

/// <summary>Reads JSON token by token, under a budget of memory and depth, with the position in the file in every error.</summary>
/// <remarks>The strictness is that of the framework's reader and of serde_json alike: no comments, no trailing commas, nothing after the
/// value, no byte order mark. Text is not trusted to be UTF-8 before <see cref="RequireUtf8"/>.</remarks>
internal ref struct HeaderJson
{
    private readonly ReadOnlySpan<byte> _text;
    private readonly string _file;
    private readonly long _start;
    private readonly LoadLimits _limits;
    private Utf8JsonReader _json;
    private long _budget;

    /// <param name="text">The JSON text.</param>
    /// <param name="file">Path of the file, for messages.</param>
    /// <param name="start">Position of the text in the file.</param>
    /// <param name="fileLength">Length of the file: the memory that reading may take is counted from it.</param>
    /// <param name="limits">Bounds.</param>
    public HeaderJson(ReadOnlySpan<byte> text, string file, long start, long fileLength, LoadLimits limits)
    {
        _text = text;
        _file = file;
        _start = start;
        _limits = limits;
        _budget = (long)Int128.Min(2 * (Int128)fileLength + limits.AllocationBytes, long.MaxValue);
        // One level more than allowed, so that the limit is reported as a limit and not as broken JSON.
        _json = new(text, new JsonReaderOptions { MaxDepth = Math.Min(limits.Depth, int.MaxValue - 1) + 1 });
    }

    /// <summary>What is being read, for messages: a tensor's name or a top-level key, and a field of it.</summary>
    public string? Outer { get; set; }

    /// <inheritdoc cref="Outer"/>
    public string? Inner { get; set; }

    public readonly JsonTokenType Token => _json.TokenType;

    /// <summary>True at the start of an object or array.</summary>
    public readonly bool IsNested => _json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;

    /// <summary>Position in the file of the current token.</summary>
    public readonly long Position => _start + _json.TokenStartIndex;

    /// <summary>Refuses a text that is not UTF-8, with the position of the first wrong byte.</summary>
    public readonly void RequireUtf8()
    {
        if (Utf8.IsValid(_text)) return;
        int at = 0;
        while (Rune.DecodeFromUtf8(_text[at..], out _, out int length) == System.Buffers.OperationStatus.Done) at += length;
        throw new ModelFormatException(_file, $"Expected UTF-8 text, found the byte 0x{_text[at]:x2} where none may stand.", _start + at);
    }

    /// <summary>Goes to the next token; false at the end of the text.</summary>
    public bool Read()
    {
        try
        {
            if (!_json.Read()) return false;
        }
        catch (JsonException error)
        {
            string reason = error.Message;
            int tail = reason.IndexOf(" LineNumber:", StringComparison.Ordinal);
            throw new ModelFormatException(_file, $"Expected JSON: {(tail < 0 ? reason : reason[..tail])}", _start + _json.BytesConsumed, Field(), error);
        }
        if (IsNested && _json.CurrentDepth >= _limits.Depth)
            throw new ModelLimitException(_file, "Nesting depth of the JSON", _json.CurrentDepth + 1, _limits.Depth);
        return true;
    }

    /// <summary>Goes to the next token, which must be of one kind.</summary>
    public void Read(JsonTokenType expected, string what)
    {
        if (!Read()) throw new ModelFormatException(_file, $"Expected {what}, found the end of the text.", _start + _text.Length, Field());
        if (_json.TokenType != expected) throw Unexpected(what);
    }

    /// <summary>Steps over the value after a property name, nested ones included.</summary>
    public void SkipValue()
    {
        Read();
        SkipChildren();
    }

    /// <summary>Goes to the end of the current object or array; stays where it is on any other token.</summary>
    public void SkipChildren()
    {
        if (!IsNested) return;
        int depth = _json.CurrentDepth;
        do Read();
        while (_json.CurrentDepth > depth);
    }

    /// <summary>True if the current name or string reads so.</summary>
    public readonly bool Is(string text)
    {
        try
        {
            return _json.ValueTextEquals(text);
        }
        catch (InvalidOperationException error)
        {
            throw LoneSurrogate(error);
        }
    }

    /// <summary>The current name or string, at most <see cref="LoadLimits.NameBytes"/> long.</summary>
    public string Name(string what)
    {
        if (_json.ValueSpan.Length > _limits.NameBytes)
            throw new ModelLimitException(_file, $"Bytes of {what}", _json.ValueSpan.Length, _limits.NameBytes);
        return Text();
    }

    /// <summary>The current name or string, of any length that the budget allows.</summary>
    public string Text()
    {
        int bytes = _json.ValueSpan.Length;
        // UTF-16 takes at most two bytes for each of UTF-8; escapes go through a buffer of the same length first.
        Charge(2L * bytes + (_json.ValueIsEscaped ? bytes : 0));
        try
        {
            return _json.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw LoneSurrogate(error);
        }
    }

    /// <summary>The current token as a whole number that is written plainly: digits only.</summary>
    public readonly ulong UnsignedInteger(string what) =>
        _json.TokenType == JsonTokenType.Number && _json.TryGetUInt64(out ulong number) ? number : throw Unexpected(what);

    /// <summary>The current scalar as it stands in the text.</summary>
    public string Literal()
    {
        if (_json.TokenType == JsonTokenType.String) return Text();
        Charge(2L * _json.ValueSpan.Length);
        return Encoding.UTF8.GetString(_json.ValueSpan);
    }

    /// <summary>Counts memory about to be taken.</summary>
    public void Charge(long bytes)
    {
        _budget -= bytes;
        if (_budget < 0)
            throw new ModelLimitException(_file, "Bytes of memory beyond twice the file, for its header", _limits.AllocationBytes - _budget, _limits.AllocationBytes);
    }

    /// <summary>Counts items of one list.</summary>
    public readonly void RequireCount(string what, long count)
    {
        if (count > _limits.Count) throw new ModelLimitException(_file, what, count, _limits.Count);
    }

    public readonly ModelFormatException Unexpected(string expected) => Broken($"Expected {expected}, found {Found()}.");

    public readonly ModelFormatException Broken(string problem) => new(_file, problem, Position, Field());

    private readonly ModelFormatException LoneSurrogate(Exception cause) =>
        new(_file, "Expected text, found an escaped half of a surrogate pair.", Position, Field(), cause);

    private readonly string? Field() => Inner is null ? Outer : $"{Outer} > {Inner}";

    private readonly string Found() => _json.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.EndObject => "the end of an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.EndArray => "the end of an array",
        JsonTokenType.Null => "null",
        _ => Excerpt(),
    };

    private readonly string Excerpt()
    {
        const int longest = 40;
        ReadOnlySpan<byte> value = _json.ValueSpan;
        string text = Encoding.UTF8.GetString(value[..Math.Min(value.Length, longest)]) + (value.Length > longest ? "…" : "");
        return _json.TokenType is JsonTokenType.String or JsonTokenType.PropertyName ? $"\"{text}\"" : text;
    }
}
