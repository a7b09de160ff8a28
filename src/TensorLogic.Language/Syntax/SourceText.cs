using System.Text;
using TensorLogic.Language.Diagnostics;

namespace TensorLogic.Language.Syntax;

/// <summary>A script's text with its name, and where its lines begin.</summary>
internal sealed class SourceText
{
    /// <summary>The largest source in UTF-8 bytes.</summary>
    public const int MaxBytes = 4 << 20;

    private readonly List<int> _lineStarts = [0];

    private SourceText(string name, string text, string? directory)
    {
        Name = Path.GetFileName(name);
        Text = text;
        Directory = directory;
        for (int i = 0; i < text.Length; i++)
            if (text[i] == '\n')
                _lineStarts.Add(i + 1);
    }

    /// <summary>File name without directory.</summary>
    public string Name { get; }

    public string Text { get; }

    /// <summary>Folder that paths in the script start from; null for the file root.</summary>
    public string? Directory { get; }

    /// <summary>Checks and wraps a text that the host gives.</summary>
    /// <exception cref="ScriptFault">TL0002, TL0003.</exception>
    public static SourceText From(string name, string text, string? directory = null)
    {
        int bytes;
        try
        {
            bytes = s_strict.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            throw Refused(name, Messages.InvalidUtf8());
        }
        if (bytes > MaxBytes) throw Refused(name, Messages.SourceTooLarge(MaxBytes));
        return new(name, text.StartsWith('\ufeff') ? text[1..] : text, directory);
    }

    /// <summary>Checks and decodes the bytes of a file.</summary>
    /// <exception cref="ScriptFault">TL0002, TL0003.</exception>
    public static SourceText From(string name, ReadOnlySpan<byte> bytes, string? directory)
    {
        if (bytes.Length > MaxBytes) throw Refused(name, Messages.SourceTooLarge(MaxBytes));
        try
        {
            return From(name, s_strict.GetString(bytes), directory);
        }
        catch (DecoderFallbackException)
        {
            throw Refused(name, Messages.InvalidUtf8());
        }
    }

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static ScriptFault Refused(string name, Message message) => new(message) { File = Path.GetFileName(name) };

    /// <summary>Line and column of an offset, both from 1; columns count code points.</summary>
    public (int Line, int Column) Locate(int offset)
    {
        int line = LineOf(offset);
        return (line, CodePoints(_lineStarts[line - 1], offset) + 1);
    }

    /// <summary>Line of an offset, from 1.</summary>
    public int LineOf(int offset)
    {
        int found = _lineStarts.BinarySearch(offset);
        return found >= 0 ? found + 1 : ~found;
    }

    /// <summary>A line without its end.</summary>
    public string Line(int line)
    {
        int start = _lineStarts[line - 1];
        int end = line < _lineStarts.Count ? _lineStarts[line] - 1 : Text.Length;
        return Text[start..end].TrimEnd('\r');
    }

    /// <summary>Length of a span in code points, at least 1 and not past the end of its line.</summary>
    public int Width(SourceSpan span)
    {
        int line = LineOf(span.Start);
        int end = Math.Min(span.End, _lineStarts[line - 1] + Line(line).Length);
        return Math.Max(1, CodePoints(span.Start, end));
    }

    private int CodePoints(int start, int end)
    {
        int count = 0;
        for (int i = start; i < end; i++)
            if (!char.IsLowSurrogate(Text[i]) || i == start)
                count++;
        return count;
    }
}
