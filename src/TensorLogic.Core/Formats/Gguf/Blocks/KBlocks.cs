using System.Buffers.Binary;
using static TensorLogic.Formats.Gguf.Blocks.BlockFields;

namespace TensorLogic.Formats.Gguf.Blocks;

/// <summary>Blocks of 256 elements whose parts have scales of their own, themselves small numbers: Q2_K to Q6_K, Q8_K.</summary>
internal static class KBlocks
{
    /// <summary>scales[16], qs[64], d, dmin. Each 16 elements: d (scale &amp; 15) q - dmin (scale &gt;&gt; 4).</summary>
    public static void Q2_K(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 80), minimum = Half(block, 82);
        for (int part = 0; part < 16; part++)
        {
            byte scale = block[part];
            float dl = d * (scale & 15), ml = minimum * (scale >> 4);
            for (int i = 16 * part; i < 16 * part + 16; i++) values[i] = dl * TwoBits(block[16..80], i) - ml;
        }
    }

    /// <summary>hmask[32], qs[64], scales[12], d. Each 16 elements: d (scale - 32) (q - 4), where q has a third bit in hmask.</summary>
    public static void Q3_K(ReadOnlySpan<byte> block, Span<float> values)
    {
        ReadOnlySpan<byte> scales = block[96..108];
        float d = Half(block, 108);
        for (int part = 0; part < 16; part++)
        {
            int low = Nibble(scales[part % 8], part / 8), high = scales[8 + part % 4] >> 2 * (part / 4) & 3;
            float dl = d * ((low | high << 4) - 32);
            for (int i = 16 * part; i < 16 * part + 16; i++)
                values[i] = dl * (TwoBits(block[32..96], i) - ((block[i % 32] >> i / 32 & 1) != 0 ? 0 : 4));
        }
    }

    /// <summary>d, dmin, scales[12], qs[128]. Each 32 elements: d scale q - dmin minimum.</summary>
    public static void Q4_K(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0), dmin = Half(block, 2);
        for (int part = 0; part < 8; part++)
        {
            (int scale, int minimum) = ScaleAndMinimum(block[4..16], part);
            float dl = d * scale, ml = dmin * minimum;
            ReadOnlySpan<byte> quants = block.Slice(16 + part / 2 * 32, 32);
            for (int i = 0; i < 32; i++) values[32 * part + i] = dl * Nibble(quants[i], part % 2) - ml;
        }
    }

    /// <summary>d, dmin, scales[12], qh[32], qs[128]. As <see cref="Q4_K"/>; bit j of qh[i] is the fifth bit of element i of part j.</summary>
    public static void Q5_K(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0), dmin = Half(block, 2);
        for (int part = 0; part < 8; part++)
        {
            (int scale, int minimum) = ScaleAndMinimum(block[4..16], part);
            float dl = d * scale, ml = dmin * minimum;
            ReadOnlySpan<byte> quants = block.Slice(48 + part / 2 * 32, 32);
            for (int i = 0; i < 32; i++) values[32 * part + i] = dl * (Nibble(quants[i], part % 2) | (block[16 + i] >> part & 1) << 4) - ml;
        }
    }

    /// <summary>ql[128], qh[64], signed scales[16], d. Each 16 elements: d scale (q - 32).</summary>
    public static void Q6_K(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 208);
        for (int i = 0; i < 256; i++)
        {
            // Each half of 128 has 64 bytes of low nibbles and 32 of upper bit pairs; its quarters take them in turn.
            int half = i / 128, quarter = i % 128 / 32, at = i % 32;
            int low = Nibble(block[half * 64 + quarter % 2 * 32 + at], quarter / 2), high = block[128 + half * 32 + at] >> 2 * quarter & 3;
            values[i] = d * (sbyte)block[192 + i / 16] * ((low | high << 4) - 32);
        }
    }

    /// <summary>f32 d, signed qs[256], sums of sixteen: d q.</summary>
    public static void Q8_K(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = BinaryPrimitives.ReadSingleLittleEndian(block);
        for (int i = 0; i < 256; i++) values[i] = d * (sbyte)block[4 + i];
    }

    /// <summary>Two bits of element i: for each half of 128, shifts 0, 2, 4, 6 in turn over its 32 bytes.</summary>
    public static int TwoBits(ReadOnlySpan<byte> quants, int i) => quants[i / 128 * 32 + i % 32] >> 2 * (i % 128 / 32) & 3;

    /// <summary>The 6-bit scale and minimum of a part: whole for the first four, in two pieces for the others.</summary>
    private static (int Scale, int Minimum) ScaleAndMinimum(ReadOnlySpan<byte> scales, int part) => part < 4
        ? (scales[part] & 63, scales[part + 4] & 63)
        : (scales[part + 4] & 15 | scales[part - 4] >> 6 << 4, scales[part + 4] >> 4 | scales[part] >> 6 << 4);
}
