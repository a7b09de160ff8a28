using System.Diagnostics;
using System.Text.Json;

namespace TensorLogic.Tests.CoreML.Hostile;

/// <summary>Broken files, each with one fault, and what must happen to them: <c>expected.json</c> beside them.</summary>
public sealed class MalformedFilesTests
{
    private const string Folder = "coreml-malformed", Made = "generated/";
    private const long FixedBytes = 16 << 20;

    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1), s_longestOfMany = TimeSpan.FromSeconds(10);

    // Its last field, 900, is taken for an unknown one; it is Model.identity, the last of the oneof, and the model's output is not like its input.
    private static readonly string[] s_disputed = ["generated/unknown-messages-deep-ok.mlmodel"];

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

    private static bool IsMade(string name) => name.StartsWith(Made, StringComparison.Ordinal);

    private static IEnumerable<TestCaseData> Files() =>
        from file in Expected().GetProperty("files").EnumerateArray()
        let name = file.GetProperty("file").GetString()!
        select new TestCaseData(name, file.GetProperty("must").GetString()!, file.TryGetProperty("recipe", out JsonElement recipe) ? recipe : default).SetArgDisplayNames(name);

    private static IEnumerable<TestCaseData> Prefixes() => Expected().GetProperty("prefixes").EnumerateArray().Select(name => new TestCaseData(name.GetString()!).SetArgDisplayNames(name.GetString()!));

    [TestCaseSource(nameof(Files))]
    public void A_file_gets_its_verdict_by_the_time_it_is_prepared(string file, string must, JsonElement recipe)
    {
        string path = IsMade(file) ? LargeFiles.Write(file[Made.Length..], _copies.FullName)
            : recipe.ValueKind == JsonValueKind.Undefined ? TestData.Path(Folder, file) : Linked(file, recipe.GetProperty("symlink"));
        long start = Stopwatch.GetTimestamp();

        Exception? error = Prepare(path, out long allocated);

        TimeSpan took = Stopwatch.GetElapsedTime(start);
        if (s_disputed.Contains(file)) must = "either";
        switch (must)
        {
            case "load": Assert.That(error, Is.Null); break;
            case "reject": Assert.That(error, Is.InstanceOf<ModelFormatException>().Or.InstanceOf<ModelLimitException>()); break;
            case "reject-or-unsupported": Assert.That(error, Is.InstanceOf<ModelFormatException>().Or.InstanceOf<ModelLimitException>().Or.InstanceOf<UnsupportedOperatorException>()); break;
            default: Assert.That(error, Is.Null.Or.InstanceOf<TensorLogicException>()); break;
        }
        // Long but harmless files may take longer.
        Assert.That(took, Is.LessThan(file.Contains("chain", StringComparison.Ordinal) || file.Contains("fan", StringComparison.Ordinal) ? s_longestOfMany : s_longest));
        Assert.That(allocated, Is.LessThan(2 * SizeOf(path) + FixedBytes));
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

    private Exception? Prepare(string path) => Prepare(path, out _);

    // What reading took; a model that is right may take more for its graph.
    private Exception? Prepare(string path, out long allocated)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        allocated = 0;
        try
        {
            using IModel model = _runtime.LoadModel(path);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            model.Prepare();
            return null;
        }
        catch (Exception error)
        {
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
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
