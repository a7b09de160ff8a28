namespace TensorLogic.Tests.Language;

/// <summary>Programs of the language's specification: output and diagnostics, byte for byte.</summary>
public sealed class SpecificationExampleTests
{
    private string _root = null!;
    private TensorLogicRuntime _runtime = null!;

    // The programs find their models at ../../models/digits.
    [OneTimeSetUp]
    public void Start()
    {
        _root = Directory.CreateTempSubdirectory("spec").FullName;
        Copy(TestData.Path("spec"), Path.Combine(_root, "spec", "examples"));
        Copy(TestData.Path("digits"), Path.Combine(_root, "models", "digits"));
        _runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _runtime.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private static IEnumerable<string> Programs => Directory.GetFiles(TestData.Path("spec"), "*.tl").Select(file => Path.GetFileNameWithoutExtension(file)).Order();

    [TestCaseSource(nameof(Programs))]
    public void A_program_prints_what_the_specification_says(string name)
    {
        string path = Path.Combine(_root, "spec", "examples", $"{name}.tl");
        using Engine engine = new(new EngineOptions { FileRoot = _root, Runtime = _runtime });

        (string output, string error) = Run(engine, path);

        Assert.That(output, Is.EqualTo(File.ReadAllText(Path.ChangeExtension(path, ".out"))));
        Assert.That(error, Is.EqualTo(File.Exists(Path.ChangeExtension(path, ".err")) ? File.ReadAllText(Path.ChangeExtension(path, ".err")) : ""));
    }

    private static (string Output, string Error) Run(Engine engine, string path)
    {
        try
        {
            RunResult result = engine.Run(engine.CompileFile(path));
            return (result.Output, result.Diagnostic?.ToString() ?? "");
        }
        catch (ScriptException wrong)
        {
            return ("", wrong.Diagnostics[0].ToString());
        }
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
