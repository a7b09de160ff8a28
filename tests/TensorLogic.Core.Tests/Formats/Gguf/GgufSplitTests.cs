using System.Collections.Immutable;
using TensorLogic.Formats.Gguf;

namespace TensorLogic.Tests.Formats.Gguf;

/// <summary>Models in several files.</summary>
public sealed class GgufSplitTests
{
    [TestCase("split-00001-of-00003.gguf")]
    [TestCase("split-00002-of-00003.gguf")]
    [TestCase("split-00003-of-00003.gguf")]
    public void Any_part_opens_the_whole_set(string part)
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().Build();
        using IModel model = runtime.LoadModel(GgufSamples.Path("valid", part));

        Assert.That(model.Tensors.Keys, Is.EqualTo(new[] { "token_embd.weight", "blk.0.w", "blk.1.w", "blk.1.q", "output.weight" }));
    }

    [Test]
    public void The_first_part_may_hold_metadata_alone()
    {
        using IModel model = GgufFile.Open(GgufSamples.Path("valid", "split-meta-00002-of-00003.gguf"));

        Assert.That(model.Tensors.Keys, Is.EqualTo(new[] { "blk.0.w", "blk.1.w" }));
    }

    [Test]
    public void The_metadata_are_those_of_the_model_without_those_of_the_parts()
    {
        using IModel model = GgufFile.Open(GgufSamples.Path("valid", "split-00003-of-00003.gguf"));

        Assert.That(model.Metadata.UserDefined, Is.EqualTo(new Dictionary<string, object>
        {
            ["general.architecture"] = "test",
            ["general.name"] = "split model",
            ["test.block_count"] = 3u,
        }));
    }

    [Test]
    public void A_tensor_has_the_bytes_of_its_part()
    {
        using IModel model = GgufFile.Open(GgufSamples.Path("valid", "split-00001-of-00003.gguf"));
        using Tensor output = model.Tensors["output.weight"].Read();

        Assert.That(GgufSamples.Digest(output.AsBytes()), Is.EqualTo("c41c3ca6e75a4ac86a56e4ef37524bb98dc2d6bb6a37552de122c3c7c7754ab1"));
    }

    [Test]
    public void A_missing_part_is_named()
    {
        using TemporaryFolder folder = Copy("split-00001-of-00003.gguf", "split-00003-of-00003.gguf");

        Assert.That(() => GgufFile.Open(folder.File("split-00001-of-00003.gguf")),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("'split-00002-of-00003.gguf' is not there"));
    }

    [Test]
    public void A_part_of_another_number_is_refused()
    {
        using TemporaryFolder folder = Copy("split-00001-of-00003.gguf", "split-00003-of-00003.gguf");
        File.Copy(folder.File("split-00003-of-00003.gguf"), folder.File("split-00002-of-00003.gguf"));

        Assert.That(() => GgufFile.Open(folder.File("split-00001-of-00003.gguf")), Throws.TypeOf<ModelFormatException>().With.Message.Contains("part 2 of 3, found part 3 of 3"));
    }

    [Test]
    public void A_part_under_another_name_is_refused()
    {
        using TemporaryFolder folder = Copy("split-00001-of-00003.gguf");
        File.Move(folder.File("split-00001-of-00003.gguf"), folder.File("renamed.gguf"));

        Assert.That(() => GgufFile.Open(folder.File("renamed.gguf")), Throws.TypeOf<ModelFormatException>().With.Message.Contains("-00001-of-00003.gguf"));
    }

    [Test]
    public void A_tensor_in_two_parts_is_refused()
    {
        using TemporaryFolder folder = new();
        using Tensor tensor = Tensor.FromSpan<float>([1f], [1]);
        for (ushort number = 0; number < 2; number++)
            GgufFile.Write(folder.File($"twice-{number + 1:D5}-of-00002.gguf"), [new("same", tensor)],
                [new("split.no", number), new("split.count", (ushort)2), new("split.tensors.count", 2)]);

        Assert.That(() => GgufFile.Open(folder.File("twice-00001-of-00002.gguf")), Throws.TypeOf<ModelFormatException>().With.Message.Contains("'same' is in an earlier part"));
    }

    [Test]
    public void A_link_out_of_the_folder_is_not_followed()
    {
        using TemporaryFolder folder = Copy("split-00001-of-00003.gguf", "split-00003-of-00003.gguf");
        File.CreateSymbolicLink(folder.File("split-00002-of-00003.gguf"), GgufSamples.Path("valid", "split-00002-of-00003.gguf"));

        Assert.That(() => GgufFile.Open(folder.File("split-00001-of-00003.gguf")), Throws.TypeOf<ModelFormatException>().With.Message.Contains("link that leaves"));
    }

    private static TemporaryFolder Copy(params ImmutableArray<string> files)
    {
        TemporaryFolder folder = new();
        foreach (string file in files) File.Copy(GgufSamples.Path("valid", file), folder.File(file));
        return folder;
    }
}
