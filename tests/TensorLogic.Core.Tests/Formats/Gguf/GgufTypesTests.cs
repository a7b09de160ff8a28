using System.Runtime.InteropServices;
using System.Text.Json;
using TensorLogic.Formats.Gguf;

namespace TensorLogic.Tests.Formats.Gguf;

/// <summary>Tensor types, against what ggml decodes.</summary>
public sealed class GgufTypesTests
{
    private static IEnumerable<TestCaseData> Types() => GgufSamples.List("quant-types", "index.json", "types").Select(type => new TestCaseData(type).SetArgDisplayNames(type.GetProperty("name").GetString()!));

    private static IEnumerable<TestCaseData> Random() => GgufSamples.List("quant-types", "index.json", "raw").Select(type => new TestCaseData(type).SetArgDisplayNames(type.GetProperty("name").GetString()!));

    [Test]
    public void Every_type_of_the_reference_is_known()
    {
        IEnumerable<string> known = GgufType.All.Select(type => $"{type.Id} {type.Name} {type.BlockElements} {type.BlockBytes}").Order();
        IEnumerable<string> expected = GgufSamples.List("quant-types", "index.json", "types")
            .Select(type => $"{type.GetProperty("type_id")} {type.GetProperty("name")} {type.GetProperty("block_size")} {type.GetProperty("bytes_per_block")}").Order();

        Assert.That(known, Is.EqualTo(expected));
    }

    [TestCaseSource(nameof(Types))]
    public void A_type_decodes_to_the_bits_of_the_reference(JsonElement type)
    {
        using IModel model = GgufFile.Open(GgufSamples.Path("quant-types", type.GetProperty("file").GetString()!));
        using Tensor weight = model.Tensors["weight"].Read(), singles = weight.To(ElementType.Float32);

        Assert.That(singles.AsBytes().ToArray(), Is.EqualTo(File.ReadAllBytes(GgufSamples.Path("quant-types", type.GetProperty("f32_file").GetString()!))));
    }

    [TestCaseSource(nameof(Random))]
    public void Random_bits_decode_to_the_bits_of_the_reference(JsonElement type)
    {
        using IModel model = GgufFile.Open(GgufSamples.Path("quant-types", type.GetProperty("file").GetString()!));
        using Tensor weight = model.Tensors.Values.Single().Read();
        byte[] bytes = weight.AsBytes().ToArray();
        int eightRows = 8 * 256 * sizeof(float);

        Assert.That(bytes.Chunk(eightRows).Select(rows => GgufSamples.Digest(rows)[..16]),
            Is.EqualTo(type.GetProperty("f32_sha256_prefix_per_8_rows").EnumerateArray().Select(digest => digest.GetString())));
        Assert.That(GgufSamples.Digest(bytes), Is.EqualTo(type.GetProperty("f32_sha256").GetString()));
    }

    [TestCaseSource(nameof(Types))]
    public void Blocks_of_the_other_byte_order_decode_to_the_same(JsonElement type)
    {
        GgufType known = GgufType.Find(type.GetProperty("type_id").GetUInt32())!;
        using TemporaryFolder folder = new();
        string little = GgufSamples.Path("quant-types", type.GetProperty("file").GetString()!), big = folder.Write("big.gguf", BigEndian(little, known));
        using IModel fromLittle = GgufFile.Open(little), fromBig = GgufFile.Open(big);
        using Tensor expected = fromLittle.Tensors["weight"].Read(), actual = fromBig.Tensors["weight"].Read();

        Assert.That(actual.AsBytes().ToArray(), Is.EqualTo(expected.AsBytes().ToArray()));
    }

    /// <summary>The sample's one tensor in a file of the other byte order, written out here from the format text.</summary>
    private static byte[] BigEndian(string file, GgufType type)
    {
        byte[] bytes = File.ReadAllBytes(file);
        int count = 8 * 512 / type.BlockElements * type.BlockBytes;
        byte[] data = bytes[^((count + 31) / 32 * 32)..][..count];
        // Halves and words inside a block, by the layouts in ggml's headers.
        (int Start, int Size, int Count)[] numbers = type.Name switch
        {
            "F32" or "I32" => [(0, 4, 1)],
            "F16" or "BF16" or "I16" => [(0, 2, 1)],
            "F64" or "I64" => [(0, 8, 1)],
            "Q4_1" or "Q5_1" or "Q8_1" or "Q4_K" or "Q5_K" or "IQ4_XS" => [(0, 2, 2)],
            "Q2_K" => [(80, 2, 2)],
            "Q3_K" => [(108, 2, 1)],
            "Q6_K" => [(208, 2, 1)],
            "Q8_K" => [(0, 4, 1), (260, 2, 16)],
            "TQ1_0" => [(52, 2, 1)],
            "TQ2_0" => [(64, 2, 1)],
            "IQ1_S" => [(0, 2, 1), (34, 2, 8)],
            "IQ1_M" => [(48, 2, 4)],
            "IQ2_XXS" or "IQ2_XS" => [(0, 2, 33)],
            "I8" or "MXFP4" or "NVFP4" => [],
            _ => [(0, 2, 1)],
        };
        for (int block = 0; block < count; block += type.BlockBytes)
            foreach ((int start, int size, int many) in numbers)
                for (int i = 0; i < many; i++) data.AsSpan(block + start + i * size, size).Reverse();
        using MemoryStream stream = new();
        stream.Write("GGUF"u8);
        Number(3u);
        Number(1UL);
        Number(0UL);
        Number(6UL);
        stream.Write("weight"u8);
        Number(2u);
        Number(512UL);
        Number(8UL);
        Number(type.Id);
        Number(0UL);
        while (stream.Length % 32 != 0) stream.WriteByte(0);
        stream.Write(data);
        return stream.ToArray();

        void Number<T>(T value) where T : unmanaged
        {
            byte[] turned = MemoryMarshal.AsBytes([value]).ToArray();
            Array.Reverse(turned);
            stream.Write(turned);
        }
    }
}
