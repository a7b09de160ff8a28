namespace TensorLogic;

/// <summary>Values of the 8-, 6- and 4-bit floats: OCP 8-bit formats, OCP microscaling formats, and the FNUZ variants.</summary>
internal static class SmallFloats
{
    public static void Decode(ElementType type, ReadOnlySpan<byte> codes, Span<double> values)
    {
        int bits = type.Bits;
        for (int i = 0; i < values.Length; i++)
        {
            long bit = (long)i * bits;
            int at = (int)(bit / 8), shift = (int)(bit % 8);
            int word = codes[at] | (at + 1 < codes.Length ? codes[at + 1] << 8 : 0);
            values[i] = Value(type, (word >> shift) & ((1 << bits) - 1));
        }
    }

    public static double Value(ElementType type, int code) => type switch
    {
        ElementType.Float8E4M3 => (code & 0x7f) == 0x7f ? double.NaN : Scaled(code, 4, 3, 7),
        ElementType.Float8E5M2 => (code & 0x7c) == 0x7c
            ? (code & 3) != 0 ? double.NaN : (code & 0x80) != 0 ? double.NegativeInfinity : double.PositiveInfinity
            : Scaled(code, 5, 2, 15),
        ElementType.Float8E4M3Fnuz => code == 0x80 ? double.NaN : Scaled(code, 4, 3, 8),
        ElementType.Float8E5M2Fnuz => code == 0x80 ? double.NaN : Scaled(code, 5, 2, 16),
        ElementType.Float8E8M0 => code == 0xff ? double.NaN : Math.ScaleB(1, code - 127),
        ElementType.Float6E2M3 => Scaled(code, 2, 3, 1),
        ElementType.Float6E3M2 => Scaled(code, 3, 2, 3),
        ElementType.Float4E2M1 => Scaled(code, 2, 1, 1),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "This is not an 8-, 6- or 4-bit float."),
    };

    private static double Scaled(int code, int exponentBits, int mantissaBits, int bias)
    {
        int mantissa = code & ((1 << mantissaBits) - 1);
        int exponent = (code >> mantissaBits) & ((1 << exponentBits) - 1);
        double magnitude = exponent == 0
            ? Math.ScaleB(mantissa, 1 - bias - mantissaBits)
            : Math.ScaleB((1 << mantissaBits) + mantissa, exponent - bias - mantissaBits);
        return (code >> (exponentBits + mantissaBits)) != 0 ? -magnitude : magnitude;
    }
}
