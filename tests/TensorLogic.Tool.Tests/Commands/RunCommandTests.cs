using TensorLogic.Tool;

namespace TensorLogic.Tests.Tool.Commands;

public sealed class RunCommandTests
{
    private static Outcome RunText(string script, params string[] options)
    {
        using TemporaryFolder folder = new();
        string path = folder.Path("script.tl");
        File.WriteAllText(path, script);
        return Tl.Run(["run", path, .. options]);
    }

    [Test]
    public void The_example_opens_a_model_and_recognises_digits()
    {
        Outcome outcome = Tl.Run("run", TestData.Example("coreml.tl"));

        Assert.That((outcome.ExitCode, outcome.Error), Is.EqualTo((0, "")));
        Assert.That(outcome.Lines[..2], Is.EqualTo(new[] { "Model format: CoreML", "Quantization: F16" }));
        Assert.That(outcome.Output, Does.Contain("seven.png: seven 0.9").And.Contain("two.png: two 0.9"));
    }

    [Test]
    public void Output_before_an_error_is_kept_and_the_diagnostic_is_on_standard_error()
    {
        Outcome outcome = RunText("print(\"hi\")\nx = 1\nx.y\n");

        Assert.That((outcome.ExitCode, outcome.Output), Is.EqualTo((1, "hi\n")));
        Assert.That(outcome.Error, Does.StartWith("error TL").And.Contain("--> script.tl:3:"));
    }

    [Test]
    public void A_static_error_is_shown_with_its_line_marked_and_nothing_runs()
    {
        Outcome outcome = RunText("print(\"hi\")\nprint(wieght)\n");

        Assert.That((outcome.ExitCode, outcome.Output, outcome.Error), Is.EqualTo((1, "", """
            error TL2001: unknown name 'wieght'
              --> script.tl:2:7
              |
            2 | print(wieght)
              |       ^^^^^^

            """.ReplaceLineEndings("\n"))));
    }

    [Test]
    public void A_dash_reads_standard_input()
    {
        using StringWriter output = new(), error = new();

        int exitCode = Program.Run(["run", "-"], output, error, new StringReader("print(\"from input\")\n"));

        Assert.That((exitCode, output.ToString().TrimEnd(), error.ToString()), Is.EqualTo((0, "from input", "")));
    }

    [Test]
    public void Files_outside_the_root_are_refused()
    {
        using TemporaryFolder root = new();
        Directory.CreateDirectory(root.Path("empty"));

        Outcome outcome = RunText($"load_model(\"{TestData.Example("models", "digits", "digits.mlpackage").Replace('\\', '/')}\")\n", "--root", root.Path("empty"));

        Assert.That(outcome.ExitCode, Is.EqualTo(1));
        Assert.That(outcome.Error, Does.StartWith("error TL5002"));
    }

    [Test]
    public void A_limit_of_steps_ends_the_script()
    {
        Outcome outcome = RunText("print(1)\nprint(2)\nprint(3)\nprint(4)\n", "--steps", "2");

        Assert.That(outcome.ExitCode, Is.EqualTo(1));
        Assert.That(outcome.Error, Does.StartWith("error TL6001"));
    }

    [Test]
    public void A_missing_script_is_one_message()
    {
        Outcome outcome = Tl.Run("run", "absent.tl");

        Assert.That(outcome.ExitCode, Is.EqualTo(1));
        Assert.That(outcome.Error, Does.Contain("absent.tl").And.Not.Contain("   at "));
    }
}
