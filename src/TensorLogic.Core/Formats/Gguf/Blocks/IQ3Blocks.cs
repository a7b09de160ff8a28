using static TensorLogic.Formats.Gguf.Blocks.BlockFields;

namespace TensorLogic.Formats.Gguf.Blocks;

/// <summary>Blocks of 256 elements, four of which share a row of magnitudes of <see cref="IQ3Grids"/>, and eight a byte of signs.</summary>
internal static class IQ3Blocks
{
    /// <summary>d, qs[64], then for each 32 elements four times seven bits of signs and four bits of scale.</summary>
    public static void IQ3_XXS(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0);
        for (int four = 0; four < 64; four++)
        {
            int part = four / 8, eight = four / 2 % 4;
            uint rest = UInt32(block, 66 + 4 * part);
            float db = d * (0.5f + (rest >> 28)) * 0.5f;
            int signs = Signs.Of(rest >> 7 * eight) >> 4 * (four % 2);
            Row(IQ3Grids.ExtraExtraSmall[block[2 + four]], IQ3Grids.ExtraExtraSmallLevels, signs, db, values.Slice(4 * four, 4));
        }
    }

    /// <summary>d, qs[64], qh[8], signs[32], scales[4]. Each 4 elements: eight bits of row and one of qh; each 32 four bits of scale.</summary>
    public static void IQ3_S(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Half(block, 0);
        for (int four = 0; four < 64; four++)
        {
            int part = four / 8;
            float db = d * (1 + 2 * Nibble(block[106 + part / 2], part % 2));
            int row = block[2 + four] | (block[66 + part] >> four % 8 & 1) << 8, signs = block[74 + four / 2] >> 4 * (four % 2);
            Row(IQ3Grids.Small[row], IQ3Grids.SmallLevels, signs, db, values.Slice(4 * four, 4));
        }
    }

    private static void Row(int packed, ReadOnlySpan<byte> levels, int signs, float db, Span<float> values)
    {
        for (int i = 0; i < 4; i++)
        {
            float value = db * levels[packed >> 3 * i & 7];
            values[i] = (signs >> i & 1) != 0 ? -value : value;
        }
    }
}
