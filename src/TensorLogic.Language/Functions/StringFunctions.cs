using System.Text;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Functions;

/// <summary>Strings (14): sequences of code points, without culture.</summary>
internal static class StringFunctions
{
    public static void AddTo(Library library)
    {
        library.Add("upper(s)", static c => Mapped(c.Text(0), Rune.ToUpperInvariant));
        library.Add("lower(s)", static c => Mapped(c.Text(0), Rune.ToLowerInvariant));
        library.Add("trim(s)", static c => c.Text(0).Trim(' ', '\t', '\r', '\n'));
        library.Add("join(xs, sep = \"\")", static c =>
        {
            ListValue parts = c.List(0);
            string separator = c.Text(1);
            string[] texts = [.. parts.Select(part => part.ToString())];
            c.Run.Reserve(2 * ((Int128)texts.Sum(text => (long)text.Length) + (Int128)separator.Length * texts.Length));
            return string.Join(separator, texts);
        });
        library.Add("replace(s, a, b)", static c =>
        {
            string text = c.Text(0), old = c.Text(1), replacement = c.Text(2);
            if (old.Length == 0) return text;
            c.Run.Reserve(2 * ((Int128)text.Length + (Int128)(text.Length / old.Length) * replacement.Length));
            return text.Replace(old, replacement, StringComparison.Ordinal);
        });
        library.Add("starts_with(s, p)", static c => c.Text(0).StartsWith(c.Text(1), StringComparison.Ordinal));
        library.Add("ends_with(s, p)", static c => c.Text(0).EndsWith(c.Text(1), StringComparison.Ordinal));
        library.Add("contains(s, p)", static c => c[0].Content is string text ? text.Contains(c.Text(1), StringComparison.Ordinal) : Operations.Binary(c.Run, Syntax.BinaryOperator.In, c[1], c[0]));
        library.Add("find(s, p)", static c =>
        {
            string text = c.Text(0);
            int at = text.IndexOf(c.Text(1), StringComparison.Ordinal);
            return at < 0 ? -1 : Sequences.Length(text[..at]);
        });
        library.Add("repeat(s, n)", static c => Operations.Repeat(c.Run, c.Text(0), c.Int(1)));
    }

    /// <summary><c>split(s, sep?)</c>; without a separator at runs of blanks.</summary>
    public static Value Split(LibraryCall c)
    {
        string text = c.Text(0);
        int given = c.Has(3) ? 3 : 1;
        if (!c.Has(given)) return Value.Of(text.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(part => (Value)part));
        string separator = c.Text(given);
        if (separator.Length > 0) return Value.Of(text.Split(separator).Select(part => (Value)part));
        return Value.Of(text.EnumerateRunes().Select(rune => (Value)rune.ToString()));
    }

    private static string Mapped(string text, Func<Rune, Rune> map)
    {
        StringBuilder mapped = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes()) mapped.Append(map(rune).ToString());
        return mapped.ToString();
    }
}
