using System.Text.Json;
using TensorLogic.Tool;

namespace TensorLogic.Tests.Tool;

/// <summary>The command line, run in this process.</summary>
internal static class Tl
{
    public static Outcome Run(params string[] args)
    {
        using StringWriter output = new(), error = new();
        int exitCode = Program.Run(args, output, error);
        return new(exitCode, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }

    /// <summary>As <see cref="Run(string[])"/>, with loaders beside those of the core.</summary>
    public static Outcome Run(IModelLoader loader, params string[] args)
    {
        using StringWriter output = new(), error = new();
        Terminal terminal = new(output, error, TextReader.Null);
        int exitCode = CommandLine.Run(args, terminal, threads => TensorLogicRuntime.CreateBuilder().AddLoader(loader).UseThreads(threads ?? 1).Build(), CancellationToken.None);
        return new(exitCode, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }
}

/// <summary>What a command line did.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public string[] Lines => Output.TrimEnd('\n').Split('\n').Select(line => line.TrimEnd()).ToArray();
}
