namespace TensorLogic.Tests.Language.Formatting;

public sealed class ScriptFormatterTests
{
    // The pairs of 17.2, and what follows from them.
    [TestCase("tensor w: float16[2] learnable=[1.0,2.0]", "param w: f16[2] = [1.0, 2.0]")]
    [TestCase("y:=w*2.0", "y = w * 2.0")]
    [TestCase("if a>1 && !b {print(\"x\")}", "if a > 1 and not b { print(\"x\") }")]
    [TestCase("?- Parent(alice,X)", "Parent(alice, X)?")]
    [TestCase("tensor x: float16[3] = e", "let x: f16[3] = e")]
    [TestCase("tensor x: float32[2, 3]", "let x: f32[2, 3] = zeros([2, 3], dtype: f32)")]
    [TestCase("tensor x: float16[3] frozen := e", "let x: f16[3] = e")]
    [TestCase("f(a,axis=1)", "f(a, axis: 1)")]
    [TestCase("fn f(a,b=10)=>a", "fn f(a, b = 10) => a")]
    [TestCase("query Parent(X,Y) where X!=ann", "Parent(X, Y), X != ann?")]
    [TestCase("rule A(x)<-B(x)", "A(x) <- B(x)")]
    [TestCase("infer forward A(x)?", "A(x)?")]
    [TestCase("a || b", "a or b")]
    [TestCase("a=1;b=2", "a = 1\nb = 2")]
    [TestCase("if a {b=1;c=2}", "if a {\n    b = 1\n    c = 2\n}")]
    [TestCase("if a {\nb=1}", "if a {\n    b = 1\n}")]
    [TestCase("while true { }", "while true { }")]
    [TestCase("if a { b() } else if c { d() }\nelse { e() }", "if a { b() } else if c { d() } else { e() }")]
    [TestCase("let r={a:1,\"b c\":[1,2]}", "let r = {a: 1, \"b c\": [1, 2]}")]
    [TestCase("x=-1+-y**-2", "x = -1 + -y ** -2")]
    [TestCase("x=a[1:2]+a[::2]+a[:, -1]+a[i + 1]", "x = a[1:2] + a[::2] + a[:, -1] + a[i+1]")]
    [TestCase("Y[i,*t+1]=W[i,j]X[j]", "Y[i, *t+1] = W[i, j] X[j]")]
    [TestCase("Y[i] max=X[i]", "Y[i] max= X[i]")]
    [TestCase("C[p,p'.]=softmax(S[p,p'])", "C[p, p'.] = softmax(S[p, p'])")]
    [TestCase("for k,v in r{print(k)}", "for k, v in r { print(k) }")]
    [TestCase("let z=f32::zeros( [ 2 ] )", "let z = f32::zeros([2])")]
    [TestCase("A(x)<-B(x,?who),not C(x,_),x!=(n)", "A(x) <- B(x, ?who), not C(x, _), x != (n)")]
    [TestCase("x?", "x?")]
    [TestCase("let f=fn(x)=>x", "let f = fn(x) => x")]
    [TestCase("x.f(a).g[1](2)", "x.f(a).g[1](2)")]
    [TestCase("for i in 0..n+1{ }", "for i in 0..n + 1 { }")]
    [TestCase("let x: f16[?,n] = e", "let x: f16[?, n] = e")]
    [TestCase("fn f(a:f16[2])->f16[2]{return a}", "fn f(a: f16[2]) -> f16[2] { return a }")]
    [TestCase("entity P={ann,bob}", "entity P = {ann, bob}")]
    [TestCase("index i,j:4", "index i, j: 4")]
    [TestCase("assert a==1,\"no\"", "assert a == 1, \"no\"")]
    [TestCase("import \"a.tl\" as a", "import \"a.tl\" as a")]
    public void A_line_has_one_form(string source, string expected) => Assert.That(ScriptFormatter.Format(source), Is.EqualTo(expected + "\n"));

    [TestCase("a = 1 // one\n\n\n\n// two\nb = 2", "a = 1 // one\n\n// two\nb = 2\n")]
    [TestCase("/* head */\na = 1", "/* head */\na = 1\n")]
    [TestCase("if a {\n// inside\nb = 1\n// end\n}", "if a {\n    // inside\n    b = 1\n    // end\n}\n")]
    [TestCase("f(a, // first\nb)", "f(a, // first\n    b)\n")]
    [TestCase("let x = [\n1,\n2\n]", "let x = [\n    1,\n    2\n]\n")]
    [TestCase("a = 1 +\n2", "a = 1 +\n2\n")]
    [TestCase("", "")]
    [TestCase("// only a comment", "// only a comment\n")]
    [TestCase("\r\na = 1\r\n", "a = 1\n")]
    public void Comments_and_lines_inside_brackets_stay(string source, string expected) => Assert.That(ScriptFormatter.Format(source), Is.EqualTo(expected));

    private static IEnumerable<string> Programs => Directory.GetFiles(TestData.Path("spec"), "*.tl").Where(file => !File.Exists(Path.ChangeExtension(file, ".err"))).Select(file => Path.GetFileNameWithoutExtension(file)).Order();

    [TestCaseSource(nameof(Programs))]
    public void Formatting_twice_changes_nothing(string name)
    {
        string once = ScriptFormatter.Format(File.ReadAllText(TestData.Path("spec", $"{name}.tl")));

        Assert.That(ScriptFormatter.Format(once), Is.EqualTo(once));
    }

    // Programs that need no files and no options.
    private static IEnumerable<string> Plain => Programs.Where(name => File.ReadAllText(TestData.Path("spec", $"{name}.tl")) is var text && !text.Contains("load_", StringComparison.Ordinal) && !text.Contains("import ", StringComparison.Ordinal) && !text.StartsWith("//!", StringComparison.Ordinal));

    [TestCaseSource(nameof(Plain))]
    public void A_formatted_program_prints_the_same(string name)
    {
        using Engine engine = new();

        RunResult result = engine.Run(ScriptFormatter.Format(File.ReadAllText(TestData.Path("spec", $"{name}.tl"))));

        Assert.That((result.Diagnostic?.ToString(), result.Output), Is.EqualTo(((string?)null, File.ReadAllText(TestData.Path("spec", $"{name}.out")))));
    }

    [Test]
    public void A_source_that_does_not_parse_is_refused() => Assert.That(Assert.Throws<ScriptException>(() => ScriptFormatter.Format("let = 3"))!.Diagnostics[0].Code, Is.EqualTo("TL1010"));
}
