using System.Globalization;
using System.Numerics;
using TensorLogic.Operators;

namespace TensorLogic.Language.Values;

/// <summary>Numbers as text (7.2, 7.3): correctly rounded from the exact value, ties to even.</summary>
internal static class NumberText
{
    /// <summary>A scalar float: the shortest text that reads back to the same double.</summary>
    public static string Shortest(double value)
    {
        if (Special(value) is { } special) return special;
        if (value == 0) return double.IsNegative(value) ? "-0.0" : "0.0";
        (string digits, int exponent) = ShortestDigits(Math.Abs(value));
        string sign = value < 0 ? "-" : "";
        if (exponent is < -4 or >= 16)
        {
            string fraction = digits.Length > 1 ? "." + digits[1..] : "";
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }
        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        if (digits.Length <= exponent + 1) return $"{sign}{digits.PadRight(exponent + 1, '0')}.0";
        return $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    /// <summary>The digits without trailing zeros, and the power of ten of the first.</summary>
    private static (string Digits, int Exponent) ShortestDigits(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        int e = text.IndexOf('E');
        int exponent = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string mantissa = e < 0 ? text : text[..e];
        int point = mantissa.IndexOf('.');
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        exponent += (point < 0 ? mantissa.Length : point) - 1;
        int zeros = digits.Length - digits.TrimStart('0').Length;
        return (digits[zeros..].TrimEnd('0'), exponent - zeros);
    }

    private static string? Special(double value) =>
        double.IsNaN(value) ? "nan" : double.IsPositiveInfinity(value) ? "inf" : double.IsNegativeInfinity(value) ? "-inf" : null;

    /// <summary>An element of a float tensor: four decimals, or four decimals and an exponent from 1e7 on.</summary>
    public static string Element(double value)
    {
        if (Special(value) is { } special) return special;
        return Math.Abs(value) >= 1e7 ? Scientific(value) : Fixed(value, 4);
    }

    /// <summary>Exactly <paramref name="decimals"/> decimals, positional; a zero result has no sign.</summary>
    public static string Fixed(double value, int decimals)
    {
        if (Special(value) is { } special) return special;
        BigInteger scaled = SpecialFunctions.ScaledByTen(Math.Abs(value), decimals);
        string digits = scaled.ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        string sign = value < 0 && !scaled.IsZero ? "-" : "";
        return decimals == 0 ? sign + digits : $"{sign}{digits[..^decimals]}.{digits[^decimals..]}";
    }

    private static string Scientific(double value)
    {
        double magnitude = Math.Abs(value);
        int exponent = (int)Math.Floor(Math.Log10(magnitude));
        BigInteger scaled = SpecialFunctions.ScaledByTen(magnitude, 4 - exponent);
        // The logarithm may be off by one, and rounding may carry into a further digit.
        while (scaled < 10_000) scaled = SpecialFunctions.ScaledByTen(magnitude, 4 - --exponent);
        while (scaled >= 100_000) scaled = SpecialFunctions.ScaledByTen(magnitude, 4 - ++exponent);
        string digits = scaled.ToString(CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{(value < 0 ? "-" : "")}{digits[0]}.{digits[1..]}e+{exponent:00}");
    }
}
