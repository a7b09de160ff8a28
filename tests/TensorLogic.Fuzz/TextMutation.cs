using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace TensorLogic.Fuzz;

/// <summary>Changes to JSON and to the text of programs, token by token.</summary>
internal static partial class TextMutation
{
    private static readonly string[] s_tokens = ["[", "]", "{", "}", "(", ")", "<", ">", ",", ":", "=", ";", "?", "->", "-1", "0", "1e400", "nan", "inf", "0x1p+9999", "true", "null", "\"\"", "\"..\"", "\"\\u0000\"", "tensor", "BLOBFILE", "\"@model_path/../x\""];

    public static byte[] Mutate(byte[] source, Random random)
    {
        if (random.Next(6) == 0) return Mutation.Bytes(source, random);
        List<string> tokens = [.. Token().Matches(Encoding.UTF8.GetString(source)).Select(match => match.Value)];
        for (int times = 1 + random.Next(3); times > 0 && tokens.Count > 0; times--)
        {
            int at = random.Next(tokens.Count), other = random.Next(tokens.Count);
            switch (random.Next(6))
            {
                case 0: tokens.RemoveAt(at); break;
                case 1: tokens.Insert(at, tokens[at]); break;
                case 2: tokens[at] = tokens[other]; break;
                case 3: (tokens[at], tokens[other]) = (tokens[other], tokens[at]); break;
                case 4: tokens[at] = s_tokens[random.Next(s_tokens.Length)]; break;
                default: tokens[at] = long.TryParse(tokens[at], out _) ? Mutation.Number(random).ToString(CultureInfo.InvariantCulture) : s_tokens[random.Next(s_tokens.Length)]; break;
            }
        }
        return Encoding.UTF8.GetBytes(string.Concat(tokens));
    }

    [GeneratedRegex("""\s+|"(\\.|[^"\\])*"|[A-Za-z_@][A-Za-z_0-9]*|-?[0-9][0-9A-Za-z.+-]*|->|.""", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
