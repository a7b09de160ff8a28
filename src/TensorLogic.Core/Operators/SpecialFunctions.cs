using System.Globalization;
using System.Numerics;

namespace TensorLogic.Operators;

/// <summary>Functions that the framework lacks, in f64.</summary>
internal static class SpecialFunctions
{
    /// <summary>The error function 2/√π ∫₀ˣ e^(-t²) dt.</summary>
    /// <remarks>Abramowitz and Stegun 7.1.6 (all terms positive) for |x| below 3, else the continued fraction 7.1.14.</remarks>
    public static double Erf(double x)
    {
        double a = Math.Abs(x);
        if (double.IsNaN(x)) return x;
        if (a > 6) return Math.Sign(x);
        if (a < 3)
        {
            double term = x, sum = x;
            for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++) sum += term *= 2 * x * x / (2 * n + 1);
            return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
        }
        double fraction = 0;
        for (int n = 60; n > 0; n--) fraction = n / 2.0 / (a + fraction);
        return Math.Sign(x) * (1 - Math.Exp(-a * a) / Math.Sqrt(Math.PI) / (a + fraction));
    }

    /// <summary>1 / (1 + e^-x) without overflow.</summary>
    public static double Sigmoid(double x)
    {
        if (x >= 0) return 1 / (1 + Math.Exp(-x));
        double e = Math.Exp(x);
        return e / (1 + e);
    }

    /// <summary>ln(1 + e^x) without overflow.</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));

    /// <summary>x to the nearest multiple of 10^-digits, from its exact value, ties to even.</summary>
    public static double RoundDecimals(double x, int digits)
    {
        if (!double.IsFinite(x) || x == 0 || digits > 340) return x;
        if (digits < -310) return 0;
        BigInteger scaled = ScaledByTen(Math.Abs(x), digits);
        double magnitude = double.Parse($"{scaled}e{-digits}", CultureInfo.InvariantCulture);
        return double.CopySign(magnitude, x);
    }

    /// <summary>x · 10^decimals to the nearest integer, ties to even, exactly. x is finite and not negative.</summary>
    public static BigInteger ScaledByTen(double x, int decimals)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)(bits >> 52) & 0x7ff;
        long mantissa = bits & 0xf_ffff_ffff_ffff;
        if (exponent == 0) exponent = 1;
        else mantissa |= 1L << 52;
        exponent -= 1075;   // x = mantissa · 2^exponent

        BigInteger numerator = mantissa, denominator = BigInteger.One;
        if (decimals >= 0) numerator *= BigInteger.Pow(10, decimals);
        else denominator = BigInteger.Pow(10, -decimals);
        if (exponent >= 0) numerator <<= exponent;
        else denominator <<= -exponent;
        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger remainder);
        int half = (remainder << 1).CompareTo(denominator);
        return half > 0 || half == 0 && !quotient.IsEven ? quotient + 1 : quotient;
    }
}
