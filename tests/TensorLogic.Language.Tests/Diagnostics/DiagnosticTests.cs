namespace TensorLogic.Tests.Language.Diagnostics;

/// <summary>Every code with its place (16). The place in a source is marked by «»: it begins at « and ends at ».</summary>
public sealed class DiagnosticTests
{
    private const string Setup = "let X = tensor([[1.0, 2.0], [3.0, 4.0]])\n";

    // TL1: tokens and grammar.
    [TestCase("TL1001", "let x = 3 «$» 4")]
    [TestCase("TL1001", "let x = «#»1")]
    [TestCase("TL1001", "print(«'»a')")]
    [TestCase("TL1002", "let s = «\"»no end")]
    [TestCase("TL1003", "let a = 1 «/*» never")]
    [TestCase("TL1004", "let a = «12abc»")]
    [TestCase("TL1004", "let a = «99999999999999999999»")]
    [TestCase("TL1005", "print(\"a«\\q»\")")]
    [TestCase("TL1010", "let «=» 3")]
    [TestCase("TL1010", "fn f(a «bc») => a")]
    [TestCase("TL1011", "let x = 1 + «*» 2")]
    [TestCase("TL1011", "«f»(1) = 2")]
    [TestCase("TL1011", "relation N(n: int)\nN(1)\nM(x) <- N(x), x > «[»1]")]
    [TestCase("TL1012", "let a = 1\nprint(1 < a «<» 10)")]
    [TestCase("TL1013", "let a = 2 «^» 3")]
    [TestCase("TL1014", "let x = «(»1 + 2")]
    [TestCase("TL1014", "let x = 1 + 2«)»")]
    [TestCase("TL1014", "let x = «(»1 + 2]")]
    [TestCase("TL1015", "«struct» Point { x: f32 }")]
    [TestCase("TL1015", "«panic»(\"no\")")]
    [TestCase("TL1015", "infer «gradient» P(x)?")]
    [TestCase("TL1016", "«python» import numpy")]
    [TestCase("TL1017", "fn f() { «break» }")]
    [TestCase("TL1017", "«continue»")]
    [TestCase("TL1018", "«return» 3")]
    [TestCase("TL1019", "fn «Area»(w) => w")]
    [TestCase("TL1020", "relation «parent»(a: entity)")]
    // TL2: names, before the run.
    [TestCase("TL2001", "print(«wieght»)")]
    [TestCase("TL2001", "A(x) <- «Bee»(x)")]
    [TestCase("TL2001", "«Path»(x)?")]
    [TestCase("TL2001", "let x = tensor([1.0])\nlet y = x[«indx»]")]
    [TestCase("TL2001", "print(«later»)\nlet later = 1")]
    [TestCase("TL2003", "fn f(a, b, «a») => a")]
    [TestCase("TL2004", "let a = 2\nlet b = a «a»")]
    [TestCase("TL2005", "Pair(x, «y») <- Thing(x)\nThing(ann)")]
    [TestCase("TL2005", "Thing(ann)\nQ(x) <- Thing(x), «y» > 1")]
    [TestCase("TL2005", "Thing(ann)\nThing(x), not Thing(«y»)?")]
    [TestCase("TL2006", "Move(ann, bob)\n«Win»(x) <- Move(x, y), not Win(y)")]
    [TestCase("TL2006", "N(ann, bob)\n«T»(x, count(y)) <- N(x, y), T(y, z)")]
    [TestCase("TL2009", "Node(«i»)")]
    [TestCase("TL2009", "Node(«count»(x))")]
    [TestCase("TL2011", "param w: f32[1] = [1.0]\nlearn {\n    objective: sum(w), optimizer: sgd(), «epoch»: 3\n}")]
    [TestCase("TL2011", "param w: f32[1] = [1.0]\n«learn» { optimizer: sgd(), epochs: 3 }")]
    [TestCase("TL2012", "print(sum([1], axis: 0, «axis»: 0))")]
    [TestCase("TL2012", "param w: f32[1] = [1.0]\nlearn { objective: sum(w), optimizer: sgd(), epochs: 3, «epochs»: 4 }")]
    [TestCase("TL2013", Setup + "Y[i] = «sum»(X[i, j])")]
    [TestCase("TL2013", Setup + "Y[i] = X[i, «0»:1]")]
    [TestCase("TL2013", Setup + "Y[i] = X[i, j] «@» X[j, i]")]
    [TestCase("TL2014", Setup + "X[i, j] «*=» 2.0")]
    [TestCase("TL2015", "let x: «f12»[2] = [1.0, 2.0]")]
    [TestCase("TL2015", "fn f(a: «number») => a")]
    [TestCase("TL2016", "index i: 4\nprint(«i»)")]
    [TestCase("TL2016", Setup + "print(X[0«.», 0])")]
    [TestCase("TL2017", "Parent(ann, bob)\nlet x = «Parent»(ann, bob)")]
    [TestCase("TL2018", Setup + "Y[i., j«.»] = softmax(X[i, j])")]
    [TestCase("TL2018", Setup + "Y[] = «softmax»(X[i, j])")]
    [TestCase("TL2018", Setup + "S[i, «*»t] = X[i, t]")]
    [TestCase("TL2019", "let A = zeros([5])\nA[i] «=» A[i-1] + A[i+1]")]
    // TL3: types and shapes.
    [TestCase("TL3001", "print(\"a\" «+» 1)")]
    [TestCase("TL3001", "print(«-»\"a\")")]
    [TestCase("TL3001", "print(true «<» false)")]
    [TestCase("TL3001", "let x = 3\nprint(x«[»0])")]
    [TestCase("TL3001", "let r = {a: 1}\nprint(r«[»0])")]
    [TestCase("TL3001", "print(«repeat»(\"a\", \"b\"))")]
    [TestCase("TL3001", "relation Age(who: entity, years: int)\n«Age»(ann, old)")]
    [TestCase("TL3002", "print(ones([2, 3]) «+» ones([4]))")]
    [TestCase("TL3002", "print(«concat»([ones([2, 3]), ones([4, 4])]))")]
    [TestCase("TL3002", "print(«stack»([ones([2]), ones([3])]))")]
    [TestCase("TL3002", "let w = zeros([3])\nw«[»0:2] = [1.0, 2.0, 3.0]")]
    [TestCase("TL3003", "print(ones([2, 3]) «@» ones([2, 3]))")]
    [TestCase("TL3003", "print(«linear»(ones([2, 3]), ones([4, 5])))")]
    [TestCase("TL3003", "print(«conv2d»(ones([1, 2, 3, 3]), ones([1, 3, 1, 1])))")]
    [TestCase("TL3004", "let A = ones([2, 3])\nlet B = ones([4, 2])\nC[i, k] = A[i, j] B[«j», k]")]
    [TestCase("TL3004", "Y[i] = tensor([1.0, 2.0])[i]\nY[i] «+=» tensor([1.0, 2.0, 3.0])[i]")]
    [TestCase("TL3005", "print(«sum»(ones([2, 2]), axis: 2))")]
    [TestCase("TL3005", "print(«permute»(ones([2, 2]), [0, 0]))")]
    [TestCase("TL3005", "print(«squeeze»(ones([2, 2]), axis: 0))")]
    [TestCase("TL3006", Setup + "Y[i] = «X»[i, j, k]")]
    [TestCase("TL3006", Setup + "print(X«[»0, 0, 0])")]
    [TestCase("TL3006", Setup + "Y[i] = X[i, 0] * «X»")]
    [TestCase("TL3007", "fn f(a, b) => a\nprint(«f»(1))")]
    [TestCase("TL3007", "print(«len»([1], [2]))")]
    [TestCase("TL3007", "print(«len»(y: [1]))")]
    [TestCase("TL3008", "tensor «x»: float16[3] = [1.0, 2.0]")]
    [TestCase("TL3008", "let «n»: int = \"a\"")]
    [TestCase("TL3008", "fn f(a: f16[n], b: f16[n]) => a + b\nprint(«f»([1.0, 2.0], [3.0]))")]
    [TestCase("TL3008", "let y: f32[2] = [1, 2]\ny «=» [1, 2, 3]")]
    [TestCase("TL3008", "param w: f32[2] = [1.0, 2.0]\n«assign»(w, [1.0])")]
    [TestCase("TL3009", "print(«tensor»([[1.0, 2.0], [3.0]]))")]
    [TestCase("TL3010", "print(«relu»(\"a\"))")]
    [TestCase("TL3010", "for x in «3» { }")]
    [TestCase("TL3010", "print([1, 2]«[»\"a\"])")]
    [TestCase("TL3010", "let names = [\"a\", \"b\"]\nY[i] = «names»[i]")]
    [TestCase("TL3011", "print(«reshape»(arange(6), [4, 2]))")]
    [TestCase("TL3011", "print(«split»(arange(6), 4))")]
    [TestCase("TL3011", "print(«inv»(ones([2, 3])))")]
    [TestCase("TL3012", "print(«einsum»(\"ij,jk->ik\", ones([2, 3]), ones([4, 2])))")]
    [TestCase("TL3013", "if «1» { print(\"no\") }")]
    [TestCase("TL3013", "while «\"a\"» { }")]
    [TestCase("TL3014", "let x = 1\nprint(«x»(1))")]
    [TestCase("TL3015", "let r = {a: 1}\nprint(r.«b»)")]
    [TestCase("TL3015", "let r = {a: 1}\nprint(r.«b»())")]
    [TestCase("TL3015", "let t = ones([2])\nt.«shape» = [3]")]
    [TestCase("TL3016", "let v = tensor([1.0])\nY[i, k] «=» v[i]")]
    [TestCase("TL3017", "Parent(ann, bob)\n«Parent»(ann, bob, cal)")]
    [TestCase("TL3018", "let r = {a: 1}\nY[i] = «r»[i]")]
    // TL4: values.
    [TestCase("TL4001", "fn f() => «later» + 1\nf()\nlet later = 2")]
    [TestCase("TL4002", "print([1, 2, 3]«[»3])")]
    [TestCase("TL4002", Setup + "Y[i] = X[i, «5»]")]
    [TestCase("TL4002", Setup + "X[«i»+1, 0] = tensor([1.0, 2.0])[i]")]
    [TestCase("TL4003", "print(10 «/» 0)")]
    [TestCase("TL4003", "print(tensor([1, 2]) «%» tensor([1, 0]))")]
    [TestCase("TL4004", "let r = {a: 1}\nprint(r«[»\"b\"])")]
    [TestCase("TL4004", "print(«entity_id»(\"nobody\"))")]
    [TestCase("TL4005", "«assert» 1 == 2, \"no\"")]
    [TestCase("TL4006", "«fail»(\"stop\")")]
    [TestCase("TL4007", "print(9223372036854775807 «+» 1)")]
    [TestCase("TL4008", "print(«inv»(tensor([[1.0, 2.0], [2.0, 4.0]])))")]
    [TestCase("TL4009", "param w: f32[1] = [1.0]\nprint(«grad»(sum(ones([2])), w))")]
    [TestCase("TL4009", "param w: f32[2] = [1.0, 2.0]\nprint(«grad»(w * 2.0, w))")]
    [TestCase("TL4009", "let x = ones([1])\nprint(«grad»(sum(x), x))")]
    [TestCase("TL4009", "print(«sgd»(ones([1])))")]
    [TestCase("TL4009", "learn { «objective»: sum(ones([2])), optimizer: sgd(), epochs: 1 }")]
    [TestCase("TL4010", "print(2 «**» -1)")]
    [TestCase("TL4010", "print(«int»(\"12x\"))")]
    [TestCase("TL4010", "print([1, 2]«[»::0])")]
    [TestCase("TL4010", "print(«zeros»([-1]))")]
    [TestCase("TL4011", "entity P = {ann}\nrelation K(a: P)\n«K»(zoe)")]
    // TL5: files, models, what is not there.
    [TestCase("TL5001", "print(«read_text»(\"missing.txt\"))")]
    [TestCase("TL5001", "import «\"missing.tl\"»")]
    [TestCase("TL5002", "print(«read_text»(\"../../x.txt\"))")]
    [TestCase("TL5004", "«load_model»(\"notes.txt\")")]
    [TestCase("TL5004", "«save_model»({w: ones([1])}, \"w.txt\")")]
    [TestCase("TL5005", "«generate»(1, \"a\")")]
    [TestCase("TL5006", "«write_text»(\"a.txt\", \"a\")")]
    [TestCase("TL5007", "print(«env»(\"HOME\"))")]
    [TestCase("TL5007", "print(«input»())")]
    public void A_mistake_is_told_with_its_code_and_place(string code, string marked)
    {
        int start = marked.IndexOf('«', StringComparison.Ordinal), end = marked.IndexOf('»', StringComparison.Ordinal) - 1;
        string source = marked.Replace("«", "", StringComparison.Ordinal).Replace("»", "", StringComparison.Ordinal);
        string before = source[..start];
        int line = before.Count(c => c == '\n') + 1, column = start - (before.LastIndexOf('\n') + 1) + 1;

        Diagnostic? problem = Problem(source);

        Assert.That($"{problem?.Code} {problem?.Line}:{problem?.Column} {problem?.Length}", Is.EqualTo($"{code} {line}:{column} {end - start}"), problem?.ToString() ?? "no error");
    }

    private static string Root { get; } = Folder();

    private static string Folder()
    {
        string folder = Directory.CreateTempSubdirectory("tl").FullName;
        File.WriteAllText(Path.Combine(folder, "notes.txt"), "no model");
        return folder;
    }

    [OneTimeTearDown]
    public void Clean() => Directory.Delete(Root, recursive: true);

    private static Diagnostic? Problem(string source)
    {
        using Engine engine = new(new EngineOptions { FileRoot = Root });
        return engine.Run(source).Diagnostic;
    }

    [TestCase("TL0001", "script 'missing.tl' not found")]
    public void A_script_that_is_not_there_has_no_place(string code, string message)
    {
        using Engine engine = new();
        Diagnostic problem = Assert.Throws<ScriptException>(() => engine.CompileFile("missing.tl")).Diagnostics[0];

        Assert.That((problem.Code, problem.Message, problem.Line), Is.EqualTo((code, message, 0)));
    }

    [Test]
    public void Bytes_that_are_no_text_are_refused()
    {
        string file = Path.Combine(Root, "bytes.tl");
        File.WriteAllBytes(file, [0x70, 0xff, 0xfe]);
        using Engine engine = new();

        Assert.That(Assert.Throws<ScriptException>(() => engine.CompileFile(file)).Diagnostics[0].Code, Is.EqualTo("TL0002"));
    }

    [Test]
    public void A_source_beyond_four_mebibytes_is_refused() => Assert.That(Problem(new string(' ', (4 << 20) + 1))?.Code, Is.EqualTo("TL0003"));

    [Test]
    public void Nesting_beyond_two_hundred_levels_is_refused() => Assert.That(Problem($"print({new string('(', 201)}1{new string(')', 201)})")?.Code, Is.EqualTo("TL0004"));

    [Test]
    public void All_errors_of_a_file_are_told_in_order()
    {
        using Engine engine = new();

        IReadOnlyList<Diagnostic> problems = engine.Check("print(a)\nlet x = 1 x\nbreak\nfn f() => zz");

        Assert.That(problems.Select(problem => (problem.Line, problem.Code)), Is.EqualTo(new[] { (1, "TL2001"), (2, "TL2004"), (3, "TL1017"), (4, "TL2001") }));
    }

    [Test]
    public void Grammar_errors_do_not_hide_one_another()
    {
        using Engine engine = new();

        IReadOnlyList<Diagnostic> problems = engine.Check("let = 3\nprint(1 +)\nlet y = 2\nfor in z { }");

        Assert.That(problems.Select(problem => (problem.Line, problem.Code)), Is.EqualTo(new[] { (1, "TL1010"), (2, "TL1011"), (4, "TL1010") }));
    }

    [Test]
    public void Not_more_than_twenty_errors_are_told()
    {
        using Engine engine = new();

        Assert.That(engine.Check(string.Concat(Enumerable.Range(0, 50).Select(i => $"print(unknown{i})\n"))), Has.Count.EqualTo(20));
    }

    [Test]
    public void A_diagnostic_repeats_tabs_so_that_the_marks_stand_right()
    {
        Assert.That(Problem("if true {\n\tprint(nothing)\n}")!.ToString(), Is.EqualTo(
            "error TL2001: unknown name 'nothing'\n  --> script.tl:2:8\n  |\n2 | \tprint(nothing)\n  | \t      ^^^^^^^\n"));
    }

    [Test]
    public void Columns_count_code_points() => Assert.That(Problem("print(\"😀\", zz)")?.Column, Is.EqualTo(12));

    [TestCase("let weight = 1\nprint(wieght)", "did you mean 'weight'?")]
    [TestCase("print(lenn([1]))", "did you mean 'len'?")]
    [TestCase("print(later)\nlet later = 1", "'later' gets its value further down")]
    [TestCase("print(\"a\" + 1)", "use str(x) to make a string")]
    [TestCase("let v = tensor([1.0])\nY[i, k] = v[i]", "declare it: index k: 4")]
    public void Hints_say_what_to_do(string source, string hint) => Assert.That(Problem(source)?.Hint, Is.EqualTo(hint));
}
