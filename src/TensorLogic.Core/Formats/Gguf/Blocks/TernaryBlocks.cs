using static TensorLogic.Formats.Gguf.Blocks.BlockFields;

namespace TensorLogic.Formats.Gguf.Blocks;

/// <summary>Blocks of 256 elements that are -d, 0 or d: TQ1_0, TQ2_0.</summary>
internal static class TernaryBlocks
{
    /// <summary>qs[48] of five base-3 digits each, qh[4] of four, d.</summary>
    public static void TQ1_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 52);
        Digits(block[..32], 5, values[..160], d);
        Digits(block[32..48], 5, values[160..240], d);
        Digits(block[48..52], 4, values[240..], d);
    }

    /// <summary>qs[64] of two bits, d: (q - 1) d, in the order of Q2_K.</summary>
    public static void TQ2_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 64);
        for (int i = 0; i < 256; i++) values[i] = (KBlocks.TwoBits(block, i) - 1) * d;
    }

    /// <summary>The first digit of all bytes, then the second of all, and so on.</summary>
    private static void Digits(ReadOnlySpan<byte> bytes, int count, Span<float> values, float d)
    {
        byte power = 1;
        for (int digit = 0; digit < count; digit++, power *= 3)
            for (int i = 0; i < bytes.Length; i++)
            {
                // A byte is a fraction of 256 in base 3: multiplying moves the point, the part above it is the digit.
                byte rest = unchecked((byte)(bytes[i] * power));
                values[digit * bytes.Length + i] = ((rest * 3 >> 8) - 1) * d;
            }
    }
}
