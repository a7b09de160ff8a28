using System.Text.RegularExpressions;

namespace TensorLogic.Tests.Tool.Documentation;

/// <summary>The guides show programs that run.</summary>
public sealed partial class GuideTests
{
    private static readonly string[] s_guides = ["model-loading.md", "coreml-neural-engine.md"];

    private static IEnumerable<TestCaseData> Blocks(string language) =>
        from guide in s_guides
        let blocks = Block().Matches(File.ReadAllText(Path.Combine(TestData.Root, "docs", guide)).ReplaceLineEndings("\n")).Where(match => match.Groups["language"].Value == language).ToArray()
        from index in Enumerable.Range(0, blocks.Length)
        select new TestCaseData(blocks[index].Groups["code"].Value).SetArgDisplayNames($"{guide} {index + 1}");

    private static IEnumerable<TestCaseData> Programs() => Blocks("csharp");

    private static IEnumerable<TestCaseData> Scripts() => Blocks("tensorlogic");

    private static IEnumerable<TestCaseData> Commands() => Blocks("sh");

    [TestCaseSource(nameof(Programs))]
    public void Lines_of_C_sharp_stand_one_after_another_in_code_that_is_tested(string code)
    {
        string tested = Squeezed(File.ReadAllText(Path.Combine(TestData.Root, "tests", "TensorLogic.Tool.Tests", "Documentation", "GuideCode.cs")));

        Assert.That(tested, Does.Contain(Squeezed(code)));
    }

    [TestCaseSource(nameof(Scripts))]
    public void A_script_runs(string code)
    {
        using TemporaryFolder folder = new();
        string script = folder.Path("guide.tl"), models = TestData.Example("models", "digits");
        File.WriteAllText(script, code);
        // Paths of a script are relative to it, and stay in its folder.
        foreach (string file in Directory.EnumerateFiles(models, "*", SearchOption.AllDirectories))
        {
            string copy = folder.Path("examples", "models", "digits", Path.GetRelativePath(models, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        Outcome outcome = Tl.Run("run", script);

        Assert.That((outcome.ExitCode, outcome.Error), Is.EqualTo((0, "")));
    }

    [TestCaseSource(nameof(Commands))]
    public void Commands_succeed(string code)
    {
        using TemporaryFolder folder = new();
        foreach (string line in code.Split('\n').Where(line => line.StartsWith("tl ", StringComparison.Ordinal)))
        {
            Outcome outcome = Tl.Run([.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..].Select(argument => Located(argument, folder))]);
            Assert.That(outcome.ExitCode, Is.Zero, $"{line}\n{outcome.Error}");
        }
    }

    private static string Located(string argument, TemporaryFolder folder)
    {
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        string prefix = argument[..(equals + 1)], path = argument[(equals + 1)..];
        if (path.StartsWith("examples/", StringComparison.Ordinal) || path.StartsWith("tests/", StringComparison.Ordinal)) return prefix + Path.Combine(TestData.Root, path);
        return path.StartsWith("out.", StringComparison.Ordinal) ? folder.Path(path) : argument;
    }

    private static string Squeezed(string code) => Space().Replace(code, " ").Trim();

    [GeneratedRegex("```(?<language>[a-z]+)\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Block();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Space();
}
