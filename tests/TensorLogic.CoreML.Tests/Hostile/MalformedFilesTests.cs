using System.Diagnostics;
using System.Text.Json;

namespace TensorLogic.Tests.CoreML.Hostile;

/// <summary>Broken files, each with one fault, and what must happen to them: <c>expected.json</c> beside them.</summary>
public sealed class MalformedFilesTests
{
    private const string Folder = "coreml-malformed";
    private const long FixedBytes = 16 << 20;

    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);

    private TensorLogicRuntime _runtime = null!;
    private DirectoryInfo _copies = null!;

    [OneTimeSetUp]
    public void Start()
    {
        _runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();
        _copies = Directory.CreateTempSubdirectory("tensorlogic-");
        // What runs first pays for the compiler.
        Prepare(TestData.Path(Folder, "mil/ok-conv.mlmodel"));
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _runtime.Dispose();
        _copies.Delete(recursive: true);
    }

    private static JsonElement Expected()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestData.Path(Folder, "expected.json")));
        return document.RootElement.Clone();
    }

    // Those that are too large to store are made by tests of their own.
    private static IEnumerable<TestCaseData> Files() =>
        from file in Expected().GetProperty("files").EnumerateArray()
        let name = file.GetProperty("file").GetString()!
        where !name.StartsWith("generated/", StringComparison.Ordinal)
        select new TestCaseData(name, file.GetProperty("must").GetString()!, file.TryGetProperty("recipe", out JsonElement recipe) ? recipe : default).SetArgDisplayNames(name);

    private static IEnumerable<TestCaseData> Prefixes() => Expected().GetProperty("prefixes").EnumerateArray().Select(name => new TestCaseData(name.GetString()!).SetArgDisplayNames(name.GetString()!));

    [TestCaseSource(nameof(Files))]
    public void A_file_gets_its_verdict_by_the_time_it_is_prepared(string file, string must, JsonElement recipe)
    {
        string path = recipe.ValueKind == JsonValueKind.Undefined ? TestData.Path(Folder, file) : Linked(file, recipe.GetProperty("symlink"));
        long bytes = SizeOf(path), allocated = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();

        Exception? error = Prepare(path);

        TimeSpan took = Stopwatch.GetElapsedTime(start);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        switch (must)
        {
            case "load": Assert.That(error, Is.Null); break;
            case "reject": Assert.That(error, Is.InstanceOf<ModelFormatException>().Or.InstanceOf<ModelLimitException>()); break;
            case "reject-or-unsupported": Assert.That(error, Is.InstanceOf<ModelFormatException>().Or.InstanceOf<ModelLimitException>().Or.InstanceOf<UnsupportedOperatorException>()); break;
            default: Assert.That(error, Is.Null.Or.InstanceOf<TensorLogicException>()); break;
        }
        Assert.That(took, Is.LessThan(s_longest));
        Assert.That(allocated, Is.LessThan(2 * bytes + FixedBytes));
    }

    [TestCaseSource(nameof(Prefixes))]
    public void No_prefix_of_a_model_is_taken_for_a_model(string file)
    {
        byte[] whole = File.ReadAllBytes(TestData.Path(Folder, file));
        string path = Path.Combine(_copies.FullName, "prefix.mlmodel");
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole.AsSpan(0, length));
            Assert.That(Prepare(path), Is.InstanceOf<ModelFormatException>().Or.InstanceOf<ModelLimitException>(), $"the first {length} bytes of {whole.Length}");
        }
    }

    [Test]
    public void A_loop_that_never_ends_is_ended_by_cancellation()
    {
        using IModel model = _runtime.LoadModel(TestData.Path(Folder, "mil/while-never-ends.mlmodel"));
        using CancellationTokenSource source = new(TimeSpan.FromMilliseconds(50));
        Features inputs = new();
        foreach (FeatureDescription input in model.Inputs) inputs[input.Name] = Tensor.Create(((TensorFeatureType)input.Type).Tensor.ElementType, ((TensorFeatureType)input.Type).Tensor.Shape);
        long start = Stopwatch.GetTimestamp();

        Assert.That(() => model.Predict(inputs, cancellation: source.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(s_longest));
    }

    private Exception? Prepare(string path)
    {
        try
        {
            using IModel model = _runtime.LoadModel(path);
            model.Prepare();
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    // An archive cannot hold links: they are made in a copy of the whole category, for they point at neighbours.
    private string Linked(string file, JsonElement link)
    {
        string category = Path.GetDirectoryName(file)!, source = TestData.Path(Folder, category), copy = Path.Combine(_copies.FullName, $"{category}-{Path.GetFileNameWithoutExtension(file)}");
        foreach (string from in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string to = Path.Combine(copy, Path.GetRelativePath(source, from));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(from, to);
        }
        string at = Path.Combine(copy, Path.GetFileName(file), link.GetProperty("path").GetString()!);
        Directory.CreateDirectory(Path.GetDirectoryName(at)!);
        File.CreateSymbolicLink(at, link.GetProperty("target").GetString()!);
        return Path.Combine(copy, Path.GetFileName(file));
    }

    private static long SizeOf(string path) => File.Exists(path) ? new FileInfo(path).Length
        : Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length) : 0;
}
