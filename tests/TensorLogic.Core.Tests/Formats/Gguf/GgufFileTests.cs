using TensorLogic.Formats.Gguf;

namespace TensorLogic.Tests.Formats.Gguf;

/// <summary>Opening: under which names, at what cost, and how long mapped files live.</summary>
public sealed class GgufFileTests
{
    [TestCase("weights.bin")]
    [TestCase("model.safetensors")]
    [TestCase("model")]
    public void A_file_opens_under_any_name(string name)
    {
        using TemporaryFolder folder = new();
        File.Copy(GgufSamples.Path("valid", "v3-basic.gguf"), folder.File(name));
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().Build();
        using IModel model = runtime.LoadModel(folder.File(name));

        Assert.That((model.Metadata.Format, model.Metadata.Name), Is.EqualTo((ModelFormat.Gguf, name)));
    }

    [Test]
    public void The_quantization_is_what_holds_most_bytes()
    {
        using TemporaryFolder folder = new();
        GgufFile.Copy(folder.File("m.gguf"),
        [
            GgufFile.FromStored("q", new("Q4_K"), [4, 256], new byte[4 * 144]),
            GgufFile.FromStored("q2", new("Q6_K"), [256], new byte[210]),
            GgufFile.FromStored("norm", new("F32"), [64], new byte[256]),
        ]);
        using IModel model = GgufFile.Open(folder.File("m.gguf"));

        Assert.That(model.Metadata.Quantization, Is.EqualTo(new Quantization("Q4_K")));
        Assert.That(model.Metadata.WeightBytes, Is.EquivalentTo(new Dictionary<Quantization, long> { [new("Q4_K")] = 576, [new("Q6_K")] = 210, [new("F32")] = 256 }));
    }

    [Test]
    public void Loading_100_MB_allocates_less_than_1_MB_of_managed_memory()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("large.gguf", GgufSamples.Make(sizes: [25_000_000], data: 0));
        using (FileStream file = new(path, FileMode.Open, FileAccess.Write)) file.SetLength(file.Length + 100_000_000);
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().Build();

        long before = GC.GetAllocatedBytesForCurrentThread();
        using IModel model = runtime.LoadModel(path);
        using Tensor tensor = model.Tensors["t"].Read();

        Assert.That(tensor.ByteCount, Is.EqualTo(100_000_000));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1 << 20));
    }

    // Headers that ask for as much memory as they can for each byte of theirs: more than allowed, and just what is allowed.
    private static readonly object[] s_greedy =
    [
        Case("tensors", 300_000, "tensor"), Case("tensors that pass", 27_000, "tensor"),
        Case("pairs", 500_000, "pair"), Case("pairs that pass", 70_000, "pair"),
        Case("texts", 2_000_000, "text"), Case("texts that pass", 650_000, "text"),
        Case("lists", 2_000_000, "list"), Case("lists that pass", 190_000, "list"),
        Case("letters", 10_000_000, "letter"), Case("truth values", 10_000_000, "bool"),
    ];

    private static TestCaseData Case(string name, int count, string kind) => new TestCaseData(count, kind).SetArgDisplayNames(name);

    [TestCaseSource(nameof(s_greedy))]
    public void Opening_takes_at_most_twice_the_file_and_16_MB(int count, string kind)
    {
        using TemporaryFolder folder = new();
        byte[] file = Greedy(count, kind);
        string path = folder.Write("greedy.gguf", file);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Exception? error = SafeTensors.SafeTensorsSamples.ErrorOf(() => GgufFile.Open(path).Dispose());
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Multiple(() =>
        {
            Assert.That(error, Is.Null.Or.InstanceOf<ModelLimitException>());
            Assert.That(allocated, Is.LessThanOrEqualTo(2L * file.Length + (16 << 20)));
        });
    }

    [Test]
    public void Plain_tensors_view_the_mapped_file()
    {
        using IModel model = GgufFile.Open(GgufSamples.Path("valid", "v3-basic.gguf"));
        using Tensor a = model.Tensors["a.weight"].Read(), b = model.Tensors["b.weight"].Read();

        Assert.That((a.IsWritable, ReferenceEquals(a.Storage, b.Storage)), Is.EqualTo((false, true)));
    }

    [Test]
    public void A_disposed_model_reads_no_more()
    {
        IModel model = GgufFile.Open(GgufSamples.Path("quant-types", "Q4_K.gguf"));
        ModelTensor described = model.Tensors["weight"];
        model.Dispose();

        Assert.That(() => described.Read(), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void The_mapping_ends_with_the_last_tensor()
    {
        IModel model = GgufFile.Open(GgufSamples.Path("valid", "v3-basic.gguf"));
        Tensor tensor = model.Tensors["a.weight"].Read();
        model.Dispose();
        bool before = tensor.Storage.IsFreed;
        tensor.Dispose();

        Assert.That((before, tensor.Storage.IsFreed), Is.EqualTo((false, true)));
    }

    [Test]
    public void A_missing_file_is_a_missing_file()
    {
        using TemporaryFolder folder = new();

        Assert.That(() => GgufFile.Open(folder.File("absent.gguf")), Throws.TypeOf<FileNotFoundException>());
    }

    [Test]
    public void Blocks_can_be_read_from_several_threads_while_the_model_is_disposed()
    {
        for (int round = 0; round < 50; round++)
        {
            IModel model = GgufFile.Open(GgufSamples.Path("quant-types", "Q6_K.gguf"));
            Task[] readers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => ReadOrFindDisposed(model)))];
            model.Dispose();

            Assert.That(() => Task.WaitAll(readers), Throws.Nothing);
        }
    }

    private static void ReadOrFindDisposed(IModel model)
    {
        try
        {
            model.Tensors["weight"].Read().Dispose();
        }
        catch (ObjectDisposedException)
        {
        }
    }

    /// <summary>A file of one kind of thing, each in as few bytes as it can be.</summary>
    private static byte[] Greedy(int count, string kind)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write(kind == "tensor" ? (ulong)count : 0);
        writer.Write(kind == "tensor" ? 0 : kind == "pair" ? (ulong)count : 1);
        if (kind is "tensor" or "pair")
            for (int i = 0; i < count; i++)
            {
                writer.Write(8UL);
                writer.Write(System.Text.Encoding.ASCII.GetBytes($"{i:x8}"));
                if (kind == "pair")
                {
                    writer.Write((uint)GgufValueType.UInt8);
                    writer.Write((byte)0);
                    continue;
                }
                writer.Write(1u);
                writer.Write(0UL);
                writer.Write(0u);
                writer.Write(0UL);
            }
        else
        {
            writer.Write(1UL);
            writer.Write("k"u8);
            writer.Write((uint)(kind == "letter" ? GgufValueType.String : GgufValueType.Array));
            if (kind != "letter") writer.Write((uint)(kind == "text" ? GgufValueType.String : kind == "list" ? GgufValueType.Array : GgufValueType.Bool));
            writer.Write((ulong)count);
            if (kind is "letter" or "bool") writer.Write(new byte[count]);
            else
                for (int i = 0; i < count; i++)
                {
                    if (kind == "list") writer.Write((uint)GgufValueType.Float64);
                    writer.Write(kind == "text" ? 1UL : 0UL);
                    if (kind == "text") writer.Write((byte)'a');
                }
        }
        return stream.ToArray();
    }
}
