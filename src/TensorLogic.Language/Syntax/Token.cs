using System.Text;

namespace TensorLogic.Language.Syntax;

/// <summary>Kind of a token. Words and operators are listed in <see cref="Tokens"/>.</summary>
internal enum TokenKind : byte
{
    EndOfFile, EndOfStatement, Name, Int, Float, String,

    // Reserved words (2.6).
    And, As, Assert, Break, Continue, Else, False, Fn, For, If, Import, In, Learn, Let, Loop, None, Not, Or, Return, True, While,

    // Operators and punctuation (2.9).
    Plus, Minus, Star, Slash, Percent, At, StarStar,
    Less, Greater, LessEqual, GreaterEqual, EqualEqual, NotEqual,
    Equal, ColonEqual, PlusEqual, MinusEqual, StarEqual, SlashEqual,
    LeftArrow, RightArrow, FatArrow, DotDot, Dot, Comma, Semicolon, Colon, ColonColon, Question, QuestionMinus,
    OpenParen, CloseParen, OpenBracket, CloseBracket, OpenBrace, CloseBrace,
    AmpAmp, BarBar, Bang,
}

/// <summary>A token: its kind and place, and for literals and names what it stands for.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Span">Where it stands.</param>
/// <param name="Text">A name's or word's spelling, a string's content.</param>
/// <param name="Number">An int, or the bits of a float.</param>
internal readonly record struct Token(TokenKind Kind, SourceSpan Span, string Text = "", long Number = 0)
{
    public double Float => BitConverter.Int64BitsToDouble(Number);
}

/// <summary>The spellings of words and operators.</summary>
internal static class Tokens
{
    /// <summary>Reserved words.</summary>
    public static readonly Dictionary<string, TokenKind> Words = new(StringComparer.Ordinal)
    {
        ["and"] = TokenKind.And, ["as"] = TokenKind.As, ["assert"] = TokenKind.Assert, ["break"] = TokenKind.Break,
        ["continue"] = TokenKind.Continue, ["else"] = TokenKind.Else, ["false"] = TokenKind.False, ["fn"] = TokenKind.Fn,
        ["for"] = TokenKind.For, ["if"] = TokenKind.If, ["import"] = TokenKind.Import, ["in"] = TokenKind.In,
        ["learn"] = TokenKind.Learn, ["let"] = TokenKind.Let, ["loop"] = TokenKind.Loop, ["none"] = TokenKind.None,
        ["not"] = TokenKind.Not, ["or"] = TokenKind.Or, ["return"] = TokenKind.Return, ["true"] = TokenKind.True,
        ["while"] = TokenKind.While,
    };

    /// <summary>Operators and punctuation, longer ones before their beginnings: the longest match wins.</summary>
    public static readonly (string Text, TokenKind Kind)[] Operators =
    [
        ("**", TokenKind.StarStar), ("<=", TokenKind.LessEqual), (">=", TokenKind.GreaterEqual), ("==", TokenKind.EqualEqual),
        ("!=", TokenKind.NotEqual), (":=", TokenKind.ColonEqual), ("+=", TokenKind.PlusEqual), ("-=", TokenKind.MinusEqual),
        ("*=", TokenKind.StarEqual), ("/=", TokenKind.SlashEqual), ("<-", TokenKind.LeftArrow), ("->", TokenKind.RightArrow),
        ("=>", TokenKind.FatArrow), ("..", TokenKind.DotDot), ("::", TokenKind.ColonColon), ("?-", TokenKind.QuestionMinus),
        ("&&", TokenKind.AmpAmp), ("||", TokenKind.BarBar),
        ("+", TokenKind.Plus), ("-", TokenKind.Minus), ("*", TokenKind.Star), ("/", TokenKind.Slash), ("%", TokenKind.Percent),
        ("@", TokenKind.At), ("<", TokenKind.Less), (">", TokenKind.Greater), ("=", TokenKind.Equal), (".", TokenKind.Dot),
        (",", TokenKind.Comma), (";", TokenKind.Semicolon), (":", TokenKind.Colon), ("?", TokenKind.Question),
        ("(", TokenKind.OpenParen), (")", TokenKind.CloseParen), ("[", TokenKind.OpenBracket), ("]", TokenKind.CloseBracket),
        ("{", TokenKind.OpenBrace), ("}", TokenKind.CloseBrace), ("!", TokenKind.Bang),
    ];

    /// <summary>True for a token after which a line end is ignored (2.10).</summary>
    public static bool ContinuesLine(TokenKind kind) => kind is
        TokenKind.And or TokenKind.Or or TokenKind.Not or TokenKind.In or TokenKind.As
        or (>= TokenKind.Plus and <= TokenKind.Comma) or TokenKind.Colon or TokenKind.ColonColon
        or TokenKind.AmpAmp or TokenKind.BarBar or TokenKind.Bang;

    /// <summary>True for a word that is reserved.</summary>
    public static bool IsWord(TokenKind kind) => kind is >= TokenKind.And and <= TokenKind.While;

    /// <summary>One ASCII letter, then digits, then primes (2.4).</summary>
    public static bool IsShortName(string name)
    {
        if (name.Length == 0 || !char.IsAsciiLetter(name[0])) return false;
        int i = 1;
        while (i < name.Length && char.IsAsciiDigit(name[i])) i++;
        while (i < name.Length && name[i] == '\'') i++;
        return i == name.Length;
    }

    /// <summary>True for a name that names a relation where <c>(</c> follows (2.5).</summary>
    public static bool IsRelationName(string name) => name.Length > 0 && Rune.IsUpper(Rune.GetRuneAt(name, 0));

    /// <summary>How a diagnostic says what stands at a place.</summary>
    public static string Describe(Token token, string source) => token.Kind switch
    {
        TokenKind.EndOfFile => "the end of the file",
        TokenKind.EndOfStatement when token.Text != ";" => "the end of the line",
        TokenKind.String => "a string",
        _ => $"'{source.Substring(token.Span.Start, token.Span.Length)}'",
    };
}
