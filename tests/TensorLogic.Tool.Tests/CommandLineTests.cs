using TensorLogic.Tool;

namespace TensorLogic.Tests.Tool;

public sealed class CommandLineTests
{
    [Test]
    public void Without_arguments_the_help_is_on_standard_error_and_the_code_is_that_of_usage()
    {
        Outcome outcome = Tl.Run();

        Assert.That((outcome.ExitCode, outcome.Output, outcome.Error.Contains("info <MODEL>", StringComparison.Ordinal)), Is.EqualTo((2, "", true)));
    }

    [TestCase("bogus", "bogus")]
    [TestCase("info", "info")]
    [TestCase("info --bogus", "--bogus")]
    public void Wrong_usage_names_what_is_wrong_and_where_help_is(string commandLine, string named)
    {
        Outcome outcome = Tl.Run(commandLine.Split(' '));

        Assert.That(outcome.ExitCode, Is.EqualTo(2));
        Assert.That(outcome.Error, Does.Contain(named).And.Contain("--help"));
    }

    [Test]
    public void Help_asked_for_is_standard_output_and_success()
    {
        Outcome outcome = Tl.Run("info", "--help");

        Assert.That((outcome.ExitCode, outcome.Error), Is.EqualTo((0, "")));
        Assert.That(outcome.Output, Does.Contain("MODEL"));
    }

    [TestCase("version")]
    [TestCase("--version")]
    public void The_version_is_one_line(string argument)
    {
        Outcome outcome = Tl.Run(argument);

        Assert.That(outcome.ExitCode, Is.Zero);
        Assert.That(outcome.Output, Does.Match(@"^tl \d+\.\d+\.\d+\S*\n$"));
    }

    [Test]
    public void A_missing_model_is_one_message_without_a_stack_trace()
    {
        Outcome outcome = Tl.Run("info", "absent.mlpackage");

        Assert.That((outcome.ExitCode, outcome.Output, outcome.Error), Is.EqualTo((1, "", "There is no model at 'absent.mlpackage'.\n")));
    }

    [Test]
    public void A_defect_is_one_message_too()
    {
        using TemporaryFolder folder = new();

        Outcome outcome = Tl.Run(new FakeLoader(_ => throw new InvalidOperationException("wires crossed")), "info", FakeLoader.File(folder));

        Assert.That(outcome.ExitCode, Is.EqualTo(1));
        Assert.That(outcome.Error, Does.Contain("wires crossed").And.Not.Contain("   at "));
    }

    [Test]
    public void Response_files_are_not_read()
    {
        Outcome outcome = Tl.Run("info", "@absent");

        Assert.That((outcome.ExitCode, outcome.Error), Is.EqualTo((1, "There is no model at '@absent'.\n")));
    }

    [Test]
    public void A_cancelled_command_says_so_and_has_the_code_of_an_interrupted_program()
    {
        using TemporaryFolder folder = new();
        using StringWriter output = new(), error = new();
        using CancellationTokenSource cancellation = new();
        FakeModel model = new() { Outputs = [new() { Name = "y", Type = new ScalarFeatureType(FeatureKind.Double) }], Answer = _ => { cancellation.Cancel(); cancellation.Token.ThrowIfCancellationRequested(); return []; } };

        int exitCode = CommandLine.Run(["predict", FakeLoader.File(folder)], new Terminal(output, error, TextReader.Null),
            _ => TensorLogicRuntime.CreateBuilder().AddLoader(new FakeLoader(model)).Build(), cancellation.Token);

        Assert.That((exitCode, output.ToString(), error.ToString().TrimEnd()), Is.EqualTo((130, "", "Cancelled.")));
    }

    [Test]
    public void Plain_output_has_no_spaces_at_the_ends_of_lines_and_no_escape_sequences()
    {
        Outcome outcome = Tl.Run("info", TestData.Example("models", "digits", "digits.mlpackage"), "--ops");

        Assert.That(outcome.Output, Does.Not.Contain(" \n").And.Not.Contain("\u001b"));
        Assert.That(outcome.Output, Does.Contain("  conv      4  ██████████████████████████████\n"));
    }
}
