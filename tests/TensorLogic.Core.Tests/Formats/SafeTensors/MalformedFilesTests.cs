using System.Text.Json;
using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tests.Formats.SafeTensors;

/// <summary>Broken files, against the verdict of the reference reader and the format text.</summary>
public sealed class MalformedFilesTests
{
    private static IEnumerable<TestCaseData> Refused => Files("reject");

    private static IEnumerable<TestCaseData> Doubtful => Files("may_accept");

    [TestCaseSource(nameof(Refused))]
    public void A_broken_file_is_refused_with_its_path(JsonElement expected)
    {
        string path = Path(expected);

        Assert.That(() => SafeTensorsFile.Open(path), Throws.InstanceOf<TensorLogicException>().With.Message.Contains(path));
    }

    // One of the files is GGUF under another name.
    private static IEnumerable<TestCaseData> RefusedByRuntime => Files("reject").Where(file => !File.ReadAllBytes(Path((JsonElement)file.Arguments[0]!)).AsSpan().StartsWith("GGUF"u8));

    [TestCaseSource(nameof(RefusedByRuntime))]
    public void The_runtime_refuses_it_too(JsonElement expected)
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().Build();

        Assert.That(() => runtime.LoadModel(Path(expected)), Throws.InstanceOf<TensorLogicException>());
    }

    [Test]
    public void The_runtime_opens_a_file_as_what_its_content_is_whatever_its_name()
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().Build();
        using IModel model = runtime.LoadModel(TestData.Path("safetensors", "malformed", "gguf.safetensors"));

        Assert.That(model.Metadata.Format, Is.EqualTo(ModelFormat.Gguf));
    }

    [TestCaseSource(nameof(Doubtful))]
    public void What_the_reference_accepts_against_the_format_text_is_read_or_refused_in_order(JsonElement expected)
    {
        Assert.That(SafeTensorsSamples.ErrorOf(() => SafeTensorsFile.Open(Path(expected)).Dispose()), Is.Null.Or.InstanceOf<TensorLogicException>());
    }

    private static IEnumerable<TestCaseData> Files(string verdict) =>
        SafeTensorsSamples.Expected("malformed").Where(file => file.GetProperty("expected").GetString() == verdict)
            .Select(file => new TestCaseData(file).SetArgDisplayNames(file.GetProperty("file").GetString()!));

    private static string Path(JsonElement expected) => TestData.Path("safetensors", "malformed", expected.GetProperty("file").GetString()!);
}
