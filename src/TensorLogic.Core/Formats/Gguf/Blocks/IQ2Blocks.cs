using static TensorLogic.Formats.Gguf.Blocks.BlockFields;

namespace TensorLogic.Formats.Gguf.Blocks;

/// <summary>Blocks of 256 elements, eight of which share a row of magnitudes of <see cref="IQ2Grids"/> and a byte of signs.</summary>
internal static class IQ2Blocks
{
    /// <summary>d, qs[32]. Each 32 elements: four row numbers of 8 bits, four times seven bits of signs, four bits of scale.</summary>
    public static void IQ2_XXS(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0);
        for (int part = 0; part < 8; part++)
        {
            uint rest = UInt32(block, 6 + 8 * part);
            float db = d * (0.5f + (rest >> 28)) * 0.25f;
            for (int eight = 0; eight < 4; eight++)
            {
                int row = IQ2Grids.ExtraExtraSmall[block[2 + 8 * part + eight]];
                Row(row, Signs.Of(rest >> 7 * eight), db, values.Slice(32 * part + 8 * eight, 8));
            }
        }
    }

    /// <summary>d, qs[32], scales[8]. Each 8 elements: nine bits of row, seven of signs; each 16 elements four bits of scale.</summary>
    public static void IQ2_XS(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0);
        for (int eight = 0; eight < 32; eight++)
        {
            int quant = UInt16(block, 2 + 2 * eight);
            float db = d * (0.5f + Nibble(block[66 + eight / 4], eight / 2 % 2)) * 0.25f;
            Row(IQ2Grids.ExtraSmall[quant & 511], Signs.Of((uint)quant >> 9), db, values.Slice(8 * eight, 8));
        }
    }

    /// <summary>d, qs[32], signs[32], qh[8], scales[8]. Each 8 elements: eight bits of row and two of qh.</summary>
    public static void IQ2_S(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0);
        for (int eight = 0; eight < 32; eight++)
        {
            int row = block[2 + eight] | (block[66 + eight / 4] >> 2 * (eight % 4) & 3) << 8;
            float db = d * (0.5f + Nibble(block[74 + eight / 4], eight / 2 % 2)) * 0.25f;
            Row(IQ2Grids.Small[row], block[34 + eight], db, values.Slice(8 * eight, 8));
        }
    }

    private static void Row(int packed, int signs, float db, Span<float> values)
    {
        for (int i = 0; i < 8; i++)
        {
            float value = db * IQ2Grids.Levels[packed >> 2 * i & 3];
            values[i] = (signs >> i & 1) != 0 ? -value : value;
        }
    }
}

/// <summary>Signs of eight elements in seven bits: the eighth makes the number of negative ones even.</summary>
internal static class Signs
{
    /// <summary>Eight bits, one for each negative element, from the lowest seven of a number.</summary>
    public static int Of(uint bits) => (int)(bits & 127) | (int.PopCount((int)(bits & 127)) & 1) << 7;
}
