using System.Text;

namespace TensorLogic.Tool.Repl;

/// <summary>Edits a line on a terminal: cursor keys, history, completion.</summary>
/// <param name="output">The terminal; it understands ANSI sequences.</param>
/// <param name="readKey">The next key, which is not shown.</param>
/// <param name="complete">Names that begin with a word.</param>
internal sealed class LineEditor(TextWriter output, Func<ConsoleKeyInfo> readKey, Func<string, IReadOnlyList<string>> complete)
{
    private readonly List<string> _history = [];

    /// <summary>A line; null at the end of input (Ctrl-D on an empty line), empty after Ctrl-C.</summary>
    public string? Read(string prompt)
    {
        StringBuilder line = new();
        string draft = "";
        int cursor = 0, place = _history.Count;
        Draw(prompt, line, cursor);
        while (true)
        {
            ConsoleKeyInfo key = readKey();
            bool control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    output.WriteLine();
                    if (line.Length > 0 && (_history.Count == 0 || _history[^1] != line.ToString())) _history.Add(line.ToString());
                    return line.ToString();
                case ConsoleKey.D when control && line.Length == 0:
                    output.WriteLine();
                    return null;
                case ConsoleKey.C when control:
                    output.WriteLine("^C");
                    return "";
                case ConsoleKey.A when control:
                case ConsoleKey.Home: cursor = 0; break;
                case ConsoleKey.E when control:
                case ConsoleKey.End: cursor = line.Length; break;
                case ConsoleKey.U when control:
                    line.Remove(0, cursor);
                    cursor = 0;
                    break;
                case ConsoleKey.K when control: line.Length = cursor; break;
                case ConsoleKey.LeftArrow: cursor = Math.Max(0, cursor - 1); break;
                case ConsoleKey.RightArrow: cursor = Math.Min(line.Length, cursor + 1); break;
                case ConsoleKey.Backspace when cursor > 0: line.Remove(--cursor, 1); break;
                case ConsoleKey.Delete when cursor < line.Length: line.Remove(cursor, 1); break;
                case ConsoleKey.UpArrow when place > 0:
                    if (place == _history.Count) draft = line.ToString();
                    Replace(_history[--place]);
                    break;
                case ConsoleKey.DownArrow when place < _history.Count:
                    Replace(++place == _history.Count ? draft : _history[place]);
                    break;
                case ConsoleKey.Tab: cursor = Complete(prompt, line, cursor); break;
                case var _ when !char.IsControl(key.KeyChar):
                    line.Insert(cursor++, key.KeyChar);
                    break;
            }
            Draw(prompt, line, cursor);
        }

        void Replace(string text)
        {
            line.Clear().Append(text);
            cursor = text.Length;
        }
    }

    private void Draw(string prompt, StringBuilder line, int cursor)
    {
        output.Write($"\r\e[K{prompt}{line}");
        if (cursor < line.Length) output.Write($"\e[{line.Length - cursor}D");
        output.Flush();
    }

    // One candidate is taken; of several what they have in common, and they are shown.
    private int Complete(string prompt, StringBuilder line, int cursor)
    {
        int start = cursor;
        while (start > 0 && (char.IsLetterOrDigit(line[start - 1]) || line[start - 1] is '_' or '\'' or ':')) start--;
        string word = line.ToString(start, cursor - start);
        IReadOnlyList<string> candidates = complete(word);
        if (candidates.Count == 0) return cursor;
        string common = candidates[0];
        foreach (string candidate in candidates) common = common[..common.AsSpan().CommonPrefixLength(candidate)];
        if (common.Length > word.Length)
        {
            line.Remove(start, word.Length).Insert(start, common);
            return start + common.Length;
        }
        if (candidates.Count > 1)
        {
            output.WriteLine();
            output.WriteLine(string.Join("  ", candidates));
            Draw(prompt, line, cursor);
        }
        return cursor;
    }
}
