using TensorLogic.Formats.Gguf;

namespace TensorLogic.Tests.Formats.Gguf;

/// <summary>Broken files, against the verdict that comes with each.</summary>
public sealed class GgufMalformedFilesTests
{
    private static IEnumerable<TestCaseData> Verdicts(params string[] verdicts) => GgufSamples.List("malformed", "expected.json", "files")
        .Where(file => verdicts.Contains(file.GetProperty("expected").GetString()))
        .Select(file => new TestCaseData(file.GetProperty("file").GetString(), file.GetProperty("why").GetString()).SetArgDisplayNames(file.GetProperty("file").GetString()!));

    private static IEnumerable<TestCaseData> Refused() => Verdicts("reject", "reject_as_model");

    private static IEnumerable<TestCaseData> Doubtful() => Verdicts("may_accept");

    [TestCaseSource(nameof(Refused))]
    public void A_broken_file_is_refused_with_its_name_and_a_remedy(string file, string why)
    {
        string path = GgufSamples.Path("malformed", file);
        Assert.That(() => OpenAndRead(path), Throws.InstanceOf<ModelFormatException>().Or.InstanceOf<ModelLimitException>(), why);
        Assert.That(() => OpenAndRead(path), Throws.InstanceOf<TensorLogicException>().With.Message.Contains(file).And.Property(nameof(TensorLogicException.Remedy)).Not.Empty);
    }

    [TestCaseSource(nameof(Refused))]
    public void A_broken_file_is_refused_without_a_large_allocation(string file, string why)
    {
        string path = GgufSamples.Path("malformed", file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => OpenAndRead(path), Throws.InstanceOf<TensorLogicException>(), why);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(2 * new FileInfo(path).Length + LoadLimits.Default.AllocationBytes));
    }

    // What the text of the format forbids or leaves open may be read or refused, but never otherwise than by an ordinary error.
    [TestCaseSource(nameof(Doubtful))]
    public void A_doubtful_file_is_read_or_refused_by_an_ordinary_error(string file, string why)
    {
        Exception? error = null;
        try
        {
            OpenAndRead(GgufSamples.Path("malformed", file));
        }
        catch (Exception thrown)
        {
            error = thrown;
        }
        Assert.That(error, Is.Null.Or.InstanceOf<TensorLogicException>(), why);
    }

    [Test]
    public void Every_prefix_of_a_small_file_is_read_or_refused_by_an_ordinary_error()
    {
        using TemporaryFolder folder = new();
        byte[] whole = File.ReadAllBytes(GgufSamples.Path("valid", "v3-basic.gguf"));
        for (int length = 0; length < whole.Length; length++)
        {
            string path = folder.Write("prefix.gguf", whole.AsSpan(0, length));
            try
            {
                OpenAndRead(path);
                Assert.That(length, Is.GreaterThanOrEqualTo(480 + 96 + 12), "All tensors end there.");
            }
            catch (TensorLogicException error)
            {
                Assert.That(error.Message, Does.Contain("prefix.gguf"));
            }
        }
    }

    private static void OpenAndRead(string path)
    {
        using IModel model = GgufFile.Open(path);
        foreach (ModelTensor tensor in model.Tensors.Values)
        {
            using Tensor read = tensor.Read();
        }
    }
}
