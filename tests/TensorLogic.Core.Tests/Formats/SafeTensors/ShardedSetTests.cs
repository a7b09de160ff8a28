using TensorLogic.Formats;
using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tests.Formats.SafeTensors;

public sealed class ShardedSetTests
{
    private const string Index = "model.safetensors.index.json";
    private static readonly byte[] OneTensor = SafeTensorsSamples.Make("""{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1);

    [Test]
    public void The_runtime_opens_an_index_and_lists_the_tensors_of_all_shards()
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().Build();
        using IModel model = runtime.LoadModel(SafeTensorsSamples.Valid(Index));

        Assert.That(model.Tensors.Keys, Is.EqualTo(new[]
        {
            "lm_head.weight", "model.embed_tokens.weight", "model.layers.0.w", "model.layers.1.w", "model.norm.weight",
        }));
    }

    [Test]
    public void The_shards_hold_as_many_bytes_as_the_index_says()
    {
        using IModel model = SafeTensorsFile.Open(SafeTensorsSamples.Valid(Index));

        Assert.That(model.Metadata.WeightBytes.Values.Sum(), Is.EqualTo(272));
    }

    [Test]
    public void Metadata_holds_the_pairs_of_the_index_and_of_the_shards()
    {
        using IModel model = SafeTensorsFile.Open(SafeTensorsSamples.Valid(Index));

        Assert.That(model.Metadata.UserDefined, Is.EqualTo(new Dictionary<string, object> { ["total_size"] = "272", ["format"] = "pt" }));
    }

    [Test]
    public void A_tensor_has_the_values_that_its_shard_gives_alone()
    {
        using IModel set = SafeTensorsFile.Open(SafeTensorsSamples.Valid(Index));
        using IModel shard = SafeTensorsFile.Open(SafeTensorsSamples.Valid("model-00002-of-00003.safetensors"));
        using Tensor fromSet = set.Tensors["model.layers.1.w"].Read(), fromShard = shard.Tensors["model.layers.1.w"].Read();

        Assert.That(fromSet.AsBytes().ToArray(), Is.EqualTo(fromShard.AsBytes().ToArray()));
    }

    [TestCase("../x.safetensors")]
    [TestCase("/x.safetensors")]
    [TestCase("sub/../../x.safetensors")]
    [TestCase("./x.safetensors")]
    [TestCase("sub//x.safetensors")]
    [TestCase("..\\x.safetensors")]
    [TestCase("C:x.safetensors")]
    [TestCase("\\\\host\\share\\x.safetensors")]
    [TestCase("")]
    [TestCase(".")]
    [TestCase("..")]
    [TestCase("x\u0000.safetensors")]
    [TestCase("NUL")]
    [TestCase("com1.safetensors")]
    [TestCase("x.safetensors.")]
    public void A_shard_name_that_is_no_plain_path_inside_the_folder_is_refused_on_every_system(string name)
    {
        Assert.That(ShardFolder.IsContained(name), Is.False);
    }

    [TestCase("model-00001-of-00003.safetensors")]
    [TestCase("shards/model-00001.safetensors")]
    [TestCase("..model.safetensors")]
    public void A_shard_name_inside_the_folder_is_taken(string name)
    {
        Assert.That(ShardFolder.IsContained(name), Is.True);
    }

    [Test]
    public void A_shard_outside_the_folder_is_not_opened()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("set"));
        folder.Write("x.safetensors", OneTensor);
        string index = folder.Write("set/i.json", """{"weight_map":{"x":"../x.safetensors"}}"""u8);

        Assert.That(() => SafeTensorsFile.Open(index), Throws.TypeOf<ModelFormatException>().With.Message.Contains("'../x.safetensors' is not a path inside"));
    }

    [Test]
    public void A_link_that_leaves_the_folder_is_refused()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("set"));
        Link(folder.File("set/x.safetensors"), folder.Write("x.safetensors", OneTensor));
        string index = folder.Write("set/i.json", """{"weight_map":{"x":"x.safetensors"}}"""u8);

        Assert.That(() => SafeTensorsFile.Open(index), Throws.TypeOf<ModelFormatException>().With.Message.Contains("link"));
    }

    [Test]
    public void A_linked_folder_that_leaves_the_folder_is_refused()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("set"));
        Directory.CreateDirectory(folder.File("other"));
        folder.Write("other/x.safetensors", OneTensor);
        Link(folder.File("set/sub"), folder.File("other"));
        string index = folder.Write("set/i.json", """{"weight_map":{"x":"sub/x.safetensors"}}"""u8);

        Assert.That(() => SafeTensorsFile.Open(index), Throws.TypeOf<ModelFormatException>().With.Message.Contains("link"));
    }

    [Test]
    public void Links_of_a_download_cache_lead_index_and_shards_into_one_folder_of_blobs()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("blobs"));
        Directory.CreateDirectory(folder.File("snapshot"));
        folder.Write("blobs/1", OneTensor);
        folder.Write("blobs/2", """{"weight_map":{"x":"x.safetensors"}}"""u8);
        Link(folder.File("snapshot/x.safetensors"), "../blobs/1");
        Link(folder.File("snapshot/i.json"), "../blobs/2");
        using IModel model = SafeTensorsFile.Open(folder.File("snapshot/i.json"));

        Assert.That(model.Tensors.Keys, Is.EqualTo(new[] { "x" }));
    }

    [Test]
    public void Links_in_a_ring_are_refused()
    {
        using TemporaryFolder folder = new();
        Link(folder.File("x.safetensors"), folder.File("y.safetensors"));
        Link(folder.File("y.safetensors"), folder.File("x.safetensors"));
        string index = folder.Write("i.json", """{"weight_map":{"x":"x.safetensors"}}"""u8);

        Assert.That(() => SafeTensorsFile.Open(index), Throws.TypeOf<ModelFormatException>());
    }

    [TestCase("""{"weight_map":{"x":"x.safetensors","y":"x.safetensors"}}""", "'y'", TestName = "A tensor that its shard lacks is named")]
    [TestCase("""{"weight_map":{}}""", null, TestName = "An index without tensors is an empty set")]
    [TestCase("""{"weight_map":{"y":"x.safetensors"}}""", "'x'", TestName = "A tensor that the index lacks is named")]
    [TestCase("""{"weight_map":{"x":"z.safetensors","y":"x.safetensors"}}""", "z.safetensors", TestName = "A shard that is not there is named")]
    [TestCase("""{"weight_map":{"x":"copy.safetensors","y":"x.safetensors"}}""", "index places it in 'copy.safetensors'", TestName = "A tensor in another shard than the index says is named")]
    [TestCase("""{"weight_map":{"x":"x.safetensors","x":"x.safetensors"}}""", "twice", TestName = "A tensor given twice is refused")]
    [TestCase("""{"weight_map":{"x":"x.safetensors"},"weight_map":{}}""", "twice", TestName = "A weight map given twice is refused")]
    [TestCase("""{"weight_map":{"x":1}}""", "file name", TestName = "A file name that is no string is refused")]
    [TestCase("""{"weight_map":{"x":"x.safetensors"}} x""", "Expected JSON", TestName = "Text behind the index is refused")]
    [TestCase("""{"metadata":[],"weight_map":{"x":"x.safetensors"}}""", "metadata", TestName = "Metadata of an index that is no object is refused")]
    [TestCase("""{"metadata":{"a":{"b":[1]},"c":true,"d":1.5},"weight_map":{"x":"x.safetensors"},"more":[1,{}]}""", null, TestName = "Nested metadata and unknown keys are passed over")]
    public void An_index_must_match_its_shards(string index, string? problem)
    {
        using TemporaryFolder folder = new();
        folder.Write("x.safetensors", OneTensor);
        folder.Write("copy.safetensors", OneTensor);
        string path = folder.Write("i.json", System.Text.Encoding.UTF8.GetBytes(index));

        Assert.That(() => SafeTensorsFile.Open(path).Dispose(),
            problem is null ? Throws.Nothing : Throws.TypeOf<ModelFormatException>().With.Message.Contains(problem));
    }

    [Test]
    public void A_broken_shard_is_named_by_its_own_path()
    {
        using TemporaryFolder folder = new();
        string shard = folder.Write("x.safetensors", OneTensor.AsSpan(0, OneTensor.Length - 1));
        string index = folder.Write("i.json", """{"weight_map":{"x":"x.safetensors"}}"""u8);

        Assert.That(() => SafeTensorsFile.Open(index), Throws.TypeOf<ModelFormatException>().With.Property("File").EqualTo(shard));
    }

    [Test]
    public void Every_prefix_of_an_index_is_refused()
    {
        using TemporaryFolder folder = new();
        folder.Write("x.safetensors", OneTensor);
        byte[] index = """{"metadata":{"a":1},"weight_map":{"x":"x.safetensors"}}"""u8.ToArray();

        Assert.Multiple(() =>
        {
            for (int length = 0; length < index.Length; length++)
                Assert.That(() => SafeTensorsFile.Open(folder.Write("i.json", index.AsSpan(0, length))),
                    Throws.InstanceOf<TensorLogicException>(), $"first {length} bytes");
        });
    }

    [Test]
    public void An_index_with_much_metadata_before_its_map_is_recognised()
    {
        using TemporaryFolder folder = new();
        folder.Write("x.safetensors", OneTensor);
        string index = folder.Write("i.json",
            System.Text.Encoding.UTF8.GetBytes($$$"""{"metadata":{"note":"{{{new string('n', 3 * ModelCandidate.StartBytes)}}}"},"weight_map":{"x":"x.safetensors"}}"""));
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().Build();
        using IModel model = runtime.LoadModel(index);

        Assert.That(model.Tensors.Keys, Is.EqualTo(new[] { "x" }));
    }

    [Test]
    public void Other_json_is_not_taken_for_an_index()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("config.json", """{"architectures":["A"],"nested":{"weight_map":{}}}"""u8);
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().Build();

        Assert.That(() => runtime.LoadModel(path), Throws.TypeOf<ModelFormatException>().With.Message.Contains("weight_map"));
    }

    private static void Link(string path, string target)
    {
        try
        {
            File.CreateSymbolicLink(path, target);
        }
        catch (IOException)
        {
            Assert.Ignore("This system does not let the test make links.");
        }
    }
}
