using System.Text;
using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tests.Formats.SafeTensors;

public sealed class SafeTensorsWriterTests
{
    // Those of the valid files that lie as the reference writer lays files out: sorted, compact, padded to 8.
    [TestCase("bool-bytes-other")]
    [TestCase("duplicate-offsets-zero")]
    [TestCase("empty-object")]
    [TestCase("many-dims")]
    [TestCase("metadata-empty")]
    [TestCase("metadata-only")]
    [TestCase("model-00002-of-00003")]
    [TestCase("nul-in-name")]
    [TestCase("zero-size-only")]
    public void A_canonical_file_is_written_back_byte_for_byte(string name)
    {
        string path = SafeTensorsSamples.Valid(name + ".safetensors");
        byte[] original = File.ReadAllBytes(path);
        using IModel model = SafeTensorsFile.Open(path);

        Assert.That(Written(Tensors(model), SafeTensorsSamples.Read(original).Metadata), Is.EqualTo(original));
    }

    [TestCase("all-dtypes")]
    [TestCase("escaped-name")]
    [TestCase("unicode-names")]
    [TestCase("unaligned-data")]
    [TestCase("zero-size")]
    [TestCase("empty-names-many")]
    public void A_file_of_another_layout_is_written_with_the_same_tensors(string name)
    {
        using IModel model = SafeTensorsFile.Open(SafeTensorsSamples.Valid(name + ".safetensors"));
        using TemporaryFolder folder = new();
        string path = folder.File("written.safetensors");
        SafeTensorsFile.Write(path, Tensors(model));
        using IModel written = SafeTensorsFile.Open(path);

        Assert.That(Contents(written), Is.EqualTo(Contents(model)));
    }

    [Test]
    public void Writing_takes_no_memory_for_the_data()
    {
        using Tensor large = Tensor.Create(ElementType.Float32, [4096, 4096]);
        using TemporaryFolder folder = new();
        string path = folder.File("large.safetensors");
        long before = GC.GetAllocatedBytesForCurrentThread();
        SafeTensorsFile.Write(path, new Dictionary<string, Tensor> { ["x"] = large });

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1 << 20));
    }

    [Test]
    public void Tensors_are_laid_out_by_type_from_the_widest_on_and_then_by_name()
    {
        var tensors = SafeTensorsDtype.All.SelectMany(dtype => (string[])[$"b.{dtype}", $"a.{dtype}"])
            .ToDictionary(name => name, name => Tensor.Create(SafeTensorsDtype.All.Single(dtype => name[2..] == dtype.Name).ElementType, [4]));
        byte[] file = Written(tensors);

        Assert.That(SafeTensorsHeader.InDataOrder(SafeTensorsSamples.Read(file).Tensors).Select(entry => entry.Name), Is.EqualTo(new[]
        {
            "a.U64", "b.U64", "a.I64", "b.I64", "a.F64", "b.F64", "a.C64", "b.C64", "a.F32", "b.F32", "a.U32", "b.U32", "a.I32", "b.I32",
            "a.BF16", "b.BF16", "a.F16", "b.F16", "a.U16", "b.U16", "a.I16", "b.I16",
            "a.F8_E5M2FNUZ", "b.F8_E5M2FNUZ", "a.F8_E4M3FNUZ", "b.F8_E4M3FNUZ", "a.F8_E8M0", "b.F8_E8M0", "a.F8_E4M3", "b.F8_E4M3",
            "a.F8_E5M2", "b.F8_E5M2", "a.I8", "b.I8", "a.U8", "b.U8", "a.F6_E3M2", "b.F6_E3M2", "a.F6_E2M3", "b.F6_E2M3",
            "a.F4", "b.F4", "a.BOOL", "b.BOOL",
        }));
    }

    [Test]
    public void The_header_is_compact_json_with_metadata_first_padded_with_spaces()
    {
        using Tensor scalar = Tensor.Scalar(1.5f);
        using Tensor none = Tensor.Create(ElementType.UInt8, [3, 0]);
        using Tensor matrix = Tensor.FromSpan<Half>([(Half)1, (Half)2], [1, 2]);
        byte[] file = Written(
            new() { ["none"] = none, ["matrix"] = matrix, ["scalar"] = scalar },
            [new("z", "1"), new("a", "2")]);

        const string header = """
            {"__metadata__":{"z":"1","a":"2"},"scalar":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"matrix":{"dtype":"F16","shape":[1,2],"data_offsets":[4,8]},"none":{"dtype":"U8","shape":[3,0],"data_offsets":[8,8]}}
            """;
        string padded = header.PadRight((header.Length + 7) / 8 * 8);
        Assert.That(file, Is.EqualTo((byte[])[(byte)padded.Length, 0, 0, 0, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(padded), 0, 0, 0xc0, 0x3f, 0, 0x3c, 0, 0x40]));
    }

    [TestCase("\"\\", "\\\"\\\\")]
    [TestCase("\b\t\n\f\r", "\\b\\t\\n\\f\\r")]
    [TestCase("\u0000\u000b\u001b\u001f", "\\u0000\\u000b\\u001b\\u001f")]
    [TestCase("/<>&'+\u007f\u00a0\u2028é日😀", "/<>&'+\u007f\u00a0\u2028é日😀")]
    public void Names_are_escaped_no_more_than_the_reference_does(string name, string escaped)
    {
        using Tensor tensor = Tensor.Scalar(0f);
        string header = Encoding.UTF8.GetString(Written(new() { [name] = tensor }).AsSpan(8));

        Assert.That(header, Does.StartWith($"{{\"{escaped}\":{{\"dtype\""));
    }

    [Test]
    public void Names_are_sorted_by_their_utf8_bytes()
    {
        // As UTF-16 the surrogates of U+1F600 sort before U+FF21, as UTF-8 after it.
        using Tensor tensor = Tensor.Scalar(0f);
        byte[] file = Written(new() { ["\U0001f600"] = tensor, ["\uff21"] = tensor });

        Assert.That(SafeTensorsSamples.Read(file).Tensors.Single(entry => entry.Start == 0).Name, Is.EqualTo("\uff21"));
    }

    [Test]
    public void A_view_with_strides_is_written_in_row_major_order()
    {
        using Tensor<byte> tensor = Tensor.FromSpan<byte>([1, 2, 3, 4, 5, 6], [2, 3]);
        using Tensor turned = tensor.Transpose(1, 0);

        Assert.That(Written(new() { ["x"] = turned })[^6..], Is.EqualTo(new byte[] { 1, 4, 2, 5, 3, 6 }));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Windows does not replace a mapped file.")]
    public void A_file_that_is_still_mapped_can_be_replaced_and_keeps_its_old_values_for_its_readers()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("x.safetensors");
        using Tensor old = Tensor.Scalar(1f), replacement = Tensor.Scalar(2f);
        SafeTensorsFile.Write(path, new Dictionary<string, Tensor> { ["x"] = old });
        using IModel model = SafeTensorsFile.Open(path);
        SafeTensorsFile.Write(path, new Dictionary<string, Tensor> { ["x"] = replacement });
        using IModel replaced = SafeTensorsFile.Open(path);

        Assert.That((Value(model), Value(replaced)), Is.EqualTo((1f, 2f)));
    }

    [Test]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.safetensors", [1, 2, 3]);
        Tensor disposed = Tensor.Scalar(1f);
        disposed.Dispose();

        Assert.Multiple(() =>
        {
            Assert.That(() => SafeTensorsFile.Write(path, new Dictionary<string, Tensor> { ["x"] = disposed }), Throws.InstanceOf<ObjectDisposedException>());
            Assert.That(Directory.GetFiles(folder.Path), Is.EqualTo(new[] { path }));
            Assert.That(File.ReadAllBytes(path), Is.EqualTo(new byte[] { 1, 2, 3 }));
        });
    }

    [Test]
    public void The_name_of_the_metadata_is_refused_for_a_tensor()
    {
        using Tensor tensor = Tensor.Scalar(0f);

        Assert.That(() => Written(new() { ["__metadata__"] = tensor }), Throws.ArgumentException);
    }

    [Test]
    public void Half_of_a_surrogate_pair_is_refused_in_a_name()
    {
        using Tensor tensor = Tensor.Scalar(0f);

        Assert.That(() => Written(new() { ["\ud800"] = tensor }), Throws.ArgumentException);
    }

    [Test]
    public void A_name_given_twice_is_refused_whatever_the_types()
    {
        using Tensor wide = Tensor.Scalar(0d), narrow = Tensor.Scalar(0f);

        Assert.That(() => SafeTensorsFile.Write(Stream.Null, [new("x", wide), new("x", narrow)]), Throws.ArgumentException);
    }

    [Test]
    public void A_metadata_key_given_twice_is_refused()
    {
        Assert.That(() => SafeTensorsFile.Write(Stream.Null, [], [new("k", "1"), new("k", "2")]), Throws.ArgumentException);
    }

    [Test]
    public void An_element_type_that_the_format_lacks_is_refused_by_name()
    {
        using Tensor tensor = Tensor.Create(ElementType.Int4, [2]);

        Assert.That(() => Written(new() { ["x"] = tensor }), Throws.ArgumentException.With.Message.Contains("i4"));
    }

    [Test]
    public void Packed_elements_that_do_not_fill_whole_bytes_are_refused()
    {
        using Tensor tensor = Tensor.Create(ElementType.Float4E2M1, [3]);

        Assert.That(() => Written(new() { ["x"] = tensor }), Throws.ArgumentException);
    }

    private static string[] Contents(IModel model) =>
        [.. Tensors(model).Select(pair => $"{pair.Key} {pair.Value} {Convert.ToHexString(pair.Value.AsBytes())}")];

    private static float Value(IModel model)
    {
        using Tensor tensor = model.Tensors["x"].Read();
        return tensor.As<float>()[[]];
    }

    private static Dictionary<string, Tensor> Tensors(IModel model) => model.Tensors.ToDictionary(pair => pair.Key, pair => pair.Value.Read());

    private static byte[] Written(Dictionary<string, Tensor> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        using MemoryStream stream = new();
        SafeTensorsFile.Write(stream, tensors, metadata);
        return stream.ToArray();
    }
}
