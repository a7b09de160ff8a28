using System.Buffers.Binary;

namespace TensorLogic.Formats.Gguf.Blocks;

/// <summary>Blocks of 256 elements with scales for parts of them. Field order and arithmetic: ggml's block layouts.</summary>
internal static class SuperBlocks
{
    private static float Half(ReadOnlySpan<byte> block, int at) => SimpleBlocks.Half(block, at);

    public static void Q2_K(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 80), dmin = Half(block, 82);
        for (int i = 0; i < 256; i++)
        {
            byte scale = block[i / 16];
            float dl = d * (scale & 15), ml = dmin * (scale >> 4);
            values[i] = dl * TwoBits(block[16..80], i) - ml;
        }
    }

    /// <summary>For each half of 128 elements: shifts 0, 2, 4, 6 in turn over its 32 bytes.</summary>
    private static int TwoBits(ReadOnlySpan<byte> quants, int i) => quants[i / 128 * 32 + i % 32] >> 2 * (i % 128 / 32) & 3;

    public static void Q3_K(ReadOnlySpan<byte> block, Span<float> values)
    {
        ReadOnlySpan<byte> mask = block[..32], scales = block[96..108];
        float d = Half(block, 108);
        for (int i = 0; i < 256; i++)
        {
            int s = i / 16, low = s < 8 ? scales[s] & 15 : scales[s - 8] >> 4, high = scales[8 + s % 4] >> 2 * (s / 4) & 3;
            float dl = d * ((low | high << 4) - 32);
            values[i] = dl * (TwoBits(block[32..96], i) - ((mask[i % 32] >> i / 32 & 1) != 0 ? 0 : 4));
        }
    }

    /// <summary>The 6-bit scale and minimum of part j of Q4_K and Q5_K.</summary>
    private static (int Scale, int Minimum) ScaleAndMinimum(ReadOnlySpan<byte> scales, int j) => j < 4
        ? (scales[j] & 63, scales[j + 4] & 63)
        : (scales[j + 4] & 15 | scales[j - 4] >> 6 << 4, scales[j + 4] >> 4 | scales[j] >> 6 << 4);

    public static void Q4_K(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0), dmin = Half(block, 2);
        for (int j = 0; j < 8; j++)
        {
            (int scale, int minimum) = ScaleAndMinimum(block[4..16], j);
            float dl = d * scale, ml = dmin * minimum;
            for (int l = 0; l < 32; l++) values[32 * j + l] = dl * (block[16 + j / 2 * 32 + l] >> 4 * (j % 2) & 15) - ml;
        }
    }

    public static void Q5_K(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0), dmin = Half(block, 2);
        for (int j = 0; j < 8; j++)
        {
            (int scale, int minimum) = ScaleAndMinimum(block[4..16], j);
            float dl = d * scale, ml = dmin * minimum;
            for (int l = 0; l < 32; l++) values[32 * j + l] = dl * ((block[48 + j / 2 * 32 + l] >> 4 * (j % 2) & 15) + ((block[16 + l] >> j & 1) << 4)) - ml;
        }
    }

    public static void Q6_K(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 208);
        for (int i = 0; i < 256; i++)
        {
            int half = i / 128, part = i % 128 / 32, l = i % 32;
            int low = block[half * 64 + part % 2 * 32 + l] >> 4 * (part / 2) & 15, high = block[128 + half * 32 + l] >> 2 * part & 3;
            values[i] = d * (sbyte)block[192 + i / 16] * ((low | high << 4) - 32);
        }
    }

    public static void Q8_K(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = BinaryPrimitives.ReadSingleLittleEndian(block);
        for (int i = 0; i < 256; i++) values[i] = d * (sbyte)block[4 + i];
    }

    public static void TQ2_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 64);
        for (int i = 0; i < 256; i++) values[i] = (TwoBits(block[..64], i) - 1) * d;
    }

    public static void IQ4_XS(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0);
        int high = BinaryPrimitives.ReadUInt16LittleEndian(block[2..]);
        for (int part = 0; part < 8; part++)
        {
            int scale = block[4 + part / 2] >> 4 * (part % 2) & 15 | (high >> 2 * part & 3) << 4;
            float dl = d * (scale - 32);
            for (int l = 0; l < 32; l++) values[32 * part + l] = dl * SimpleBlocks.NonLinear[block[8 + part * 16 + l % 16] >> 4 * (l / 16) & 15];
        }
    }
}
