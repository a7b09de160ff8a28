using System.Text;

namespace TensorLogic.Tests.Language;

/// <summary>The programs of docs/language.md: they run, and print what stands behind <c>//&gt;</c>.</summary>
public sealed class LanguageGuideTests
{
    private static IEnumerable<TestCaseData> Programs()
    {
        StringBuilder? program = null;
        int start = 0;
        foreach ((int number, string line) in File.ReadLines(Path.Combine(TestData.Root, "docs", "language.md")).Index())
        {
            if (line == "```tl") (program, start) = (new StringBuilder(), number + 2);
            else if (line == "```" && program is not null)
            {
                yield return new TestCaseData(program.ToString()).SetArgDisplayNames($"line {start}");
                program = null;
            }
            else program?.Append(line).Append('\n');
        }
    }

    [TestCaseSource(nameof(Programs))]
    public void A_program_of_the_guide_prints_what_it_says(string program)
    {
        using Engine engine = new();

        RunResult result = engine.Run(program);

        Assert.That(result.Diagnostic?.ToString(), Is.Null);
        string[] expected = [.. program.Split('\n').Where(line => line.Contains("//>", StringComparison.Ordinal)).Select(line => line[(line.IndexOf("//>", StringComparison.Ordinal) + 3)..].Trim())];
        Assert.That(expected, Is.SubsetOf(result.Output.Split('\n')));
    }
}
