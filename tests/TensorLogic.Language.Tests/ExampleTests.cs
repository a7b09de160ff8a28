namespace TensorLogic.Tests.Language;

/// <summary>The programs of <c>examples/language</c>: their output stands beside them, and they are in the form of <c>tl fmt</c>.</summary>
public sealed class ExampleTests
{
    private static IEnumerable<string> Programs => Directory.GetFiles(Path.Combine(TestData.Root, "examples", "language"), "*.tl").Select(file => Path.GetFileNameWithoutExtension(file)).Order();

    private static string PathOf(string name) => Path.Combine(TestData.Root, "examples", "language", $"{name}.tl");

    [TestCaseSource(nameof(Programs))]
    public void An_example_prints_what_stands_beside_it(string name)
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();
        using Engine engine = new(new EngineOptions { FileRoot = TestData.Root, Runtime = runtime });

        RunResult result = engine.Run(engine.CompileFile(PathOf(name)));

        Assert.That(result.Diagnostic?.ToString(), Is.Null);
        Assert.That(result.Output, Is.EqualTo(File.ReadAllText(Path.ChangeExtension(PathOf(name), ".out"))));
    }

    [TestCaseSource(nameof(Programs))]
    public void An_example_is_formatted(string name) => Assert.That(ScriptFormatter.Format(File.ReadAllText(PathOf(name))), Is.EqualTo(File.ReadAllText(PathOf(name))));

    [TestCaseSource(nameof(Programs))]
    public void An_example_is_explained(string name) => Assert.That(File.ReadAllText(Path.Combine(TestData.Root, "docs", "language.md")), Does.Contain($"examples/language/{name}.tl"));
}
