using static TensorLogic.Formats.Gguf.Blocks.BlockFields;

namespace TensorLogic.Formats.Gguf.Blocks;

/// <summary>Blocks of 256 elements, eight of which share an 11-bit row of <see cref="IQ1Grid"/>, moved by an eighth up or down.</summary>
internal static class IQ1Blocks
{
    private const float Delta = 0.125f;

    /// <summary>d, qs[32], qh[8]. Each 32 elements: four times three index bits, three bits of scale, the direction.</summary>
    public static void IQ1_S(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0);
        for (int part = 0; part < 8; part++)
        {
            int high = UInt16(block, 34 + 2 * part);
            float dl = d * (2 * (high >> 12 & 7) + 1), delta = (high & 0x8000) != 0 ? -Delta : Delta;
            for (int eight = 0; eight < 4; eight++)
            {
                int row = block[2 + 4 * part + eight] | (high >> 3 * eight & 7) << 8;
                Row(row, dl, delta, values.Slice(32 * part + 8 * eight, 8));
            }
        }
    }

    /// <summary>qs[32], qh[16], scales[4]. Each 16 elements have three bits of scale; the top nibbles of the scales together are d.</summary>
    public static void IQ1_M(ReadOnlySpan<byte> block, Span<float> values)
    {
        int bits = 0;
        for (int i = 0; i < 4; i++) bits |= UInt16(block, 48 + 2 * i) >> 12 << 4 * i;
        float d = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
        for (int eight = 0; eight < 32; eight++)
        {
            int sixteen = eight / 2;
            float dl = d * (2 * (UInt16(block, 48 + 2 * (sixteen / 4)) >> 3 * (sixteen % 4) & 7) + 1);
            int high = Nibble(block[32 + sixteen], eight % 2);
            Row(block[eight] | (high & 7) << 8, dl, (high & 8) != 0 ? -Delta : Delta, values.Slice(8 * eight, 8));
        }
    }

    private static void Row(int row, float dl, float delta, Span<float> values)
    {
        int packed = IQ1Grid.Rows[row];
        for (int i = 0; i < 8; i++) values[i] = dl * ((packed >> 2 * i & 3) - 1 + delta);
    }
}
