namespace TensorLogic.Formats.Gguf.Blocks;

/// <summary>Decodes one block: its bytes to its elements, in f32 arithmetic and the reference's order of operations.</summary>
internal delegate void BlockDecoder(ReadOnlySpan<byte> block, Span<float> values);

/// <summary>Decoders by type.</summary>
internal static class BlockDecoders
{
    private static readonly Dictionary<string, BlockDecoder> s_decoders = new(StringComparer.Ordinal)
    {
        ["Q4_0"] = SimpleBlocks.Q4_0, ["Q4_1"] = SimpleBlocks.Q4_1, ["Q5_0"] = SimpleBlocks.Q5_0, ["Q5_1"] = SimpleBlocks.Q5_1, ["Q8_0"] = SimpleBlocks.Q8_0, ["Q8_1"] = SimpleBlocks.Q8_1,
        ["Q1_0"] = SimpleBlocks.Q1_0, ["Q2_0"] = SimpleBlocks.Q2_0, ["IQ4_NL"] = SimpleBlocks.IQ4_NL,
        ["Q2_K"] = SuperBlocks.Q2_K, ["Q3_K"] = SuperBlocks.Q3_K, ["Q4_K"] = SuperBlocks.Q4_K, ["Q5_K"] = SuperBlocks.Q5_K, ["Q6_K"] = SuperBlocks.Q6_K, ["Q8_K"] = SuperBlocks.Q8_K,
        ["TQ2_0"] = SuperBlocks.TQ2_0, ["IQ4_XS"] = SuperBlocks.IQ4_XS,
    };

    /// <summary>The decoder of a type, or null.</summary>
    public static BlockDecoder? Find(GgufType type) => s_decoders.GetValueOrDefault(type.Name);

    // 16-bit fields of a block; everything else in these types is bytes.
    private static readonly Dictionary<string, int[]> s_words = new(StringComparer.Ordinal)
    {
        ["Q4_0"] = [0], ["Q4_1"] = [0, 2], ["Q5_0"] = [0], ["Q5_1"] = [0, 2], ["Q8_0"] = [0], ["Q8_1"] = [0, 2], ["Q1_0"] = [0], ["Q2_0"] = [0], ["IQ4_NL"] = [0],
        ["Q2_K"] = [80, 82], ["Q3_K"] = [108], ["Q4_K"] = [0, 2], ["Q5_K"] = [0, 2], ["Q6_K"] = [208], ["TQ2_0"] = [64], ["IQ4_XS"] = [0, 2],
    };

    /// <summary>As <see cref="Find"/>, for blocks whose numbers have their highest byte first.</summary>
    public static BlockDecoder? FindBigEndian(GgufType type)
    {
        if (Find(type) is not { } decode || !s_words.TryGetValue(type.Name, out int[]? words)) return null;
        return (block, values) =>
        {
            Span<byte> turned = stackalloc byte[block.Length];
            block.CopyTo(turned);
            foreach (int at in words) turned.Slice(at, 2).Reverse();
            decode(turned, values);
        };
    }
}
