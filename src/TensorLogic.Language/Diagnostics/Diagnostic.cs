using System.Globalization;
using System.Text;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Syntax;

namespace TensorLogic.Language;

/// <summary>An error in a script: what is wrong, where, and what to do.</summary>
public sealed class Diagnostic
{
    private readonly string? _sourceLine;

    private Diagnostic(Message message, string? file, int line, int column, int length, string? sourceLine)
    {
        Code = message.Code;
        Message = message.Text;
        Hint = message.Hint;
        File = file;
        Line = line;
        Column = column;
        Length = length;
        _sourceLine = sourceLine;
    }

    /// <summary><c>TL2001</c> and so on.</summary>
    public string Code { get; }

    /// <summary>What is wrong.</summary>
    public string Message { get; }

    /// <summary>File name without directory; null if the error has no place.</summary>
    public string? File { get; }

    /// <summary>Line from 1; 0 if the error has no place.</summary>
    public int Line { get; }

    /// <summary>Column from 1, in code points; 0 if the error has no place.</summary>
    public int Column { get; }

    /// <summary>Length in code points; 0 if the error has no place.</summary>
    public int Length { get; }

    /// <summary>What to do, or null.</summary>
    public string? Hint { get; }

    internal static Diagnostic From(Message message, SourceText? source, SourceSpan? span, string? file)
    {
        if (source is null || span is not { } place) return new(message, file, 0, 0, 0, null);
        (int line, int column) = source.Locate(place.Start);
        return new(message, source.Name, line, column, source.Width(place), source.Line(line));
    }

    /// <summary>The error, its place, the source line with the place marked, and the hint, each line ended by a line feed.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"error {Code}: {Message}\n");
        if (_sourceLine is not null)
        {
            string number = Line.ToString(CultureInfo.InvariantCulture);
            string margin = new(' ', number.Length);
            text.Append(CultureInfo.InvariantCulture, $"  --> {File}:{Line}:{Column}\n{margin} |\n{number} | {_sourceLine}\n{margin} | ");
            int at = 0;
            foreach (Rune rune in _sourceLine.EnumerateRunes())
            {
                if (++at >= Column) break;
                text.Append(rune.Value == '\t' ? '\t' : ' ');
            }
            text.Append('^', Length).Append('\n');
        }
        if (Hint is not null) text.Append(CultureInfo.InvariantCulture, $"  = hint: {Hint}\n");
        return text.ToString();
    }
}

/// <summary>A script that does not compile, or a call or query that failed.</summary>
public sealed class ScriptException : TensorLogicException
{
    internal ScriptException(IReadOnlyList<Diagnostic> diagnostics, Exception? cause = null) : base(cause)
    {
        Diagnostics = diagnostics;
    }

    internal ScriptException(ScriptFault fault) : this([fault.ToDiagnostic()], fault)
    {
    }

    /// <summary>What is wrong, at least one.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; }

    /// <inheritdoc/>
    protected override string Summary => string.Concat(Diagnostics).TrimEnd('\n');
}
