using System.CommandLine;
using TensorLogic.Tool.Commands;

namespace TensorLogic.Tool;

/// <summary>The command line: parses, runs, and turns errors into one message and an exit code.</summary>
internal static class CommandLine
{
    public const int Success = 0, Failure = 1, WrongUsage = 2;

    /// <summary>128 + SIGINT, as shells report a program ended by Ctrl-C.</summary>
    public const int Interrupted = 130;

    /// <summary>Runs one command line.</summary>
    /// <returns>0; 2 for usage; 130 after Ctrl-C; 1 for anything else.</returns>
    public static int Run(string[] args, Terminal terminal, RuntimeFactory runtimes, CancellationToken cancellation)
    {
        CommandContext context = new(terminal, runtimes, cancellation);
        RootCommand root = Root(context);
        ParseResult parsed = root.Parse(args.Length > 0 ? args : ["--help"], new() { ResponseFileTokenReplacer = null });
        if (args.Length == 0) return Help(parsed, terminal.Error, WrongUsage);
        if (parsed.Errors.Count > 0 && parsed.Action is not System.CommandLine.Help.HelpAction) return Refuse(parsed, terminal.Error);
        try
        {
            return parsed.Invoke(Writing(terminal.Out, terminal.Error));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            terminal.Error.WriteLine("Cancelled.");
            return Interrupted;
        }
        catch (Exception error)
        {
            terminal.Error.WriteLine(Message(error));
            return Failure;
        }
    }

    private static RootCommand Root(CommandContext context)
    {
        RootCommand root = new("Describes, runs, checks and measures Core ML, SafeTensors and GGUF models, and runs TensorLogic scripts.");
        foreach (VersionOption builtIn in root.Options.OfType<VersionOption>().ToArray()) root.Options.Remove(builtIn);
        Option<bool> version = new("--version") { Description = "Print the version" };
        root.Add(version);
        root.Add(InfoCommand.Create(context));
        root.Add(PredictCommand.Create(context));
        root.Add(RunCommand.Create(context));
        root.Add(ReplCommand.Create(context));
        root.Add(CheckCommand.Create(context));
        root.Add(TestCommand.Create(context));
        root.Add(FormatCommand.Create(context));
        root.Add(BenchCommand.Create(context));
        root.Add(VerifyCommand.Create(context));
        root.Add(AdviseCommand.Create(context));
        root.Add(ViewCommand.Create(context));
        root.Add(ConvertCommand.Create(context));
        root.Add(VersionCommand.Create(context));
        root.SetAction(parsed =>
        {
            if (parsed.GetValue(version)) return VersionCommand.Run(context);
            return Help(parsed, context.Terminal.Error, WrongUsage);
        });
        return root;
    }

    private static int Refuse(ParseResult parsed, TextWriter error)
    {
        foreach (string message in parsed.Errors.Select(problem => problem.Message).Distinct()) error.WriteLine(message);
        string command = parsed.CommandResult.Command is RootCommand ? "tl" : $"tl {parsed.CommandResult.Command.Name}";
        error.WriteLine($"Try '{command} --help'.");
        return WrongUsage;
    }

    private static int Help(ParseResult parsed, TextWriter writer, int exitCode)
    {
        parsed.CommandResult.Command.Parse(["--help"]).Invoke(Writing(writer, writer));
        return exitCode;
    }

    // Ctrl-C is the program's own affair, and errors are turned into messages here.
    private static InvocationConfiguration Writing(TextWriter output, TextWriter error) =>
        new() { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };

    private static string Message(Exception error) => error switch
    {
        TensorLogicException or IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException or InvalidDataException or OperationCanceledException => Printable.Lines(error.Message),
        OutOfMemoryException => "There is not enough memory for this.",
        _ => $"This is a defect of tl, please report it: {error.GetType().Name}: {Printable.Lines(error.Message)}",
    };
}
