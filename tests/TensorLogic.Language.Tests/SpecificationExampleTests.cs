using System.Globalization;

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
        RunnerOptions options = RunnerOptions.Of(File.ReadLines(path));
        string root = _root;
        if (options.Write)
        {
            root = Directory.CreateDirectory(Path.Combine(_root, $"scratch-{name}")).FullName;
            string copy = Path.Combine(root, $"{name}.tl");
            File.Copy(path, copy);
            (string output, string error) = Run(options, root, copy);
            Verify(path, output, error);
            return;
        }
        (string printed, string problem) = Run(options, root, path);
        Verify(path, printed, problem);
    }

    private static void Verify(string path, string output, string error)
    {
        Assert.That(output, Is.EqualTo(File.ReadAllText(Path.ChangeExtension(path, ".out"))));
        Assert.That(error, Is.EqualTo(File.Exists(Path.ChangeExtension(path, ".err")) ? File.ReadAllText(Path.ChangeExtension(path, ".err")) : ""));
    }

    private (string Output, string Error) Run(RunnerOptions options, string root, string path)
    {
        using Engine engine = new(options.Engine with { FileRoot = root, Runtime = _runtime, AllowWrite = options.Write });
        try
        {
            Script script = engine.CompileFile(path);
            if (options.Test)
            {
                TestResult tests = engine.RunTests(script);
                return (tests.Output, string.Concat(tests.Failures));
            }
            RunResult result = engine.Run(script);
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

    /// <summary>What the leading lines <c>//! name: value</c> of a program ask of its runner.</summary>
    private sealed record RunnerOptions(EngineOptions Engine, bool Write, bool Test)
    {
        public static RunnerOptions Of(IEnumerable<string> lines)
        {
            RunnerOptions options = new(new EngineOptions(), Write: false, Test: false);
            foreach (string line in lines.TakeWhile(line => line.StartsWith("//!", StringComparison.Ordinal)))
            {
                string[] parts = line[3..].Split(':', 2, StringSplitOptions.TrimEntries);
                long Number() => long.Parse(parts[1], CultureInfo.InvariantCulture);
                options = parts[0] switch
                {
                    "steps" => options with { Engine = options.Engine with { StepLimit = Number() } },
                    "depth" => options with { Engine = options.Engine with { RecursionLimit = (int)Number() } },
                    "output" => options with { Engine = options.Engine with { OutputLimit = Number() } },
                    "memory" => options with { Engine = options.Engine with { MemoryLimit = Number() } },
                    "facts" => options with { Engine = options.Engine with { FactLimit = Number() } },
                    "write" => options with { Write = true },
                    "mode" => options with { Test = parts[1] == "test" },
                    _ => throw new InvalidDataException($"The runner has no option '{parts[0]}'."),
                };
            }
            return options;
        }
    }
}
