using System.Runtime.InteropServices;
using System.Text.Json;
using TensorLogic.Formats.Gguf;
using TensorLogic.Formats.Gguf.Blocks;
using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tests.Formats.Gguf;

/// <summary>GGUF files against the reference implementation's data.</summary>
public sealed class GgufFileTests
{
    private static IEnumerable<TestCaseData> Types()
    {
        using JsonDocument index = JsonDocument.Parse(File.ReadAllBytes(TestData.Path("gguf", "quant-types", "index.json")));
        foreach (JsonElement type in index.RootElement.GetProperty("types").EnumerateArray())
            if (GgufType.Find(type.GetProperty("type_id").GetUInt32()) is { } known && (known.Plain is not null || BlockDecoders.Find(known) is not null))
                yield return new TestCaseData(type.GetProperty("file").GetString(), type.GetProperty("f32_file").GetString());
    }

    [TestCaseSource(nameof(Types))]
    public void A_type_decodes_to_the_bits_of_the_reference(string file, string reference)
    {
        using GgufModel model = GgufModel.Open(TestData.Path("gguf", "quant-types", file), LoadLimits.Default);
        using Tensor weight = model.Tensors["weight"].Read(), singles = weight.To(ElementType.Float32);

        Assert.That(singles.AsBytes().ToArray(), Is.EqualTo(File.ReadAllBytes(TestData.Path("gguf", "quant-types", reference))));
    }

    private static IEnumerable<TestCaseData> Malformed()
    {
        using JsonDocument index = JsonDocument.Parse(File.ReadAllBytes(TestData.Path("gguf", "malformed", "expected.json")));
        foreach (JsonElement file in index.RootElement.GetProperty("files").EnumerateArray())
            yield return new TestCaseData(file.GetProperty("file").GetString(), file.GetProperty("expected").GetString());
    }

    [TestCaseSource(nameof(Malformed))]
    public void A_malformed_file_is_refused_with_one_clear_error(string file, string expected)
    {
        void Open()
        {
            using GgufModel model = GgufModel.Open(TestData.Path("gguf", "malformed", file), LoadLimits.Default);
            foreach (ModelTensor tensor in model.Tensors.Values)
            {
                using Tensor read = tensor.Read();
            }
        }
        if (expected == "reject") Assert.That(Open, Throws.InstanceOf<TensorLogicException>());
        else
        {
            // What the text of the format forbids or leaves open may be read or refused, but never otherwise than by an ordinary error.
            try
            {
                Open();
            }
            catch (TensorLogicException refused)
            {
                Assert.That(refused.Message, Is.Not.Empty);
            }
        }
    }

    private static IEnumerable<string> Valid() => Directory.GetFiles(TestData.Path("gguf", "valid"), "*.gguf").Select(file => Path.GetFileName(file)).Order();

    [TestCaseSource(nameof(Valid))]
    public void A_file_of_the_reference_writer_opens_and_its_tensors_can_be_read(string file)
    {
        using GgufModel model = GgufModel.Open(TestData.Path("gguf", "valid", file), LoadLimits.Default);
        foreach (ModelTensor tensor in model.Tensors.Values)
        {
            using Tensor read = tensor.Read();
            Assert.That(read.Shape.Select(size => (long)size), Is.EqualTo(tensor.Dimensions));
        }
    }

    [Test]
    public void The_digits_tensors_are_those_of_the_SafeTensors_file()
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().Build();
        using IModel gguf = runtime.LoadModel(TestData.Path("digits", "digits.gguf")), safe = SafeTensorsFile.Open(TestData.Path("digits", "digits.safetensors"));

        Assert.That($"{gguf.Metadata.Format} {gguf.Metadata.Quantization} {gguf.Metadata.Kind} {gguf.Metadata.SpecificationVersion}", Is.EqualTo("GGUF F16 digits 3"));
        foreach ((string name, ModelTensor tensor) in gguf.Tensors)
        {
            using Tensor expected = safe.Tensors[name].Read(), rounded = expected.To(tensor.ElementType), actual = tensor.Read();
            Assert.That(actual.AsBytes().ToArray(), Is.EqualTo(rounded.AsBytes().ToArray()), name);
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Both_byte_orders_and_version_1_are_read(bool bigEndian)
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "small.gguf");
        File.WriteAllBytes(path, Small(bigEndian, bigEndian ? 3u : 1u));

        using GgufModel model = GgufModel.Open(path, LoadLimits.Default);
        using Tensor tensor = model.Tensors["t"].Read();

        Assert.That(tensor.As<float>().ToArray(), Is.EqualTo(new[] { 1f, 2.5f }));
        Assert.That(model.Metadata.UserDefined["n"], Is.EqualTo(7L));
    }

    private static byte[] Small(bool big, uint version)
    {
        using MemoryStream stream = new();
        void Number(ReadOnlySpan<byte> little)
        {
            byte[] bytes = little.ToArray();
            if (big) Array.Reverse(bytes);
            stream.Write(bytes);
        }
        void UInt(uint value) => Number(MemoryMarshal.AsBytes([value]));
        void ULong(ulong value) => Number(MemoryMarshal.AsBytes([value]));
        void Length(uint value)
        {
            if (version == 1) UInt(value);
            else ULong(value);
        }
        stream.Write("GGUF"u8);
        UInt(version);
        Length(1);
        Length(1);
        Length(1);
        stream.Write("n"u8);
        UInt(4);
        UInt(7);
        Length(1);
        stream.Write("t"u8);
        UInt(1);
        Length(2);
        UInt(0);
        ULong(0);
        while (stream.Length % 32 != 0) stream.WriteByte(0);
        Number(MemoryMarshal.AsBytes([1f]));
        Number(MemoryMarshal.AsBytes([2.5f]));
        return stream.ToArray();
    }
}
