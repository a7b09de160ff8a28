using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Syntax;

namespace TensorLogic.Language.Formatting;

/// <summary>A comment between two tokens.</summary>
/// <param name="Text">With its marks.</param>
/// <param name="IsOwnLine">Stands on a line of its own.</param>
/// <param name="HasBlankBefore">A blank line stands before it.</param>
/// <param name="Gap">Blanks between it and the code before it on its line.</param>
internal sealed record Comment(string Text, bool IsOwnLine, bool HasBlankBefore, int Gap);

/// <summary>A token with what stands before it.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Text">As it is written out.</param>
internal sealed record FormatToken(TokenKind Kind, string Text)
{
    /// <summary>Comments before the token.</summary>
    public IReadOnlyList<Comment> Comments { get; init; } = [];

    /// <summary>A statement ended before the token.</summary>
    public bool StartsStatement { get; init; }

    /// <summary>The token begins a line of the source.</summary>
    public bool StartsLine { get; init; }

    /// <summary>A blank line stands right before it.</summary>
    public bool HasBlankBefore { get; init; }

    public bool Is(string text) => Text == text;

    public static List<FormatToken> Read(SourceText source)
    {
        List<FormatToken> tokens = [];
        string text = source.Text;
        int end = 0;
        bool ended = true;
        foreach (Token token in Lexer.Read(source, new DiagnosticBag()))
        {
            if (token.Kind == TokenKind.EndOfStatement)
            {
                ended = true;
                continue;
            }
            ReadOnlySpan<char> gap = text.AsSpan(end, token.Span.Start - end);
            (List<Comment> comments, bool startsLine, bool blank) = Trivia(gap.ToString(), tokens.Count == 0);
            tokens.Add(new FormatToken(token.Kind, text.Substring(token.Span.Start, token.Span.Length))
            {
                Comments = comments,
                StartsStatement = ended,
                StartsLine = startsLine,
                HasBlankBefore = blank,
            });
            ended = false;
            end = token.Span.End;
        }
        return tokens;
    }

    private static (List<Comment> Comments, bool StartsLine, bool HasBlank) Trivia(string gap, bool isFirst)
    {
        List<Comment> comments = [];
        int lines = 0, blanks = 0;
        bool onOwnLine = isFirst;
        for (int i = 0; i < gap.Length;)
        {
            if (gap[i] == '/' && i + 1 < gap.Length && gap[i + 1] is '/' or '*')
            {
                int end = gap[i + 1] == '/' ? gap.IndexOf('\n', i) : gap.IndexOf("*/", i + 2, StringComparison.Ordinal) + 2;
                if (end < i + 2) end = gap.Length;
                comments.Add(new Comment(gap[i..end].TrimEnd(), onOwnLine || lines > 0, lines > 1, blanks));
                onOwnLine = false;
                lines = 0;
                blanks = 0;
                i = end;
                continue;
            }
            if (gap[i] == '\n') (lines, blanks) = (lines + 1, 0);
            else if (gap[i] is ' ' or '\t') blanks++;
            i++;
        }
        return (comments, lines > 0 || isFirst, lines > 1);
    }
}
