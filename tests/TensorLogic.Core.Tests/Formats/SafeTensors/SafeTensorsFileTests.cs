using System.Text;
using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tests.Formats.SafeTensors;

/// <summary>Opening: what it costs, and how long mapped files live.</summary>
public sealed class SafeTensorsFileTests
{
    [Test]
    public void Loading_100_MB_allocates_less_than_1_MB_of_managed_memory()
    {
        const int tensors = 25, each = 1 << 22;
        using TemporaryFolder folder = new();
        string path = folder.File("large.safetensors");
        using (FileStream file = File.Create(path))
        {
            file.Write(SafeTensorsSamples.Make("{" + string.Join(",", Enumerable.Range(0, tensors).Select(i =>
                $"\"layers.{i}.weight\":{{\"dtype\":\"F32\",\"shape\":[1024,1024],\"data_offsets\":[{(long)i * each},{(i + 1L) * each}]}}")) + "}   "));
            file.SetLength(file.Length + (long)tensors * each);
        }
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().Build();

        long before = GC.GetAllocatedBytesForCurrentThread();
        using IModel model = runtime.LoadModel(path);
        foreach (ModelTensor tensor in model.Tensors.Values) tensor.Read().Dispose();

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1 << 20));
    }

    // Headers that ask for as much memory as they can for each byte of theirs.
    private static IEnumerable<TestCaseData> Greedy()
    {
        yield return Case("many tensors", "{" + string.Join(",", Enumerable.Range(0, 300_000).Select(i => $"\"{i:x}\":{{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}")) + "}");
        yield return Case("many axes", $"{{\"x\":{{\"dtype\":\"U8\",\"shape\":[0{Repeat(",0", 1_000_000)}],\"data_offsets\":[0,0]}}}}");
        yield return Case("many metadata entries", "{\"__metadata__\":{" + string.Join(",", Enumerable.Range(0, 500_000).Select(i => $"\"{i:x}\":\"\"")) + "}}");
        yield return Case("long metadata", $"{{\"__metadata__\":{{\"a\":\"{Repeat("\\n", 10_000_000)}\"}}}}");

        static TestCaseData Case(string name, string header) => new TestCaseData(Encoding.UTF8.GetBytes(header)).SetArgDisplayNames(name);
        static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();
    }

    [TestCaseSource(nameof(Greedy))]
    public void Reading_takes_at_most_twice_the_file_and_16_MB(byte[] header)
    {
        byte[] file = [.. BitConverter.GetBytes((long)header.Length), .. header];
        using TemporaryFolder folder = new();
        string path = folder.Write("greedy.safetensors", file);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Exception? error = SafeTensorsSamples.ErrorOf(() => SafeTensorsFile.Open(path).Dispose());
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Multiple(() =>
        {
            Assert.That(error, Is.Null.Or.InstanceOf<ModelLimitException>());
            Assert.That(allocated, Is.LessThanOrEqualTo(2L * file.Length + (16 << 20)));
        });
    }

    [Test]
    public void Aligned_tensors_view_the_mapped_file()
    {
        using IModel model = SafeTensorsFile.Open(SafeTensorsSamples.Valid("matrix.safetensors"));
        using Tensor w = model.Tensors["w"].Read(), b = model.Tensors["b"].Read();

        Assert.That((w.IsWritable, ReferenceEquals(w.Storage, b.Storage)), Is.EqualTo((false, true)));
    }

    [Test]
    public void A_tensor_outlives_its_model()
    {
        IModel model = SafeTensorsFile.Open(SafeTensorsSamples.Valid("bool-bytes-other.safetensors"));
        using Tensor tensor = model.Tensors.Values.First().Read();
        byte[] bytes = tensor.AsBytes().ToArray();
        model.Dispose();

        Assert.That(tensor.AsBytes().ToArray(), Is.EqualTo(bytes));
    }

    [Test]
    public void A_disposed_model_reads_no_more()
    {
        IModel model = SafeTensorsFile.Open(SafeTensorsSamples.Valid("matrix.safetensors"));
        ModelTensor described = model.Tensors["w"];
        using Tensor tensor = described.Read();
        model.Dispose();

        Assert.That(() => described.Read(), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void The_mapping_ends_with_the_last_tensor()
    {
        IModel model = SafeTensorsFile.Open(SafeTensorsSamples.Valid("matrix.safetensors"));
        Tensor tensor = model.Tensors["w"].Read();
        model.Dispose();
        bool before = tensor.Storage.IsFreed;
        tensor.Dispose();

        Assert.That((before, tensor.Storage.IsFreed), Is.EqualTo((false, true)));
    }

    [Test]
    public void A_missing_file_is_a_missing_file()
    {
        using TemporaryFolder folder = new();

        Assert.That(() => SafeTensorsFile.Open(folder.File("absent.safetensors")), Throws.TypeOf<FileNotFoundException>());
    }

    [Test]
    public void A_folder_is_no_file_of_the_format()
    {
        using TemporaryFolder folder = new();

        Assert.That(() => SafeTensorsFile.Open(folder.Path), Throws.TypeOf<ModelFormatException>());
    }

    [Test]
    public void Tensors_can_be_read_from_several_threads_while_the_model_is_disposed()
    {
        for (int round = 0; round < 50; round++)
        {
            IModel model = SafeTensorsFile.Open(SafeTensorsSamples.Valid("unaligned-data.safetensors"));
            Task[] readers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => ReadAll(model)))];
            model.Dispose();

            Assert.That(() => Task.WaitAll(readers), Throws.Nothing);
        }
    }

    private static void ReadAll(IModel model)
    {
        try
        {
            foreach (ModelTensor described in model.Tensors.Values)
            {
                using Tensor tensor = described.Read();
                _ = tensor.AsBytes().IndexOfAnyExcept((byte)0);
            }
        }
        catch (ObjectDisposedException)
        {
        }
    }
}
