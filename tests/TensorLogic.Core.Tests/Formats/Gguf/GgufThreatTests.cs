using TensorLogic.Formats.Gguf;

namespace TensorLogic.Tests.Formats.Gguf;

/// <summary>Faults that became advisories in other readers of the format.</summary>
public sealed class GgufThreatTests
{
    // Counts of tensors, pairs and items multiplied without a look at overflow, then a heap overflow while loading (CVE-2024-25664 to 25668).
    [TestCase("n-tensors-2p60.gguf")]
    [TestCase("n-kv-2p60.gguf")]
    [TestCase("array-str-2p61.gguf")]
    [TestCase("array-u64-2p61.gguf")]
    [TestCase("string-length-max.gguf")]
    public void A_count_whose_bytes_wrap_around_is_refused(string file) => Refused(GgufSamples.Path("malformed", file));

    // The sum of all sizes wraps, so the allocation is small and the read large (CVE-2025-53630, CVE-2026-27940).
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

    // A size below zero passes a check for "too large" when it is read as signed (CVE-2024-21836).
    [TestCase("dim-2p63.gguf")]
    [TestCase("dim-max.gguf")]
    [TestCase("n-dims-max.gguf")]
    public void A_size_that_would_be_negative_is_refused(string file) => Refused(GgufSamples.Path("malformed", file));

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

    private static void Refused(string path) =>
        Assert.That(() => GgufFile.Open(path), Throws.InstanceOf<ModelFormatException>().Or.InstanceOf<ModelLimitException>());
}
