using System.Globalization;
using System.Text;

namespace TensorLogic.Tool.Output;

/// <summary>Makes text from a file harmless to a terminal: names and metadata may hold escape sequences.</summary>
internal static class Printable
{
    /// <summary>One line; characters that act rather than show are spelled as <c>\u001b</c>, and what exceeds the length is cut.</summary>
    public static string Line(string text, int length = 100)
    {
        string shown = Escape(text.Length > length * 2 ? text[..(length * 2)] : text, keepLines: false);
        return shown.Length <= length ? shown : shown[..(char.IsHighSurrogate(shown[length - 2]) ? length - 2 : length - 1)] + "…";
    }

    /// <summary>Any number of lines, uncut.</summary>
    public static string Lines(string text) => Escape(text, keepLines: true);

    private static string Escape(string text, bool keepLines)
    {
        if (!text.Any(c => Acts(c, keepLines))) return text;
        StringBuilder escaped = new();
        foreach (char c in text)
            if (Acts(c, keepLines)) escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else escaped.Append(c);
        return escaped.ToString();
    }

    private static bool Acts(char c, bool keepLines) => char.GetUnicodeCategory(c) switch
    {
        UnicodeCategory.Control => !(keepLines && c == '\n'),
        UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        _ => false,
    };
}
