using System.Collections.Frozen;
using TensorLogic.Formats.Gguf.Blocks;

namespace TensorLogic.Formats.Gguf;

/// <summary>How the elements of a tensor are stored. Source of sizes and layouts: ggml's type table.</summary>
internal sealed class GgufType
{
    private static readonly BlockNumbers[] s_scale = [new(0, 2)], s_scaleAndNext = [new(0, 2, 2)];

    /// <summary>Every type, plain ones first.</summary>
    public static IReadOnlyList<GgufType> All { get; } =
    [
        new(0, "F32", ElementType.Float32),
        new(1, "F16", ElementType.Float16),
        new(24, "I8", ElementType.Int8),
        new(25, "I16", ElementType.Int16),
        new(26, "I32", ElementType.Int32),
        new(27, "I64", ElementType.Int64),
        new(28, "F64", ElementType.Float64),
        new(30, "BF16", ElementType.BFloat16),
        new(2, "Q4_0", 32, 18, PlainBlocks.Q4_0, s_scale),
        new(3, "Q4_1", 32, 20, PlainBlocks.Q4_1, s_scaleAndNext),
        new(6, "Q5_0", 32, 22, PlainBlocks.Q5_0, s_scale),
        new(7, "Q5_1", 32, 24, PlainBlocks.Q5_1, s_scaleAndNext),
        new(8, "Q8_0", 32, 34, PlainBlocks.Q8_0, s_scale),
        new(9, "Q8_1", 32, 36, PlainBlocks.Q8_1, s_scaleAndNext),
        new(41, "Q1_0", 128, 18, PlainBlocks.Q1_0, s_scale),
        new(42, "Q2_0", 64, 18, PlainBlocks.Q2_0, s_scale),
        new(10, "Q2_K", 256, 84, KBlocks.Q2_K, [new(80, 2, 2)]),
        new(11, "Q3_K", 256, 110, KBlocks.Q3_K, [new(108, 2)]),
        new(12, "Q4_K", 256, 144, KBlocks.Q4_K, s_scaleAndNext),
        new(13, "Q5_K", 256, 176, KBlocks.Q5_K, s_scaleAndNext),
        new(14, "Q6_K", 256, 210, KBlocks.Q6_K, [new(208, 2)]),
        new(15, "Q8_K", 256, 292, KBlocks.Q8_K, [new(0, 4), new(260, 2, 16)]),
        new(34, "TQ1_0", 256, 54, TernaryBlocks.TQ1_0, [new(52, 2)]),
        new(35, "TQ2_0", 256, 66, TernaryBlocks.TQ2_0, [new(64, 2)]),
        new(20, "IQ4_NL", 32, 18, NonLinearBlocks.IQ4_NL, s_scale),
        new(23, "IQ4_XS", 256, 136, NonLinearBlocks.IQ4_XS, s_scaleAndNext),
        new(39, "MXFP4", 32, 17, NonLinearBlocks.MXFP4, []),
        new(40, "NVFP4", 64, 36, NonLinearBlocks.NVFP4, []),
        new(19, "IQ1_S", 256, 50, IQ1Blocks.IQ1_S, [new(0, 2), new(34, 2, 8)]),
        new(29, "IQ1_M", 256, 56, IQ1Blocks.IQ1_M, [new(48, 2, 4)]),
        new(16, "IQ2_XXS", 256, 66, IQ2Blocks.IQ2_XXS, [new(0, 2, 33)]),
        new(17, "IQ2_XS", 256, 74, IQ2Blocks.IQ2_XS, [new(0, 2, 33)]),
        new(22, "IQ2_S", 256, 82, IQ2Blocks.IQ2_S, s_scale),
        new(18, "IQ3_XXS", 256, 98, IQ3Blocks.IQ3_XXS, s_scale),
        new(21, "IQ3_S", 256, 110, IQ3Blocks.IQ3_S, s_scale),
    ];

    private static readonly FrozenDictionary<uint, GgufType> s_byId = All.ToFrozenDictionary(type => type.Id);

    private GgufType(uint id, string name, ElementType plain)
    {
        (Id, Name, Plain, BlockElements, BlockBytes) = (id, name, plain, 1, plain.Bits / 8);
        Storage = Quantization.Of(plain);
    }

    private GgufType(uint id, string name, int elements, int bytes, BlockDecoder decode, BlockNumbers[] numbers)
    {
        (Id, Name, BlockElements, BlockBytes, Decode, Numbers) = (id, name, elements, bytes, decode, numbers);
        Storage = new(name);
    }

    /// <summary>Number in the file.</summary>
    public uint Id { get; }

    /// <summary>ggml's name: <c>F16</c>, <c>Q4_K</c>.</summary>
    public string Name { get; }

    /// <summary>How <c>model.metadata.quantization</c> spells it: blocks by their name, plain types as in any other format.</summary>
    public Quantization Storage { get; }

    /// <summary>Elements of a block; 1 for plain types.</summary>
    public int BlockElements { get; }

    /// <summary>Bytes of a block.</summary>
    public int BlockBytes { get; }

    /// <summary>Element type of a plain type; null for blocks.</summary>
    public ElementType? Plain { get; }

    /// <summary>Decodes a block; null for plain types.</summary>
    public BlockDecoder? Decode { get; }

    /// <summary>What big-endian files turn round in a block.</summary>
    public BlockNumbers[] Numbers { get; } = [];

    /// <summary>The type of a number, or null.</summary>
    public static GgufType? Find(uint id) => s_byId.GetValueOrDefault(id);

    /// <summary>The type that stores elements plainly, or null where the format has none.</summary>
    public static GgufType? Of(ElementType elementType) => All.FirstOrDefault(type => type.Plain == elementType);

    /// <summary>The type whose tensors are described so, or null.</summary>
    public static GgufType? Of(Quantization storage) => All.FirstOrDefault(type => type.Storage == storage);

    public override string ToString() => Name;
}
