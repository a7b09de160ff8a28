using System.Buffers.Binary;

namespace TensorLogic.Formats.Gguf.Blocks;

/// <summary>Blocks with one scale, and some with a minimum. Field order and arithmetic: ggml's block layouts.</summary>
internal static class SimpleBlocks
{
    /// <summary>The values of 4-bit indices in IQ4_NL and IQ4_XS.</summary>
    public static ReadOnlySpan<sbyte> NonLinear => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    public static float Half(ReadOnlySpan<byte> block, int at) => (float)BinaryPrimitives.ReadHalfLittleEndian(block[at..]);

    /// <summary>The 4-bit number of element i: low halves of the bytes first, then high halves.</summary>
    private static int Nibble(ReadOnlySpan<byte> quants, int i) => i < quants.Length ? quants[i] & 15 : quants[i - quants.Length] >> 4;

    public static void Q4_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0);
        for (int i = 0; i < values.Length; i++) values[i] = (Nibble(block[2..18], i) - 8) * d;
    }

    public static void Q4_1(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0), m = Half(block, 2);
        for (int i = 0; i < values.Length; i++) values[i] = Nibble(block[4..20], i) * d + m;
    }

    public static void Q5_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0);
        uint high = BinaryPrimitives.ReadUInt32LittleEndian(block[2..]);
        for (int i = 0; i < values.Length; i++) values[i] = ((Nibble(block[6..22], i) | (int)(high >> i & 1) << 4) - 16) * d;
    }

    public static void Q5_1(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0), m = Half(block, 2);
        uint high = BinaryPrimitives.ReadUInt32LittleEndian(block[4..]);
        for (int i = 0; i < values.Length; i++) values[i] = (Nibble(block[8..24], i) | (int)(high >> i & 1) << 4) * d + m;
    }

    public static void Q8_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0);
        for (int i = 0; i < values.Length; i++) values[i] = (sbyte)block[2 + i] * d;
    }

    public static void Q8_1(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0);
        for (int i = 0; i < values.Length; i++) values[i] = (sbyte)block[4 + i] * d;
    }

    public static void Q1_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0);
        for (int i = 0; i < values.Length; i++) values[i] = (block[2 + i / 8] >> i % 8 & 1) != 0 ? d : -d;
    }

    public static void Q2_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0);
        for (int i = 0; i < values.Length; i++) values[i] = ((block[2 + i / 4] >> 2 * (i % 4) & 3) - 1) * d;
    }

    public static void IQ4_NL(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0);
        for (int i = 0; i < values.Length; i++) values[i] = d * NonLinear[Nibble(block[2..18], i)];
    }
}
