using System.CommandLine;
using TensorLogic.Tool.Commands;

namespace TensorLogic.Tool;

/// <summary>The command <c>tl</c>: parses, runs, and turns whatever goes wrong into one message and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>Anything that is wrong but the usage, failed checks included.</summary>
    public const int Failure = 1;

    /// <summary>The command line itself is wrong.</summary>
    public const int Usage = 2;

    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        Screen screen = new(output, error);
        RootCommand root = new("Describes, runs, checks and measures Core ML, SafeTensors and GGUF models, and runs TensorLogic scripts.")
        {
            InfoCommand.Create(screen),
            PredictCommand.Create(screen),
            BenchCommand.Create(screen),
            VerifyCommand.Create(screen),
            AdviseCommand.Create(screen),
            VersionCommand.Create(screen),
        };
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            error.WriteLine($"tl: {parsed.Errors[0].Message}");
            error.WriteLine($"  try 'tl {(parsed.CommandResult.Command == root ? "" : $"{parsed.CommandResult.Command.Name} ")}--help'");
            return Usage;
        }
        try
        {
            return parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }).GetAwaiter().GetResult();
        }
        catch (UsageException wrong)
        {
            error.WriteLine($"tl: {wrong.Message}");
            return Usage;
        }
        catch (OperationCanceledException)
        {
            error.WriteLine("tl: cancelled");
            return Failure;
        }
        catch (Exception problem) when (problem is TensorLogicException or IOException or UnauthorizedAccessException or ArgumentException or InvalidDataException or NotSupportedException)
        {
            error.WriteLine($"tl: {problem.Message}");
            return Failure;
        }
    }
}

/// <summary>A command line whose words fit the grammar but not the model: a wrong input name, say.</summary>
internal sealed class UsageException(string message) : Exception(message);
