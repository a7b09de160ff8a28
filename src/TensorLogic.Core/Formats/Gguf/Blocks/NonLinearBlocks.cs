using static TensorLogic.Formats.Gguf.Blocks.BlockFields;

namespace TensorLogic.Formats.Gguf.Blocks;

/// <summary>Blocks of 4-bit indices into a table of values: IQ4_NL, IQ4_XS, MXFP4, NVFP4.</summary>
internal static class NonLinearBlocks
{
    /// <summary>Denser around zero, as weights are.</summary>
    public static ReadOnlySpan<sbyte> NonLinear => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    /// <summary>Twice the values of E2M1.</summary>
    public static ReadOnlySpan<sbyte> DoubledE2M1 => [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

    /// <summary>d, qs[16]: d table[q].</summary>
    public static void IQ4_NL(ReadOnlySpan<byte> block, Span<float> values) => Look(block[2..], NonLinear, Half(block, 0), values);

    /// <summary>d, upper scale bits, lower scale bits[4], qs[128]. Each 32 elements: d (scale - 32) table[q].</summary>
    public static void IQ4_XS(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0);
        int upper = UInt16(block, 2);
        for (int part = 0; part < 8; part++)
        {
            int scale = Nibble(block[4 + part / 2], part % 2) | (upper >> 2 * part & 3) << 4;
            Look(block.Slice(8 + 16 * part, 16), NonLinear, d * (scale - 32), values.Slice(32 * part, 32));
        }
    }

    /// <summary>exponent, qs[16]: 2^(exponent - 128) table[q].</summary>
    public static void MXFP4(ReadOnlySpan<byte> block, Span<float> values) => Look(block[1..], DoubledE2M1, HalfOfE8M0(block[0]), values);

    /// <summary>scales[4], qs[32]. Each 16 elements: half the scale times table[q].</summary>
    public static void NVFP4(ReadOnlySpan<byte> block, Span<float> values)
    {
        for (int part = 0; part < 4; part++)
            Look(block.Slice(4 + 8 * part, 8), DoubledE2M1, HalfOfUnsignedE4M3(block[part]), values.Slice(16 * part, 16));
    }

    private static void Look(ReadOnlySpan<byte> quants, ReadOnlySpan<sbyte> table, float d, Span<float> values)
    {
        int half = values.Length / 2;
        for (int i = 0; i < half; i++)
        {
            values[i] = d * table[quants[i] & 15];
            values[half + i] = d * table[quants[i] >> 4];
        }
    }

    /// <summary>2^(code - 128). The two smallest are subnormal; 255 is not taken for NaN.</summary>
    private static float HalfOfE8M0(byte code) => BitConverter.Int32BitsToSingle(code < 2 ? 0x00200000 << code : code - 1 << 23);

    /// <summary>Bit 7 counts only in that 0x7f alone, not 0xff, stands for zero.</summary>
    private static float HalfOfUnsignedE4M3(byte code)
    {
        if (code is 0 or 0x7f) return 0;
        int exponent = code >> 3 & 15, mantissa = code & 7;
        return exponent == 0 ? MathF.ScaleB(mantissa, -10) : MathF.ScaleB(8 + mantissa, exponent - 11);
    }
}
