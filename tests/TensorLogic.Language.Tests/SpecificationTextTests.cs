using System.Text;

namespace TensorLogic.Tests.Language;

/// <summary>The code inside the specification: every block of the language parses, and blocks that say what they print do print it.</summary>
public sealed class SpecificationTextTests
{
    /// <summary>A fenced block of the text.</summary>
    public sealed record Fence(int Line, string Text)
    {
        public override string ToString() => $"line {Line}";
    }

    private static IEnumerable<Fence> Fences()
    {
        string[] lines = File.ReadAllLines(TestData.Path("spec", "LANGUAGE.md"));
        StringBuilder? block = null;
        int start = 0;
        string kind = "";
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                if (block is null) (block, start, kind) = (new StringBuilder(), i + 2, lines[i][3..]);
                else
                {
                    if (kind.Length == 0) yield return new(start, block.ToString());
                    block = null;
                }
            }
            else block?.Append(lines[i]).Append('\n');
        }
    }

    // The form of a diagnostic, the generator's formula, command lines, a session, the grammar, and the example of the formatter.
    private static bool IsLanguage(Fence fence) =>
        !fence.Text.StartsWith("error TL", StringComparison.Ordinal) && !fence.Text.StartsWith("s = s + 0x", StringComparison.Ordinal) && !fence.Text.StartsWith("tl run", StringComparison.Ordinal)
        && !fence.Text.StartsWith("> ", StringComparison.Ordinal) && !fence.Text.StartsWith("program  ", StringComparison.Ordinal) && !fence.Text.StartsWith("// before tl fmt", StringComparison.Ordinal);

    private static IEnumerable<Fence> LanguageFences() => Fences().Where(IsLanguage);

    [TestCaseSource(nameof(LanguageFences))]
    public void A_block_of_the_specification_parses(Fence fence)
    {
        using Engine engine = new();

        // Names that the block leaves to the reader are not its grammar.
        Assert.That(engine.Check(fence.Text).Where(problem => problem.Code.StartsWith("TL1", StringComparison.Ordinal) || problem.Code.StartsWith("TL0", StringComparison.Ordinal)).Select(problem => problem.ToString()), Is.Empty);
    }

    // Blocks that define all they use.
    private static IEnumerable<Fence> CompleteFences() => LanguageFences().Where(fence =>
    {
        using Engine engine = new();
        return !fence.Text.Contains("load_model", StringComparison.Ordinal) && engine.Check(fence.Text).Count == 0;
    });

    [TestCaseSource(nameof(CompleteFences))]
    public void A_complete_block_of_the_specification_runs(Fence fence)
    {
        using Engine engine = new();

        Assert.That(engine.Run(fence.Text).Diagnostic?.ToString(), Is.Null);
    }

    [Test]
    public void The_tour_prints_what_it_says()
    {
        string tour = LanguageFences().First(fence => fence.Text.Contains("//>", StringComparison.Ordinal)).Text;
        // The last lines need a model file.
        string program = tour[..tour.IndexOf("model =", StringComparison.Ordinal)];
        string[] expected = [.. program.Split('\n').Where(line => line.Contains("//>", StringComparison.Ordinal)).SelectMany(line => line[(line.IndexOf("//>", StringComparison.Ordinal) + 3)..].Split("   and   ")).Select(line => line.Trim())];
        using Engine engine = new();

        Assert.That(engine.Run(program).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(expected));
    }

    [Test]
    public void Enough_blocks_are_read() => Assert.That((LanguageFences().Count(), CompleteFences().Count()), Is.EqualTo((16, 2)));
}
