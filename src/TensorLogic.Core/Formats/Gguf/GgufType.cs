using System.Collections.Frozen;

namespace TensorLogic.Formats.Gguf;

/// <summary>How the elements of a GGUF tensor are stored. Source: ggml's type table.</summary>
/// <param name="Id">Number in the file.</param>
/// <param name="Name">ggml's name, as <c>model.metadata.quantization</c> prints it.</param>
/// <param name="BlockElements">Elements of a block; 1 for plain types.</param>
/// <param name="BlockBytes">Bytes of a block.</param>
/// <param name="Plain">Element type of a plain type; null for blocks.</param>
internal sealed record GgufType(uint Id, string Name, int BlockElements, int BlockBytes, ElementType? Plain = null)
{
    private static readonly FrozenDictionary<uint, GgufType> s_byId = new GgufType[]
    {
        new(0, "F32", 1, 4, ElementType.Float32), new(1, "F16", 1, 2, ElementType.Float16), new(30, "BF16", 1, 2, ElementType.BFloat16), new(28, "F64", 1, 8, ElementType.Float64),
        new(24, "Int8", 1, 1, ElementType.Int8), new(25, "Int16", 1, 2, ElementType.Int16), new(26, "Int32", 1, 4, ElementType.Int32), new(27, "Int64", 1, 8, ElementType.Int64),
        new(2, "Q4_0", 32, 18), new(3, "Q4_1", 32, 20), new(6, "Q5_0", 32, 22), new(7, "Q5_1", 32, 24), new(8, "Q8_0", 32, 34), new(9, "Q8_1", 32, 36),
        new(10, "Q2_K", 256, 84), new(11, "Q3_K", 256, 110), new(12, "Q4_K", 256, 144), new(13, "Q5_K", 256, 176), new(14, "Q6_K", 256, 210), new(15, "Q8_K", 256, 292),
        new(16, "IQ2_XXS", 256, 66), new(17, "IQ2_XS", 256, 74), new(18, "IQ3_XXS", 256, 98), new(19, "IQ1_S", 256, 50), new(20, "IQ4_NL", 32, 18), new(21, "IQ3_S", 256, 110),
        new(22, "IQ2_S", 256, 82), new(23, "IQ4_XS", 256, 136), new(29, "IQ1_M", 256, 56), new(34, "TQ1_0", 256, 54), new(35, "TQ2_0", 256, 66), new(39, "MXFP4", 32, 17),
        new(40, "NVFP4", 64, 36), new(41, "Q1_0", 128, 18), new(42, "Q2_0", 64, 18),
    }.ToFrozenDictionary(type => type.Id);

    /// <summary>The type of a number, or null.</summary>
    public static GgufType? Find(uint id) => s_byId.GetValueOrDefault(id);
}
