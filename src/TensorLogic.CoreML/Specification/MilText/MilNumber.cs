using System.Globalization;
using System.Numerics;

namespace TensorLogic.CoreML.Specification.MilText;

/// <summary>Numbers of a compiled program's text.</summary>
internal static class MilNumber
{
    // Longer digits are no number that a compiler writes.
    private const int LongestDecimal = 1024;

    /// <summary>A floating-point number: decimal, hexadecimal as in C, <c>inf</c> or <c>nan</c>.</summary>
    public static bool TryParseFloat(ReadOnlySpan<byte> text, out double value)
    {
        bool isNegative = text is [(byte)'-', ..];
        ReadOnlySpan<byte> rest = text is [(byte)'-' or (byte)'+', ..] ? text[1..] : text;
        value = 0;
        if (rest.SequenceEqual("inf"u8)) value = double.PositiveInfinity;
        else if (rest.SequenceEqual("nan"u8)) value = double.NaN;
        else if (rest is [(byte)'0', (byte)'x' or (byte)'X', ..])
        {
            if (!TryParseHexadecimal(rest[2..], out value)) return false;
        }
        else if (rest.Length is 0 or > LongestDecimal || !double.TryParse(rest, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value)) return false;
        if (isNegative) value = -value;
        return true;
    }

    /// <summary>A floating-point number in hexadecimal: <c>0x1.8p+1</c>.</summary>
    public static string Hexadecimal(double value)
    {
        if (double.IsNaN(value)) return "nan";
        string sign = double.IsNegative(value) ? "-" : "";
        if (double.IsInfinity(value)) return sign + "inf";
        if (value == 0) return sign + "0x0p+0";
        double magnitude = Math.Abs(value);
        int exponent = Math.ILogB(magnitude);
        // Below the normal numbers the first digit is 0 in the bits; scaled, it is 1.
        long bits = BitConverter.DoubleToInt64Bits(Math.ScaleB(magnitude, -exponent)) & ((1L << 52) - 1);
        string digits = bits.ToString("x13", CultureInfo.InvariantCulture).TrimEnd('0');
        return string.Create(CultureInfo.InvariantCulture, $"{sign}0x1{(digits.Length > 0 ? "." : "")}{digits}p{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent)}");
    }

    /// <summary>An integer, decimal or hexadecimal.</summary>
    public static bool TryParseInteger(ReadOnlySpan<byte> text, out Int128 value)
    {
        value = 0;
        bool isNegative = text is [(byte)'-', ..];
        ReadOnlySpan<byte> rest = text is [(byte)'-' or (byte)'+', ..] ? text[1..] : text;
        bool isHexadecimal = rest is [(byte)'0', (byte)'x' or (byte)'X', ..];
        if (isHexadecimal) rest = rest[2..];
        // 20 digits hold 2^64; more would not fit any element.
        if (rest.Length is 0 or > 20) return false;
        int radix = isHexadecimal ? 16 : 10;
        foreach (byte c in rest)
        {
            int digit = Digit(c);
            if (digit < 0 || digit >= radix) return false;
            value = value * radix + digit;
        }
        if (isNegative) value = -value;
        return true;
    }

    /// <summary>Digits, a point, digits, <c>p</c> and an exponent of two.</summary>
    private static bool TryParseHexadecimal(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        int exponentAt = text.IndexOfAny((byte)'p', (byte)'P');
        ReadOnlySpan<byte> mantissa = exponentAt < 0 ? text : text[..exponentAt];
        BigInteger digits = 0;
        int count = 0, fraction = 0;
        bool hasPoint = false;
        if (mantissa.Length > LongestDecimal) return false;
        foreach (byte c in mantissa)
        {
            if (c == '.')
            {
                if (hasPoint) return false;
                hasPoint = true;
                continue;
            }
            int digit = Digit(c);
            if (digit < 0) return false;
            digits = digits * 16 + digit;
            count++;
            if (hasPoint) fraction += 4;
        }
        if (count == 0) return false;
        int exponent = 0;
        if (exponentAt >= 0 && !TryParseExponent(text[(exponentAt + 1)..], out exponent)) return false;
        // Exact: compilers write no more digits than a double has.
        value = Math.ScaleB((double)digits, exponent - fraction);
        return true;
    }

    /// <summary>An exponent; far beyond any double it stops growing.</summary>
    private static bool TryParseExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        bool isNegative = text is [(byte)'-', ..];
        ReadOnlySpan<byte> digits = text is [(byte)'-' or (byte)'+', ..] ? text[1..] : text;
        if (digits.Length == 0) return false;
        foreach (byte c in digits)
        {
            if (c is < (byte)'0' or > (byte)'9') return false;
            exponent = Math.Min(exponent * 10 + (c - '0'), 1_000_000);
        }
        if (isNegative) exponent = -exponent;
        return true;
    }

    private static int Digit(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
        _ => -1,
    };
}
