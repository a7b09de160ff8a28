using System.Collections.Immutable;
using TensorLogic.Formats.Gguf;

namespace TensorLogic.Tests.Formats.Gguf;

/// <summary>Faults that became advisories or reports in other readers of the format. Numbers with # are those of llama.cpp.</summary>
public sealed class GgufThreatTests
{
    // Counts and lengths of the header multiplied without a look at overflow, then a heap overflow (CVE-2024-21802, -21825, -21836, -23496, -23605).
    [TestCase("n-tensors-2p60.gguf")]
    [TestCase("n-tensors-max.gguf")]
    [TestCase("n-kv-2p60.gguf")]
    [TestCase("n-kv-max.gguf")]
    [TestCase("array-str-2p61.gguf")]
    [TestCase("array-u64-2p61.gguf")]
    [TestCase("array-u64-max.gguf")]
    [TestCase("string-length-max.gguf")]
    [TestCase("string-length-max-minus-7.gguf")]
    [TestCase("tensor-name-length-2p63.gguf")]
    public void A_count_whose_bytes_wrap_around_is_refused(string file) => Refused(GgufSamples.Path("malformed", file));

    // A size below zero passes a check for "too large" when it is read as signed.
    [TestCase("dim-2p63.gguf")]
    [TestCase("dim-max.gguf")]
    [TestCase("n-dims-2p31.gguf")]
    [TestCase("n-dims-max.gguf")]
    public void A_size_that_would_be_negative_is_refused(string file) => Refused(GgufSamples.Path("malformed", file));

    // A token of the vocabulary longer than the buffer that it is copied to (CVE-2025-49847).
    [TestCase("array-str-one-more.gguf")]
    [TestCase("string-length-2p40.gguf")]
    public void A_text_longer_than_the_file_is_refused(string file) => Refused(GgufSamples.Path("malformed", file));

    [Test]
    public void A_length_that_the_file_cannot_hold_is_said_to_be_damage_and_no_matter_of_limits() =>
        Assert.That(() => GgufFile.Open(GgufSamples.Path("malformed", "string-length-2p40.gguf")),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("1099511627776 bytes").And.Message.Contains("cut short"));

    [Test]
    public void More_tensors_or_longer_names_than_a_caller_allows_are_refused()
    {
        string path = GgufSamples.Path("valid", "many-tensors.gguf");
        Assert.Multiple(() =>
        {
            Assert.That(() => GgufFile.Open(path, LoadLimits.Default with { Count = 59 }), Throws.TypeOf<ModelLimitException>());
            Assert.That(() => GgufFile.Open(path, LoadLimits.Default with { NameBytes = 6 }), Throws.TypeOf<ModelLimitException>());
            Assert.That(() => GgufFile.Open(GgufSamples.Path("valid", "kv-nested-arrays.gguf"), LoadLimits.Default with { Depth = 2 }), Throws.TypeOf<ModelLimitException>());
        });
    }

    [Test]
    public void A_token_of_any_length_is_read_whole()
    {
        string[] tokens = [new string('a', 1 << 17), "", new string('ß', 70_000)];

        Assert.That(Stored("tokenizer.ggml.tokens", tokens), Is.EqualTo(tokens));
    }

    // The sum of all sizes wraps, so the allocation is small and the read large (CVE-2025-53630; CVE-2026-27940 went round its repair).
    [TestCase(new ulong[] { 1UL << 62 }, 0UL)]
    [TestCase(new ulong[] { 1UL << 32, 1UL << 32 }, 0UL)]
    [TestCase(new ulong[] { 1UL << 31, 1UL << 31, 4 }, 0UL)]
    [TestCase(new ulong[] { 2 }, 0xffff_ffff_ffff_ffe0UL)]
    [TestCase(new ulong[] { 2 }, 1UL << 63)]
    public void A_tensor_whose_end_wraps_around_is_refused(ulong[] sizes, ulong offset)
    {
        using TemporaryFolder folder = new();
        Refused(folder.Write("wraps.gguf", GgufSamples.Make(sizes: sizes, offset: offset)));
    }

    // A size of 2^42 + 1 makes the product of strides wrap to zero (#18674).
    [TestCase(new ulong[] { (1UL << 42) + 1, 1UL << 22 })]
    [TestCase(new ulong[] { (1UL << 42) + 1, 1UL << 20, 4, 1 })]
    [TestCase(new ulong[] { 1UL << 22, (1UL << 42) + 1 })]
    public void A_product_of_strides_that_wraps_is_refused(ulong[] sizes)
    {
        using TemporaryFolder folder = new();
        Refused(folder.Write("wraps.gguf", GgufSamples.Make(sizes: sizes)));
    }

    // general.alignment read as a number whatever its type, and padding that wraps (#26318).
    [TestCase("alignment-string.gguf")]
    [TestCase("alignment-i32.gguf")]
    [TestCase("alignment-u64.gguf")]
    [TestCase("alignment-0.gguf")]
    [TestCase("alignment-2p31.gguf")]
    [TestCase("alignment-max.gguf")]
    [TestCase("offset-wrap.gguf")]
    [TestCase("offset-wrap-to-header.gguf")]
    public void An_alignment_that_is_no_small_power_of_two_is_refused_and_padding_never_wraps(string file) => Refused(GgufSamples.Path("malformed", file));

    // More blocks than the fixed arrays of the reader have places (#25821, #26051).
    [Test]
    public void A_number_of_blocks_is_a_number_and_sizes_nothing()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        object stored = Stored("llama.block_count", uint.MaxValue);

        Assert.That(stored, Is.EqualTo(uint.MaxValue));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1 << 20));
    }

    // A list of bytes that is read as one of 32-bit numbers (#26690).
    [Test]
    public void A_list_keeps_the_type_and_length_that_the_file_gives_it() =>
        Assert.That(Stored("tokenizer.ggml.token_type", new byte[] { 1, 2, 3 }), Is.TypeOf<ImmutableArray<byte>>().And.EqualTo(new byte[] { 1, 2, 3 }));

    // The text of a token taken for a negative index (#25969).
    [Test]
    public void A_token_that_looks_like_a_byte_stays_a_text() =>
        Assert.That(Stored("tokenizer.ggml.tokens", new[] { "<0x-1>", "<0xFFFFFFFF>", "<0x" }), Is.EqualTo(new[] { "<0x-1>", "<0xFFFFFFFF>", "<0x" }));

    // A tensor declared larger than the file gives away foreign memory (CVE-2026-7482).
    [TestCase("dims-larger-than-file.gguf")]
    [TestCase("dims-one-too-many.gguf")]
    [TestCase("offset-at-file-end.gguf")]
    [TestCase("truncated-no-data.gguf")]
    public void A_tensor_that_reaches_beyond_the_file_is_refused(string file) => Refused(GgufSamples.Path("malformed", file));

    [Test]
    public void Lists_nested_three_thousand_deep_do_not_exhaust_the_stack() => Refused(GgufSamples.Path("malformed", "array-nested-3000.gguf"));

    [TestCase(new ulong[] { 2 }, ExpectedResult = 2)]
    [TestCase(new ulong[] { 2, 1, 1, 1 }, ExpectedResult = 2)]
    [TestCase(new ulong[] { 0, 1UL << 62 }, ExpectedResult = 0)]
    public long A_tensor_whose_sizes_fit_is_described(ulong[] sizes)
    {
        using TemporaryFolder folder = new();
        using IModel model = GgufFile.Open(folder.Write("fits.gguf", GgufSamples.Make(sizes: sizes)));
        return model.Metadata.ParameterCount;
    }

    [Test]
    public void A_size_beyond_31_bits_is_described_and_refused_on_reading()
    {
        using TemporaryFolder folder = new();
        using IModel model = GgufFile.Open(folder.Write("fits.gguf", GgufSamples.Make(sizes: [0, 1UL << 40])));

        Assert.That(() => model.Tensors["t"].Read(), Throws.TypeOf<ModelLimitException>().With.Message.Contains("'t'"));
    }

    private static object Stored(string key, object value)
    {
        using TemporaryFolder folder = new();
        GgufFile.Copy(folder.File("m.gguf"), [], [new(key, value)]);
        using IModel model = GgufFile.Open(folder.File("m.gguf"));
        return model.Metadata.UserDefined[key];
    }

    private static void Refused(string path) =>
        Assert.That(() => GgufFile.Open(path), Throws.InstanceOf<ModelFormatException>().Or.InstanceOf<ModelLimitException>());
}
