using System.Diagnostics;
using System.Text.Json;

namespace TensorLogic.Tests.CoreML.Hostile;

/// <summary>Broken Core ML files, against the verdict that comes with each.</summary>
public sealed class MalformedFilesTests
{
    private static readonly string s_root = TestData.Path("coreml-malformed");
    private TensorLogicRuntime _runtime = null!;

    [OneTimeSetUp]
    public void Start() => _runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();

    [OneTimeTearDown]
    public void Stop() => _runtime.Dispose();

    private static IEnumerable<TestCaseData> Files(params string[] verdicts)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(s_root, "expected.json")));
        foreach (JsonElement file in document.RootElement.GetProperty("files").EnumerateArray())
        {
            string path = file.GetProperty("file").GetString()!;
            // Those that are too large to keep are made by GeneratedFilesTests.
            if (path.StartsWith("generated/", StringComparison.Ordinal) || !verdicts.Contains(file.GetProperty("must").GetString())) continue;
            yield return new TestCaseData(file.Clone()).SetArgDisplayNames(path);
        }
    }

    private static IEnumerable<TestCaseData> Broken() => Files("reject");

    private static IEnumerable<TestCaseData> Unsupported() => Files("reject-or-unsupported");

    private static IEnumerable<TestCaseData> Open() => Files("either");

    private static IEnumerable<TestCaseData> Sound() => Files("load");

    [TestCaseSource(nameof(Broken))]
    public void A_broken_file_is_refused_as_broken(JsonElement file) =>
        Assert.That(Prepared(file), Is.InstanceOf<ModelFormatException>().Or.InstanceOf<ModelLimitException>(), file.GetProperty("reason").GetString());

    [TestCaseSource(nameof(Unsupported))]
    public void A_file_of_the_unknown_is_refused_as_broken_or_unsupported(JsonElement file) =>
        Assert.That(Prepared(file), Is.InstanceOf<ModelFormatException>().Or.InstanceOf<ModelLimitException>().Or.InstanceOf<UnsupportedOperatorException>(), file.GetProperty("reason").GetString());

    [TestCaseSource(nameof(Open))]
    public void A_doubtful_file_is_prepared_or_refused_by_an_ordinary_error(JsonElement file) =>
        Assert.That(Prepared(file), Is.Null.Or.InstanceOf<TensorLogicException>(), file.GetProperty("reason").GetString());

    [TestCaseSource(nameof(Sound))]
    public void A_sound_file_is_prepared(JsonElement file) =>
        Assert.That(Prepared(file), Is.Null, file.GetProperty("reason").GetString());

    /// <summary>What opening and preparing threw, within a second and without much memory.</summary>
    private Exception? Prepared(JsonElement file)
    {
        using Staged staged = new(file);
        long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
        Exception? error = null;
        try
        {
            using IModel model = _runtime.LoadModel(staged.Path);
            model.Prepare();
        }
        catch (Exception thrown)
        {
            error = thrown;
        }
        Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(10)));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(2 * staged.Length + LoadLimits.Default.AllocationBytes));
        return error;
    }

    /// <summary>A file in its place, or a copy of its folder where a link has to be made first.</summary>
    private sealed class Staged : IDisposable
    {
        private readonly DirectoryInfo? _copy;

        public Staged(JsonElement file)
        {
            string name = file.GetProperty("file").GetString()!;
            Path = System.IO.Path.Combine(s_root, name);
            Length = File.Exists(Path) ? new FileInfo(Path).Length : new DirectoryInfo(Path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(part => part.Length);
            if (!file.TryGetProperty("recipe", out JsonElement recipe)) return;
            _copy = Directory.CreateTempSubdirectory("tensorlogic-");
            string category = name.Split('/')[0], source = System.IO.Path.Combine(s_root, category);
            foreach (string from in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
            {
                string to = System.IO.Path.Combine(_copy.FullName, System.IO.Path.GetRelativePath(source, from));
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(to)!);
                File.Copy(from, to);
            }
            Path = System.IO.Path.Combine(_copy.FullName, name[(category.Length + 1)..]);
            JsonElement link = recipe.GetProperty("symlink");
            string place = System.IO.Path.Combine(Path, link.GetProperty("path").GetString()!);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(place)!);
            if (File.Exists(place)) File.Delete(place);
            if (Directory.Exists(place)) Directory.Delete(place, recursive: true);
            File.CreateSymbolicLink(place, link.GetProperty("target").GetString()!);
        }

        public string Path { get; }

        public long Length { get; }

        public void Dispose() => _copy?.Delete(recursive: true);
    }
}
