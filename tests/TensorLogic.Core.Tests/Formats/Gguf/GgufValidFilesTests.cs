using System.Collections;
using System.Globalization;
using System.Text.Json;
using TensorLogic.Formats.Gguf;

namespace TensorLogic.Tests.Formats.Gguf;

/// <summary>Files that a reader should open, against what their writer put in.</summary>
public sealed class GgufValidFilesTests
{
    private static IEnumerable<TestCaseData> Files() => Described(_ => true);

    private static IEnumerable<TestCaseData> FilesWithTensors() => Described(file => file.GetProperty("data_offset").ValueKind == JsonValueKind.Number);

    private static IEnumerable<TestCaseData> LittleEndianFiles() => Described(file => file.GetProperty("endian").GetString() == "little");

    private static IEnumerable<TestCaseData> Described(Func<JsonElement, bool> wanted) => GgufSamples.List("valid", "expected.json", "files").Where(wanted)
        .Select(file => new TestCaseData(file).SetArgDisplayNames(file.GetProperty("file").GetString()!));

    [TestCaseSource(nameof(Files))]
    public void Every_pair_has_its_type_and_value(JsonElement file)
    {
        using GgufPart part = Open(file);

        Assert.That(part.Header.Metadata.Select(pair => $"{pair.Key} {Told(pair.Value)}"),
            Is.EqualTo(file.GetProperty("metadata").EnumerateArray().Select(pair => $"{pair.GetProperty("key").GetString()} {Told(pair.GetProperty("type").GetString()!, pair.GetProperty("value"))}")));
    }

    [TestCaseSource(nameof(Files))]
    public void Version_and_byte_order_are_those_of_the_file(JsonElement file)
    {
        using GgufPart part = Open(file);

        Assert.That((part.Header.Version, part.Header.IsBigEndian ? "big" : "little"), Is.EqualTo((file.GetProperty("version").GetInt32(), file.GetProperty("endian").GetString())));
    }

    [TestCaseSource(nameof(Files))]
    public void The_directory_says_where_each_tensor_lies(JsonElement file)
    {
        using GgufPart part = Open(file);
        byte[] bytes = File.ReadAllBytes(part.Path);

        Assert.That(part.Header.Tensors.Select(entry => $"{entry.Name} {entry.Type.Id} [{string.Join(", ", entry.Dimensions.Reverse())}] {entry.Offset} {Digest(entry)}"),
            Is.EqualTo(file.GetProperty("tensors").EnumerateArray().Select(entry =>
                $"{entry.GetProperty("name").GetString()} {entry.GetProperty("type_id")} [{string.Join(", ", entry.GetProperty("shape_ne").EnumerateArray())}] {entry.GetProperty("offset")} {entry.GetProperty("sha256").GetString()}")));

        string Digest(GgufEntry entry) => GgufSamples.Digest(entry.ByteCount == 0 ? [] : bytes.AsSpan((int)part.Header.DataStart + (int)entry.Offset, (int)entry.ByteCount));
    }

    [TestCaseSource(nameof(FilesWithTensors))]
    public void The_data_begin_where_the_file_has_them(JsonElement file)
    {
        using GgufPart part = Open(file);

        Assert.That(part.Header.DataStart, Is.EqualTo(file.GetProperty("data_offset").GetInt64()));
    }

    [TestCaseSource(nameof(LittleEndianFiles))]
    public void The_stored_bytes_of_a_little_endian_file_are_those_of_its_tensors(JsonElement file)
    {
        using GgufPart part = Open(file);

        Assert.That(part.Header.Tensors.Select(entry => $"{entry.Name} {entry.ByteCount} {Digest(part.Describe(entry))}"),
            Is.EqualTo(file.GetProperty("tensors").EnumerateArray().Select(entry => $"{entry.GetProperty("name").GetString()} {entry.GetProperty("bytes")} {entry.GetProperty("sha256").GetString()}")));

        static string Digest(ModelTensor tensor)
        {
            using Tensor stored = tensor.ReadStored!();
            return GgufSamples.Digest(stored.AsBytes());
        }
    }

    [TestCaseSource(nameof(Files))]
    public void Every_tensor_can_be_read(JsonElement file)
    {
        using IModel model = GgufFile.Open(GgufSamples.Path("valid", file.GetProperty("file").GetString()!));
        foreach (ModelTensor tensor in model.Tensors.Values)
        {
            using Tensor read = tensor.Read();
            Assert.That(read.Shape.Select(size => (long)size), Is.EqualTo(tensor.Dimensions), tensor.Name);
        }
    }

    [Test]
    public void A_block_of_a_big_endian_file_has_the_values_of_its_little_endian_twin()
    {
        using IModel big = GgufFile.Open(GgufSamples.Path("valid", "v3-big-endian.gguf")), little = GgufFile.Open(GgufSamples.Path("valid", "v3-q4_0-tiny.gguf"));
        using Tensor expected = little.Tensors.Values.Single().Read(), actual = big.Tensors["d.q4_0"].Read();

        Assert.That(actual.AsBytes()[..(32 * sizeof(float))].ToArray(), Is.EqualTo(expected.AsBytes().ToArray()));
    }

    [Test]
    public void The_digits_tensors_are_those_of_the_SafeTensors_file()
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().Build();
        using IModel gguf = runtime.LoadModel(TestData.Path("digits", "digits.gguf")), safe = runtime.LoadModel(TestData.Path("digits", "digits.safetensors"));

        Assert.That($"{gguf.Metadata.Format} {gguf.Metadata.Quantization} {gguf.Metadata.Kind} {gguf.Metadata.SpecificationVersion}", Is.EqualTo("GGUF F16 digits 3"));
        Assert.That(gguf.Tensors.Keys, Is.EquivalentTo(safe.Tensors.Keys.Where(name => !name.EndsWith(".num_batches_tracked", StringComparison.Ordinal))), "Training's counters are left out.");
        foreach ((string name, ModelTensor tensor) in gguf.Tensors)
        {
            using Tensor expected = safe.Tensors[name].Read(), rounded = expected.To(tensor.ElementType), actual = tensor.Read();
            Assert.That(actual.AsBytes().ToArray(), Is.EqualTo(rounded.AsBytes().ToArray()), name);
        }
    }

    private static GgufPart Open(JsonElement file) => GgufPart.Open(GgufSamples.Path("valid", file.GetProperty("file").GetString()!), LoadLimits.Default);

    private static string Told(object value) => value switch
    {
        byte number => $"u8 {number}",
        sbyte number => $"i8 {number}",
        ushort number => $"u16 {number}",
        short number => $"i16 {number}",
        uint number => $"u32 {number}",
        int number => $"i32 {number}",
        float number => $"f32 {BitConverter.SingleToUInt32Bits(number):x8}",
        bool truth => $"bool {truth}",
        string text => $"str {text}",
        ulong number => $"u64 {number}",
        long number => $"i64 {number}",
        double number => $"f64 {BitConverter.DoubleToUInt64Bits(number):x16}",
        IEnumerable items => $"arr {GgufValueTypes.OfItems(GgufValueTypes.Of(value).Items!)} [{string.Join("; ", items.Cast<object>().Select(Told))}]",
        _ => value.GetType().Name,
    };

    private static string Told(string type, JsonElement value) => type switch
    {
        "f32" or "f64" => $"{type} {value.GetProperty("bits").GetString()}",
        "str" => $"str {value.GetString()}",
        "arr" => $"arr {Clr(value.GetProperty("element_type").GetString()!)} [{string.Join("; ", value.GetProperty("values").EnumerateArray().Select(item => Told(value.GetProperty("element_type").GetString()!, item)))}]",
        _ => string.Create(CultureInfo.InvariantCulture, $"{type} {value}"),
    };

    private static GgufValueType Clr(string type) => type switch
    {
        "u8" => GgufValueType.UInt8,
        "i8" => GgufValueType.Int8,
        "u16" => GgufValueType.UInt16,
        "i16" => GgufValueType.Int16,
        "u32" => GgufValueType.UInt32,
        "i32" => GgufValueType.Int32,
        "f32" => GgufValueType.Float32,
        "bool" => GgufValueType.Bool,
        "str" => GgufValueType.String,
        "arr" => GgufValueType.Array,
        "u64" => GgufValueType.UInt64,
        "i64" => GgufValueType.Int64,
        _ => GgufValueType.Float64,
    };
}
