using System.Text;

namespace TensorLogic.Tool;

internal static class Program
{
    private static int Main(string[] args)
    {
        if (OperatingSystem.IsWindows()) Console.OutputEncoding = Encoding.UTF8;
        using CancellationTokenSource cancellation = new();
        // The first Ctrl-C asks the command to stop, the second ends the process.
        Console.CancelKeyPress += (_, press) =>
        {
            press.Cancel = !cancellation.IsCancellationRequested;
            cancellation.Cancel();
        };
        return CommandLine.Run(args, Terminal.OfProcess(), TensorLogicRuntimes.Create, cancellation.Token);
    }

    /// <summary>Runs a command line as a program would, into writers that are no terminal.</summary>
    internal static int Run(string[] args, TextWriter output, TextWriter error, TextReader? input = null) =>
        CommandLine.Run(args, new Terminal(output, error, input ?? TextReader.Null), TensorLogicRuntimes.Create, CancellationToken.None);
}
