namespace TensorLogic.Tests.Language.Hosting;

public sealed class EngineTests
{
    private static string Output(string source)
    {
        using Engine engine = new();
        RunResult result = engine.Run(source);
        Assert.That(result.Diagnostic?.ToString(), Is.Null);
        return result.Output;
    }

    private static string Code(string source, EngineOptions? options = null)
    {
        using Engine engine = new(options);
        return engine.Run(source).Diagnostic?.Code ?? "";
    }

    [TestCase("print()", "\n")]
    [TestCase("print(1, 2.5, \"a\", true, none)", "1 2.5 a true none\n")]
    [TestCase("print(1, 2, sep: \"-\")", "1-2\n")]
    [TestCase("print([1, \"a\\n\", {b: -2, \"c d\": [ ]}])", "[1, \"a\\n\", {b: -2, \"c d\": []}]\n")]
    [TestCase("print(1e16, 1.5e-7, 0.1, 100.0)", "1e+16 1.5e-07 0.1 100.0\n")]
    [TestCase("let x = 1; x = 2\nprint(x) // comment", "2\n")]
    [TestCase("r = {a: [10, 20]}\nprint(r.a[1], r[\"a\"][-2])", "20 10\n")]
    [TestCase("print(zeros([2, 2]), zeros([2]).dtype, zeros([2, 3]).shape)", "[[0.0000, 0.0000], [0.0000, 0.0000]] f16 [2, 3]\n")]
    [TestCase("\"x\".print()", "x\n")]
    [TestCase("print(print, type(print))", "<fn print> function\n")]
    public void Values_print_as_the_specification_says(string source, string expected) => Assert.That(Output(source), Is.EqualTo(expected));

    [TestCase("generate(1, \"a\")", "TL5005")]
    [TestCase("for i in 3 { }", "TL3010")]
    [TestCase("print(y)", "TL2001")]
    [TestCase("print(-\"a\")", "TL3001")]
    [TestCase("str()", "TL3007")]
    [TestCase("str(1, 2)", "TL3007")]
    [TestCase("str(y: 1)", "TL3007")]
    [TestCase("str(x: 1, x: 2)", "TL2012")]
    [TestCase("1(2)", "TL3014")]
    [TestCase("[1][1]", "TL4002")]
    [TestCase("load_model(\"a\")", "TL5002")]
    [TestCase("load_model(\"a\", device: \"tpu\")", "TL4010")]
    [TestCase("zeros([1000000, 1000000, 1000])", "TL6003")]
    public void A_mistake_has_its_code(string source, string code) => Assert.That(Code(source), Is.EqualTo(code));

    [TestCase('(', ')')]
    [TestCase('[', ']')]
    public void Nesting_without_end_is_refused_and_not_walked(char open, char close) =>
        Assert.That(Code(new string(open, 100_000) + new string(close, 100_000)), Is.EqualTo("TL0004"));

    [TestCase("-")]
    [TestCase("x.a")]
    public void A_chain_without_end_is_refused_and_not_walked(string link) =>
        Assert.That(Code("x = 1\nprint(" + string.Concat(Enumerable.Repeat(link == "-" ? "-" : "", 100_000)) + "x" + string.Concat(Enumerable.Repeat(link == "-" ? "" : ".a", 100_000)) + ")"), Is.EqualTo("TL0004"));

    [Test]
    public void Limits_end_a_run_and_the_engine_stays_usable()
    {
        using Engine engine = new(new EngineOptions { StepLimit = 3, OutputLimit = 100 });

        RunResult steps = engine.Run("a = 1\nb = 2\nc = 3\nd = 4"), output = engine.Run($"print(\"{new string('x', 200)}\")"), after = engine.Run("print(c)");

        Assert.That((steps.Diagnostic?.Code, output.Diagnostic?.Code, after.Output), Is.EqualTo(("TL6001", "TL6005", "3\n")));
    }

    [Test]
    public void A_cancelled_run_says_so()
    {
        using Engine engine = new();

        Assert.That(engine.Run("print(1)", new CancellationToken(true)).Diagnostic?.Code, Is.EqualTo("TL6006"));
    }

    [Test]
    public void The_host_sets_and_gets_variables()
    {
        using Engine engine = new();
        engine.Set("names", Value.From(new[] { "a", "b" }));

        engine.Run("second = names[1]");

        Assert.That(engine.Get("second").AsString(), Is.EqualTo("b"));
    }

    [Test]
    public void A_path_that_leaves_the_root_is_refused_also_by_a_link()
    {
        using TemporaryRoot root = new();
        string inside = Path.Combine(root.Path, "inside");
        Directory.CreateDirectory(inside);
        File.WriteAllText(Path.Combine(root.Path, "secret.gguf"), "GGUF");
        EngineOptions options = new() { FileRoot = inside };
        Assert.That(Code("load_model(\"../secret.gguf\")", options), Is.EqualTo("TL5002"));
        if (OperatingSystem.IsWindows()) return;
        File.CreateSymbolicLink(Path.Combine(inside, "link.gguf"), Path.Combine(root.Path, "secret.gguf"));

        Assert.That(Code("load_model(\"link.gguf\")", options), Is.EqualTo("TL5002"));
    }

    [Test]
    public void A_handler_that_fails_ends_the_run()
    {
        using Engine engine = new();
        engine.Output += (_, _) => throw new InvalidOperationException("no paper");

        Assert.That(engine.Run("print(1)").Diagnostic?.Message, Is.EqualTo("host function 'Output' failed: no paper"));
    }

    private sealed class TemporaryRoot : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("tl").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
