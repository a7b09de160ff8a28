namespace TensorLogic.Tests.Tool.Documentation;

public sealed class ReadmeTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(TestData.Root, "README.md"));

    private static string[] Commands() => [.. Lines.Where(line => line.StartsWith("tl ", StringComparison.Ordinal))];

    [TestCaseSource(nameof(Commands))]
    public void Commands_of_the_README_succeed(string command)
    {
        using TemporaryFolder folder = new();

        Outcome outcome = Tl.Run([.. command.Split(' ')[1..].Select(argument => Located(argument, folder))]);

        Assert.That(outcome.ExitCode, Is.Zero, outcome.Error);
    }

    [Test]
    public void The_README_shows_commands() => Assert.That(Commands(), Has.Length.GreaterThan(4));

    [Test]
    public void Lines_of_C_sharp_stand_in_the_example_program()
    {
        string[] program = [.. File.ReadAllLines(TestData.Example("Digits", "Program.cs")).Select(line => line.Trim())];

        IEnumerable<string> shown = Lines.SkipWhile(line => line != "```csharp").Skip(1).TakeWhile(line => line != "```").Select(line => line.Trim()).Where(line => line.Length > 0);

        Assert.That(shown, Is.Not.Empty.And.SubsetOf(program));
    }

    [Test]
    public void Every_command_that_exists_is_in_the_README()
    {
        string help = Tl.Run("--help").Output;
        IEnumerable<string> commands = help[help.IndexOf("Commands:", StringComparison.Ordinal)..].Split('\n').Skip(1)
            .Select(line => line.Trim().Split(' ')[0]).Where(name => name.Length > 0);

        foreach (string command in commands) Assert.That(Lines, Has.Some.StartsWith($"| `tl {command}"), command);
    }

    // Paths of the README are relative to the repository.
    private static string Located(string argument, TemporaryFolder folder)
    {
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        string prefix = argument[..(equals + 1)], path = argument[(equals + 1)..];
        if (path.StartsWith("examples/", StringComparison.Ordinal) || path.StartsWith("tests/", StringComparison.Ordinal)) return prefix + Path.Combine(TestData.Root, path);
        return path == "scores.safetensors" ? folder.Path(path) : argument;
    }
}
