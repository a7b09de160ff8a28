using System.Collections.Immutable;
using TensorLogic.Formats.Gguf;

namespace TensorLogic.Tests.Formats.Gguf;

/// <summary>What is written can be read, by us and by the reference.</summary>
public sealed class GgufWriterTests
{
    private static IEnumerable<string> Files() => Directory.GetFiles(GgufSamples.Path("valid"), "*.gguf").Concat(Directory.GetFiles(GgufSamples.Path("quant-types"), "*.gguf", SearchOption.AllDirectories))
        .Select(path => Path.GetRelativePath(GgufSamples.Path(), path)).Order(StringComparer.Ordinal);

    // Laid out by the reference writer, without holes, spare bytes or an order of their own.
    private static IEnumerable<string> Canonical() => Files().Where(file => file.StartsWith("quant-types", StringComparison.Ordinal)).Concat(
        new[]
        {
            "v3-basic", "v3-q4_0-tiny", "v3-align1", "v3-align8", "v3-align16", "v3-align64", "v3-align256", "v3-align32-explicit-last-key", "kv-scalars", "kv-arrays",
            "kv-nested-arrays", "utf8", "dims", "zero-size", "name-63-bytes", "name-64-bytes", "key-1000-bytes", "many-tensors", "vocab-like", "no-metadata", "no-tensors", "empty",
        }.Select(name => Path.Combine("valid", name + ".gguf")));

    [TestCaseSource(nameof(Files))]
    public void A_copy_reads_like_its_original(string file)
    {
        using TemporaryFolder folder = new();
        using IModel original = GgufFile.Open(GgufSamples.Path(file));
        GgufFile.Copy(folder.File("copy.gguf"), original.Tensors.Values, original.Metadata.UserDefined);
        using IModel copy = GgufFile.Open(folder.File("copy.gguf"));

        Assert.That(copy.Metadata.UserDefined, Is.EqualTo(original.Metadata.UserDefined));
        Assert.That(copy.Tensors.Values.Select(tensor => tensor.ToString()), Is.EqualTo(original.Tensors.Values.Select(tensor => tensor.ToString())));
        foreach (ModelTensor tensor in original.Tensors.Values)
        {
            using Tensor expected = tensor.Read(), actual = copy.Tensors[tensor.Name].Read();
            Assert.That(actual.AsBytes().ToArray(), Is.EqualTo(expected.AsBytes().ToArray()), tensor.Name);
        }
    }

    [TestCaseSource(nameof(Canonical))]
    public void A_copy_of_a_file_of_the_reference_writer_is_the_same_to_the_byte(string file)
    {
        using TemporaryFolder folder = new();
        string path = GgufSamples.Path(file);
        using IModel original = GgufFile.Open(path);
        GgufFile.Copy(folder.File("copy.gguf"), original.Tensors.Values, original.Metadata.UserDefined);

        Assert.That(File.ReadAllBytes(folder.File("copy.gguf")), Is.EqualTo(File.ReadAllBytes(path)));
    }

    [Test]
    public void Tensors_from_memory_are_read_back()
    {
        using TemporaryFolder folder = new();
        using Tensor halves = Tensor.FromSpan<Half>([(Half)1, (Half)2, (Half)3, (Half)4, (Half)5, (Half)6], [2, 3]), turned = halves.Transpose(1, 0);
        GgufFile.Write(folder.File("m.gguf"), [new("straight", halves), new("turned", turned)]);
        using IModel model = GgufFile.Open(folder.File("m.gguf"));
        using Tensor read = model.Tensors["turned"].Read();

        Assert.That(model.Tensors.Values.Select(tensor => tensor.ToString()), Is.EqualTo(new[] { "straight: F16 [2, 3]", "turned: F16 [3, 2]" }));
        Assert.That(read.As<Half>().ToArray(), Is.EqualTo(new[] { (Half)1, (Half)4, (Half)2, (Half)5, (Half)3, (Half)6 }));
    }

    private static readonly object[] s_lists = [new byte[] { 1 }, new sbyte[] { -1 }, new[] { 1u, 2u }, new[] { -1 }, ImmutableArray.Create("a", "b"), new List<bool> { true }, new List<double> { 0.5 }];

    [TestCaseSource(nameof(s_lists))]
    public void A_list_of_any_kind_comes_back_with_its_items(object list)
    {
        using TemporaryFolder folder = new();
        GgufFile.Copy(folder.File("m.gguf"), [], [new("list", list)]);
        using IModel model = GgufFile.Open(folder.File("m.gguf"));

        Assert.That(model.Metadata.UserDefined["list"], Is.EqualTo(list));
    }

    [Test]
    public void A_list_of_mixed_objects_is_refused() => RefusedValue(new object[] { 1, "a" });

    [Test]
    public void A_value_without_a_type_in_the_format_is_refused() => RefusedValue(new DateTime(2000, 1, 1));

    [Test]
    public void An_alignment_that_is_no_power_of_two_is_refused()
    {
        using TemporaryFolder folder = new();
        Assert.That(() => GgufFile.Copy(folder.File("m.gguf"), [], [new("general.alignment", 24u)]), Throws.ArgumentException);
    }

    [Test]
    public void A_type_that_the_format_lacks_is_refused_with_the_remedy()
    {
        using TemporaryFolder folder = new();
        using Tensor truths = Tensor.FromSpan<bool>([true], [1]);

        Assert.That(() => GgufFile.Write(folder.File("m.gguf"), [new("t", truths)]), Throws.ArgumentException.With.Message.Contains("Convert the tensor 't' with To"));
    }

    [Test]
    public void A_name_given_twice_is_refused()
    {
        using TemporaryFolder folder = new();
        using Tensor one = Tensor.FromSpan<float>([1f], [1]);

        Assert.That(() => GgufFile.Write(folder.File("m.gguf"), [new("t", one), new("t", one)]), Throws.ArgumentException);
    }

    [Test]
    public void A_tensor_of_five_axes_is_refused()
    {
        using TemporaryFolder folder = new();
        using Tensor one = Tensor.FromSpan<float>([1f], [1, 1, 1, 1, 1]);

        Assert.That(() => GgufFile.Write(folder.File("m.gguf"), [new("t", one)]), Throws.ArgumentException.With.Message.Contains("up to 4 axes"));
    }

    [Test]
    public void A_failed_write_leaves_what_was_there()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("m.gguf", "kept"u8);
        Assert.That(() => GgufFile.Copy(path, [], [new("", 1)]), Throws.ArgumentException);

        Assert.That(File.ReadAllText(path), Is.EqualTo("kept"));
        Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(1));
    }

    [Test]
    public void Blocks_of_ones_own_are_written_as_they_are_and_read_decoded()
    {
        // d = 1 as a half, then quants 0 to 31: the values are the quants.
        byte[] block = [0x00, 0x3c, .. Enumerable.Range(0, 32).Select(i => (byte)i)];
        using TemporaryFolder folder = new();
        ModelTensor described = GgufFile.FromStored("w", new("Q8_0"), [1, 32], block);
        GgufFile.Copy(folder.File("m.gguf"), [described]);
        using IModel model = GgufFile.Open(folder.File("m.gguf"));
        using Tensor fromMemory = described.Read(), fromFile = model.Tensors["w"].Read();

        Assert.That(File.ReadAllBytes(folder.File("m.gguf"))[96..(96 + 34)], Is.EqualTo(block));
        Assert.That(fromFile.As<float>().ToArray(), Is.EqualTo(Enumerable.Range(0, 32).Select(i => (float)i)));
        Assert.That(fromMemory.As<float>().ToArray(), Is.EqualTo(Enumerable.Range(0, 32).Select(i => (float)i)));
    }

    [Test]
    public void Plain_bytes_of_ones_own_are_read_as_their_type()
    {
        using Tensor read = GgufFile.FromStored("w", new("Int16"), [2], new byte[] { 1, 0, 0xff, 0xff }).Read();

        Assert.That(read.As<short>().ToArray(), Is.EqualTo(new short[] { 1, -1 }));
    }

    [TestCase("Q8_0", new[] { 1, 33 }, 68, "do not fill")]
    [TestCase("Q8_0", new[] { 1, 32 }, 33, "takes 34 bytes")]
    [TestCase("F32", new[] { 1, 1, 1, 1, 1 }, 4, "up to 4 axes")]
    [TestCase("Q9_9", new[] { 32 }, 4, "no type 'Q9_9'")]
    public void Bytes_that_are_no_such_tensor_are_refused(string storage, int[] sizes, int bytes, string message) =>
        Assert.That(() => GgufFile.FromStored("w", new(storage), Shape.Create(sizes), new byte[bytes]), Throws.ArgumentException.With.Message.Contains(message));

    [Test]
    public void A_stream_is_written_from_its_position_on()
    {
        using Tensor one = Tensor.FromSpan<float>([1f], [1]);
        using MemoryStream stream = new();
        stream.WriteByte(7);
        GgufFile.Write(stream, [new("t", one)]);
        using MemoryStream straight = new();
        GgufFile.Write(straight, [new("t", one)]);

        Assert.That(stream.ToArray(), Is.EqualTo(new byte[] { 7 }.Concat(straight.ToArray())));
    }

    [Test]
    public void A_tensor_of_a_SafeTensors_file_is_copied_by_its_elements()
    {
        using TemporaryFolder folder = new();
        using IModel safe = TensorLogic.Formats.SafeTensors.SafeTensorsFile.Open(TestData.Path("digits", "digits.safetensors"));
        GgufFile.Copy(folder.File("m.gguf"), safe.Tensors.Values);
        using IModel copy = GgufFile.Open(folder.File("m.gguf"));
        using Tensor expected = safe.Tensors["conv1.weight"].Read(), actual = copy.Tensors["conv1.weight"].Read();

        Assert.That(copy.Tensors.Values.Select(tensor => tensor.ToString()), Is.EqualTo(safe.Tensors.Values.Select(tensor => tensor.ToString())));
        Assert.That(actual.AsBytes().ToArray(), Is.EqualTo(expected.AsBytes().ToArray()));
    }

    private static void RefusedValue(object value)
    {
        using TemporaryFolder folder = new();
        Assert.That(() => GgufFile.Copy(folder.File("m.gguf"), [], [new("key", value)]), Throws.ArgumentException.With.Message.Contains("'key'"));
    }
}
