using static TensorLogic.Formats.Gguf.Blocks.BlockFields;

namespace TensorLogic.Formats.Gguf.Blocks;

/// <summary>Blocks of one scale, some with an offset: Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q8_1, Q1_0, Q2_0.</summary>
/// <remarks>Where two elements share a byte, the low nibbles of all bytes come first, then the high ones.</remarks>
internal static class PlainBlocks
{
    /// <summary>d, qs[16]: (q - 8) d.</summary>
    public static void Q4_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0);
        for (int i = 0; i < 32; i++) values[i] = (Nibble(block[2 + i % 16], i / 16) - 8) * d;
    }

    /// <summary>d, m, qs[16]: q d + m.</summary>
    public static void Q4_1(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0), m = Half(block, 2);
        for (int i = 0; i < 32; i++) values[i] = Nibble(block[4 + i % 16], i / 16) * d + m;
    }

    /// <summary>d, qh[4], qs[16]: (q - 16) d, where bit i of qh is the fifth bit of element i.</summary>
    public static void Q5_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0);
        uint high = UInt32(block, 2);
        for (int i = 0; i < 32; i++) values[i] = ((Nibble(block[6 + i % 16], i / 16) | (int)(high >> i & 1) << 4) - 16) * d;
    }

    /// <summary>d, m, qh[4], qs[16]: q d + m, the fifth bits as in <see cref="Q5_0"/>.</summary>
    public static void Q5_1(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0), m = Half(block, 2);
        uint high = UInt32(block, 4);
        for (int i = 0; i < 32; i++) values[i] = (Nibble(block[8 + i % 16], i / 16) | (int)(high >> i & 1) << 4) * d + m;
    }

    /// <summary>d, signed qs[32]: q d.</summary>
    public static void Q8_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0);
        for (int i = 0; i < 32; i++) values[i] = (sbyte)block[2 + i] * d;
    }

    /// <summary>d, s, signed qs[32]: q d. The sum s serves products only.</summary>
    public static void Q8_1(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0);
        for (int i = 0; i < 32; i++) values[i] = (sbyte)block[4 + i] * d;
    }

    /// <summary>d, qs[16] of one bit each, lowest first: d or -d.</summary>
    public static void Q1_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0);
        for (int i = 0; i < 128; i++) values[i] = (block[2 + i / 8] >> i % 8 & 1) != 0 ? d : -d;
    }

    /// <summary>d, qs[16] of two bits each, lowest first: (q - 1) d.</summary>
    public static void Q2_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0);
        for (int i = 0; i < 64; i++) values[i] = ((block[2 + i / 4] >> 2 * (i % 4) & 3) - 1) * d;
    }
}
