namespace TensorLogic.Tests.Tool.Documentation;

/// <summary><c>docs/coreml.md</c> says what the tables and the recorded cases say. <c>TENSORLOGIC_ACCEPT_DOCS=1</c> writes it anew.</summary>
public sealed class CoreMLDocumentTests
{
    private const string Begin = "<!-- generated: begin -->\n", End = "<!-- generated: end -->\n";

    [Test]
    public void The_page_says_what_runs()
    {
        string path = Path.Combine(TestData.Root, "docs", "coreml.md"), page = File.ReadAllText(path).ReplaceLineEndings("\n");
        int begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, end = page.IndexOf(End, StringComparison.Ordinal);
        string expected = CoreMLCoverage.Write();
        if (Environment.GetEnvironmentVariable("TENSORLOGIC_ACCEPT_DOCS") == "1")
        {
            File.WriteAllText(path, page[..begin] + expected + page[end..]);
            return;
        }

        Assert.That(page[begin..end], Is.EqualTo(expected));
    }

    [Test]
    public void Every_operation_of_the_format_has_a_rule() => Assert.That(CoreMLCoverage.MissingOperations, Is.Empty);

    [Test]
    public void Every_layer_of_the_format_has_a_rule() => Assert.That(CoreMLCoverage.MissingLayers, Is.Empty);
}
