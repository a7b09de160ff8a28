namespace TensorLogic.Tests.Language.Hosting;

/// <summary>The embedding interface (18).</summary>
public sealed class HostTests
{
    [TestCase("3", "int")]
    [TestCase("2.5", "float")]
    [TestCase("\"a\"", "string")]
    [TestCase("true", "bool")]
    [TestCase("none", "none")]
    [TestCase("[1]", "list")]
    [TestCase("({a: 1})", "record")]
    [TestCase("0..3", "range")]
    [TestCase("print", "function")]
    [TestCase("f16", "dtype")]
    [TestCase("ones([2])", "tensor")]
    [TestCase("sgd()", "optimizer")]
    [TestCase("cosine(3)", "schedule")]
    public void The_value_of_the_last_expression_comes_back(string source, string kind)
    {
        using Engine engine = new();

        Assert.That(engine.Run(source).Value.Kind.ToString().ToLowerInvariant(), Is.EqualTo(kind));
    }

    private static IEnumerable<TestCaseData> HostValues()
    {
        yield return new TestCaseData(true, "true");
        yield return new TestCaseData((short)3, "3");
        yield return new TestCaseData(3.5f, "3.5");
        yield return new TestCaseData((Half)0.5, "0.5");
        yield return new TestCaseData("text", "text");
        yield return new TestCaseData(null, "none");
        yield return new TestCaseData(new double[,] { { 1, 2 }, { 3, 4 } }, "[[1.0000, 2.0000], [3.0000, 4.0000]]");
        yield return new TestCaseData(new[] { 1, 2 }, "[1, 2]");
        yield return new TestCaseData(new[] { true, false }, "[true, false]");
        yield return new TestCaseData(new List<object?> { 1, "a", null }, "[1, \"a\", none]");
        yield return new TestCaseData(new Dictionary<string, object> { ["a"] = 1 }, "{a: 1}");
    }

    [TestCaseSource(nameof(HostValues))]
    public void Values_of_the_host_are_values_of_scripts(object? value, string text)
    {
        using Engine engine = new();
        engine.Set("x", Value.From(value));

        Assert.That(engine.Run("print(x)").Output, Is.EqualTo(text + "\n"));
    }

    [TestCase(new double[0], "f64")]
    [TestCase(new float[0], "f32")]
    [TestCase(new long[0], "i64")]
    [TestCase(new int[0], "i32")]
    [TestCase(new byte[0], "u8")]
    [TestCase(new bool[0], "bool")]
    public void Arrays_become_tensors_of_their_type(Array array, string dtype)
    {
        using Engine engine = new();
        engine.Set("x", Value.From(array));

        Assert.That(engine.Run("print(x.dtype, x.shape)").Output, Is.EqualTo($"{dtype} [0]\n"));
    }

    [Test]
    public void Scripts_call_the_host()
    {
        using Engine engine = new();
        engine.Define("half", (double x) => x / 2);
        engine.Define("join3", (string a, int n, bool up) => up ? (a + n).ToUpperInvariant() : a + n);
        engine.Define("total", (Tensor t) => (double)t.ElementCount);
        engine.Define("first", (IReadOnlyList<Value> list) => list[0]);

        Assert.That(engine.Run("print(half(3), half(x: 5.0), join3(\"a\", 2, true), total(ones([2, 3])), first([7, 8]))").Output, Is.EqualTo("1.5 2.5 A2 6.0 7\n"));
    }

    [TestCase("half()", "TL3007")]
    [TestCase("half(1, 2)", "TL3007")]
    [TestCase("half(y: 1)", "TL3007")]
    [TestCase("half(\"a\")", "TL3010")]
    [TestCase("broken()", "TL7001")]
    public void A_wrong_call_of_the_host_has_its_code(string source, string code)
    {
        using Engine engine = new();
        engine.Define("half", (double x) => x / 2);
        engine.Define("broken", new Func<int>(() => throw new InvalidOperationException("no paper")));

        Assert.That(engine.Run(source).Diagnostic?.Code, Is.EqualTo(code));
    }

    [Test]
    public void A_host_function_replaces_a_standard_one_for_later_scripts()
    {
        using Engine engine = new();
        Script before = engine.Compile("print(len([1, 2]))");
        engine.Define("len", (Value x) => 99);

        Assert.That((engine.Run(before).Output, engine.Run("print(len([1, 2]))").Output), Is.EqualTo(("2\n", "99\n")));
    }

    [Test]
    public void A_host_function_has_a_lower_case_name()
    {
        using Engine engine = new();

        Assert.That(Assert.Throws<ScriptException>(() => engine.Define("Area", () => 1))!.Diagnostics[0].Code, Is.EqualTo("TL1019"));
    }

    [Test]
    public void The_host_calls_functions_of_scripts()
    {
        using Engine engine = new();
        engine.Run("fn area(w, h = 2) => w * h");

        Assert.That((engine.Call("area", 3).AsInt(), engine.Call("area", 3, 4).AsInt(), engine.Call("sqrt", 9.0).AsFloat()), Is.EqualTo((6L, 12L, 3.0)));
        Assert.That(Assert.Throws<ScriptException>(() => engine.Call("area"))!.Diagnostics[0].Code, Is.EqualTo("TL3007"));
        Assert.That(Assert.Throws<ScriptException>(() => engine.Call("nothing"))!.Diagnostics[0].Code, Is.EqualTo("TL2001"));
    }

    [Test]
    public void Facts_come_from_the_host_and_answers_go_to_it()
    {
        using Engine engine = new();
        engine.AddFact("Parent", "alice", "bob");
        engine.AddFact("Parent", "bob", "carol");
        engine.Run("Ancestor(x, y) <- Parent(x, y)\nAncestor(x, z) <- Parent(x, y), Ancestor(y, z)");

        Assert.That(engine.Query("Ancestor(alice, x)").Select(row => row["x"].AsString()), Is.EqualTo(new[] { "bob", "carol" }));
        Assert.That(engine.Query("Ancestor(alice, carol)?"), Has.Count.EqualTo(1));
        Assert.That(engine.Facts("Ancestor").Select(tuple => $"{tuple[0]}-{tuple[1]}"), Is.EqualTo(new[] { "alice-bob", "alice-carol", "bob-carol" }));
        Assert.That((engine.RemoveFact("Parent", "bob", "carol"), engine.RemoveFact("Parent", "bob", "carol")), Is.EqualTo((true, false)));
        Assert.That(engine.Query("Ancestor(alice, x)"), Has.Count.EqualTo(1));
        Assert.That(Assert.Throws<ScriptException>(() => engine.AddFact("Parent", "a"))!.Diagnostics[0].Code, Is.EqualTo("TL3017"));
        Assert.That(Assert.Throws<ScriptException>(() => engine.AddFact("parent", "a"))!.Diagnostics[0].Code, Is.EqualTo("TL1020"));
        Assert.That(Assert.Throws<ScriptException>(() => engine.Query("Nothing(x)"))!.Diagnostics[0].Code, Is.EqualTo("TL2001"));
    }

    [Test]
    public void A_script_runs_many_times_and_in_many_engines()
    {
        using Engine first = new(), second = new();
        Script script = first.Compile("n = 1\nfor i in 0..3 { n = n * 2 }\nprint(n)");

        Assert.That(first.Run(script).Output + first.Run(script).Output + second.Run(script).Output, Is.EqualTo("8\n8\n8\n"));
    }

    [Test]
    public void A_script_says_where_an_engine_lacks_a_name()
    {
        using Engine first = new(), second = new();
        first.Set("x", 3);
        Script script = first.Compile("print(x)");

        Assert.That((first.Run(script).Output, second.Run(script).Diagnostic?.Code), Is.EqualTo(("3\n", "TL4001")));
    }

    [Test]
    public void A_fork_is_independent()
    {
        using Engine engine = new();
        engine.Run("let x = 1\nparam w: f32[1] = [1.0]\nlet opt = sgd(w, lr: 1.0)\nlet box = {w: w}\nP(ann)\nseed(5)\nfn get() => x");
        using Engine fork = engine.Fork();

        fork.Run("x = 2\nopt.step(sum(w))\nP(bob)");
        string draw = engine.Run("print(rand([1]))").Output;

        Assert.That(fork.Run("print(x, get(), w, box.w, len(query P(x)))").Output, Is.EqualTo("2 2 [0.0000] [0.0000] 2\n"));
        Assert.That(engine.Run("print(x, get(), w, box.w, len(query P(x)))").Output, Is.EqualTo("1 1 [1.0000] [1.0000] 1\n"));
        Assert.That(fork.Run("print(rand([1]))").Output, Is.EqualTo(draw));
    }

    [Test]
    public void A_fork_takes_no_longer_for_large_tensors()
    {
        using Engine engine = new(new EngineOptions { MemoryLimit = 1L << 30 });
        engine.Run("let big = zeros([100000000])");
        System.Diagnostics.Stopwatch watch = System.Diagnostics.Stopwatch.StartNew();

        engine.Fork().Dispose();

        Assert.That(watch.ElapsedMilliseconds, Is.LessThan(100));
    }

    [Test]
    public void Step_events_tell_how_far_a_run_is()
    {
        using Engine engine = new(new EngineOptions { StepEventInterval = 100 });
        List<long> steps = [];
        engine.Step += (_, told) => steps.Add(told.Steps);

        engine.Run("for i in 0..500 { }");

        Assert.That(steps, Has.Count.GreaterThanOrEqualTo(4));
        Assert.That(steps.Zip(steps.Skip(1), (a, b) => b - a), Is.All.LessThanOrEqualTo(100));
    }

    [Test]
    public void A_step_handler_can_cancel_by_failing()
    {
        using Engine engine = new(new EngineOptions { StepEventInterval = 10 });
        engine.Step += (_, _) => throw new InvalidOperationException("enough");

        Assert.That(engine.Run("loop { }").Diagnostic?.Message, Is.EqualTo("host function 'Step' failed: enough"));
    }

    [Test]
    public void A_second_run_at_the_same_time_is_refused()
    {
        using Engine engine = new();
        engine.Define("again", () => engine.Run("print(1)").Output);

        Assert.That(engine.Run("again()").Diagnostic?.Code, Is.EqualTo("TL7001"));
    }

    [Test]
    public async Task A_run_can_be_awaited_and_cancelled()
    {
        using Engine engine = new(new EngineOptions { StepLimit = long.MaxValue });
        using CancellationTokenSource cancel = new(100);

        RunResult result = await engine.RunAsync(engine.Compile("loop { }"), cancel.Token);

        Assert.That(result.Diagnostic?.Code, Is.EqualTo("TL6006"));
    }

    [Test]
    public void A_delegate_that_sees_the_cancellation_is_a_cancelled_run()
    {
        using Engine engine = new();
        using CancellationTokenSource cancel = new();
        engine.Define("stop", () =>
        {
            cancel.Cancel();
            cancel.Token.ThrowIfCancellationRequested();
            return 1;
        });

        Assert.That(engine.Run(engine.Compile("stop()"), cancel.Token).Diagnostic?.Code, Is.EqualTo("TL6006"));
    }

    [Test]
    public void Tests_of_a_script_run_in_order()
    {
        using Engine engine = new();

        TestResult result = engine.RunTests(engine.Compile("let n = 2\ntest \"a\" { assert n == 2 }\ntest \"b\" { assert n == 3, \"three\" }\ntest c { let n = 9 }\nprint(\"body\")"));

        Assert.That(result.Output, Is.EqualTo("body\ntest a ... ok\ntest b ... FAILED\ntest c ... ok\n2 passed, 1 failed\n"));
        Assert.That((result.Passed, result.Failures.Count, result.Failures[0].Message), Is.EqualTo((2, 1, "assertion failed: three")));
    }

    [Test]
    public void Tests_do_not_run_otherwise()
    {
        using Engine engine = new();

        Assert.That(engine.Run("test \"a\" { fail(\"no\") }").Success);
    }

    [Test]
    public void The_clock_is_the_hosts()
    {
        using Engine engine = new(new EngineOptions { Clock = new Fixed() });

        Assert.That(engine.Run("print(time())").Output, Is.EqualTo("1000.0\n"));
    }

    private sealed class Fixed : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(1000);
    }

    [Test]
    public void Imports_may_come_from_the_host()
    {
        using Engine engine = new(new EngineOptions { ImportResolver = (path, importer) => path == "m" ? "let unit = \"m\"" : null });

        Assert.That(engine.Run("import \"m\" as lib\nprint(lib.unit)").Output, Is.EqualTo("m\n"));
        Assert.That(engine.Run("import \"n\"").Diagnostic?.Code, Is.EqualTo("TL5001"));
    }

    [Test]
    public void A_module_runs_once()
    {
        using Engine engine = new(new EngineOptions { ImportResolver = (_, _) => "print(\"loaded\")\nlet n = [0]" });

        Assert.That(engine.Run("import \"m\"\nimport \"m\" as other\nprint(n, other.n)").Output, Is.EqualTo("loaded\n[0] [0]\n"));
    }

    [Test]
    public void A_reset_forgets()
    {
        using Engine engine = new();
        engine.Run("let x = 1\nP(ann)\nQ(x) <- P(x)");
        engine.Reset();

        Assert.That((engine.TryGet("x", out _), engine.Run("print(x)").Diagnostic?.Code, engine.Facts("P").Count), Is.EqualTo((false, "TL2001", 0)));
        Assert.That(() => engine.Get("x"), Throws.TypeOf<KeyNotFoundException>());
    }

    [Test]
    public void Steps_output_and_time_are_counted()
    {
        using Engine engine = new();
        List<string> lines = [];
        engine.Output += (_, line) => lines.Add(line.Text);

        RunResult result = engine.Run("print(1)\nprint(2)");

        Assert.That((result.Output, string.Join(",", lines), result.Steps, result.Elapsed > TimeSpan.Zero), Is.EqualTo(("1\n2\n", "1,2", 4L, true)));
    }

    [Test]
    public void Names_that_a_script_would_know_are_listed()
    {
        using Engine engine = new();
        engine.Set("mine", 1);

        Assert.That(engine.Names, Is.SupersetOf(new[] { "mine", "print", "softmax", "f16" }));
    }
}
