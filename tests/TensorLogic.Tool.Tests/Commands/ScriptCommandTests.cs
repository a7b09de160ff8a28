using TensorLogic.Tool;
using TensorLogic.Tool.Repl;

namespace TensorLogic.Tests.Tool.Commands;

/// <summary><c>tl check</c>, <c>test</c>, <c>fmt</c> and <c>repl</c>.</summary>
public sealed class ScriptCommandTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Start() => _folder = new();

    [TearDown]
    public void Stop() => _folder.Dispose();

    private string Write(string text, string name = "a.tl")
    {
        File.WriteAllText(_folder.Path(name), text);
        return _folder.Path(name);
    }

    [Test]
    public void Run_keeps_blanks_at_the_ends_of_lines() => Assert.That(Tl.Run("run", Write("print(\"a \", \"\")")).Output, Is.EqualTo("a  \n"));

    [Test]
    public void Check_tells_all_errors_and_runs_nothing()
    {
        Outcome outcome = Tl.Run("check", Write("print(a)\nprint(1)\nbreak"));

        Assert.That((outcome.ExitCode, outcome.Output), Is.EqualTo((1, "")));
        Assert.That(outcome.Error, Does.Contain("a.tl:1:7").And.Contain("a.tl:3:1"));
    }

    [Test]
    public void Check_of_good_files_says_nothing()
    {
        Outcome outcome = Tl.Run("check", Write("print(1)"), Write("let x = 1", "b.tl"));

        Assert.That((outcome.ExitCode, outcome.Output, outcome.Error), Is.EqualTo((0, "", "")));
    }

    [Test]
    public void Test_tells_what_passed_and_what_failed()
    {
        Outcome outcome = Tl.Run("test", Write("test \"good\" { assert true }\ntest \"bad\" { assert false, \"why\" }"));

        Assert.That((outcome.ExitCode, outcome.Output), Is.EqualTo((1, "test good ... ok\ntest bad ... FAILED\n1 passed, 1 failed\n")));
        Assert.That(outcome.Error, Does.StartWith("error TL4005: assertion failed: why\n  --> a.tl:2:14\n"));
    }

    [Test]
    public void Test_succeeds_where_all_pass() => Assert.That(Tl.Run("test", Write("test a { assert true }")).ExitCode, Is.EqualTo(0));

    [Test]
    public void Fmt_rewrites_in_place_and_check_only_tells()
    {
        string file = Write("y:=1");

        Assert.That(Tl.Run("fmt", "--check", file).ExitCode, Is.EqualTo(1));
        Assert.That(File.ReadAllText(file), Is.EqualTo("y:=1"));
        Assert.That(Tl.Run("fmt", file).ExitCode, Is.EqualTo(0));
        Assert.That(File.ReadAllText(file), Is.EqualTo("y = 1\n"));
        Assert.That(Tl.Run("fmt", "--check", file).ExitCode, Is.EqualTo(0));
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(file)!), Has.Length.EqualTo(1));
    }

    [Test]
    public void Fmt_leaves_a_file_that_does_not_parse()
    {
        string file = Write("let = 1");

        Outcome outcome = Tl.Run("fmt", file);

        Assert.That((outcome.ExitCode, File.ReadAllText(file)), Is.EqualTo((1, "let = 1")));
        Assert.That(outcome.Error, Does.StartWith("error TL1010"));
    }

    [TestCase("check")]
    [TestCase("test")]
    [TestCase("fmt")]
    public void A_file_that_is_not_there_has_its_code(string command)
    {
        Outcome outcome = Tl.Run(command, _folder.Path("none.tl"));

        Assert.That(outcome.ExitCode, Is.EqualTo(1));
        Assert.That(outcome.Error, Does.StartWith("error TL0001"));
    }

    [TestCase("check")]
    [TestCase("fmt")]
    public void Files_must_be_named(string command) => Assert.That(Tl.Run(command).ExitCode, Is.EqualTo(2));

    private static (string Output, string Error) Session(params string[] lines)
    {
        using StringWriter output = new(), error = new();
        Program.Run(["repl"], output, error, new StringReader(string.Join('\n', lines) + "\n"));
        return (output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }

    [Test]
    public void A_session_prints_values_and_answers()
    {
        (string output, string error) = Session("let W = tensor([[1.0, 2.0], [3.0, 4.0]])", "Y[i] = W[i, j]", "Y", "W[0] @ W[1]", "Parent(alice, bob)", "Parent(alice, x)?", "none", "print(1)");

        Assert.That((output, error), Is.EqualTo(("> > > [3.0000, 7.0000]\n> 11.0000\n> > x = bob\n> > 1\n> \n", "")));
    }

    [Test]
    public void A_bracket_that_is_open_asks_for_more() => Assert.That(Session("if true {", "print(1)", "}", "[1,", "2]").Output, Is.EqualTo("> . . 1\n> . [1, 2]\n> \n"));

    [Test]
    public void An_error_leaves_all_as_before_the_line()
    {
        (string output, string error) = Session("let x = 1", "x = 2; x = 1 / 0", "x", "P(ann); fail(\"no\")", "len(entities())");

        Assert.That(output, Is.EqualTo("> > > 1\n> > 0\n> \n"));
        Assert.That(error, Does.Contain("TL4003").And.Contain("TL4006"));
    }

    [Test]
    public void Commands_load_tell_types_and_reset()
    {
        string file = Write("let loaded = 7");

        (string output, string error) = Session($":load {file}", "loaded", ":type [1]", ":type tensor([1, 2])", ":type loaded", ":reset", "loaded", ":nonsense", ":help", ":quit", "1");

        Assert.That(output, Does.StartWith("> > 7\n> list\n> tensor i64[2]\n> int\n> > > > ").And.Contain(":type EXPR").And.Not.EndWith("1\n> \n"));
        Assert.That(error, Does.Contain("TL2001").And.Contain(":nonsense"));
    }

    private static IEnumerable<ConsoleKeyInfo> Keys(string text) => text.Select(c => c switch
    {
        '\n' => new ConsoleKeyInfo('\n', ConsoleKey.Enter, false, false, false),
        '\t' => new ConsoleKeyInfo('\t', ConsoleKey.Tab, false, false, false),
        '<' => new ConsoleKeyInfo('\0', ConsoleKey.LeftArrow, false, false, false),
        '^' => new ConsoleKeyInfo('\0', ConsoleKey.UpArrow, false, false, false),
        'v' => new ConsoleKeyInfo('\0', ConsoleKey.DownArrow, false, false, false),
        '#' => new ConsoleKeyInfo('\b', ConsoleKey.Backspace, false, false, false),
        '!' => new ConsoleKeyInfo('\0', ConsoleKey.Home, false, false, false),
        '$' => new ConsoleKeyInfo('\u0004', ConsoleKey.D, false, false, true),
        _ => new ConsoleKeyInfo(c, 0, false, false, false),
    });

    private static string?[] Edited(string keys, int lines)
    {
        Queue<ConsoleKeyInfo> queue = new(Keys(keys));
        LineEditor editor = new(TextWriter.Null, queue.Dequeue, word => [.. new[] { "print", "prod", "permute" }.Where(name => name.StartsWith(word, StringComparison.Ordinal))]);
        return [.. Enumerable.Range(0, lines).Select(_ => editor.Read("> "))];
    }

    [TestCase("abc\n", "abc")]
    [TestCase("abc<<x\n", "axbc")]
    [TestCase("abc##d\n", "ad")]
    [TestCase("bc!a\n", "abc")]
    [TestCase("pri\t(1)\n", "print(1)")]
    [TestCase("x = pe\t\n", "x = permute")]
    [TestCase("p\tr\t\n", "pr")]
    public void Keys_edit_a_line(string keys, string line) => Assert.That(Edited(keys, 1), Is.EqualTo(new[] { line }));

    [Test]
    public void The_history_goes_up_and_down() => Assert.That(Edited("one\ntwo\n^^\n^v\nx\n^\n", 6)[2..], Is.EqualTo(new[] { "one", "", "x", "x" }));

    [Test]
    public void Control_D_ends_the_input() => Assert.That(Edited("$", 1), Is.EqualTo(new string?[] { null }));
}
