using System.CommandLine;
using TensorLogic.Language;
using TensorLogic.Tool.Repl;

namespace TensorLogic.Tool.Commands;

/// <summary><c>tl repl</c>: reads, runs and prints line after line.</summary>
internal static class ReplCommand
{
    private const string Prompt = "> ", Continuation = ". ";

    public static Command Create(CommandContext context)
    {
        ScriptOptions options = new();
        Command command = new("repl", "Run lines as they are typed");
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            using TensorLogicRuntime runtime = context.Runtimes(null);
            bool interactive = ReferenceEquals(context.Terminal.In, Console.In) && !Console.IsInputRedirected && !Console.IsOutputRedirected;
            bool colours = context.Terminal.IsErrorStyled;
            using Session session = new(new Engine(options.Of(parsed, runtime, null)), context.Terminal.Exact,
                text => context.Terminal.Error.Write(colours ? $"\e[31m{text.TrimEnd('\n')}\e[0m\n" : text));
            if (!interactive) return Piped(context, session);
            return Interactive(context, session);
        });
        return command;
    }

    private static int Piped(CommandContext context, Session session)
    {
        Loop(session, prompt =>
        {
            context.Terminal.Exact.Write(prompt);
            return context.Terminal.In.ReadLine();
        }, static () => CancellationToken.None);
        context.Terminal.Exact.WriteLine();
        return CommandLine.Success;
    }

    private static int Interactive(CommandContext context, Session session)
    {
        LineEditor editor = new(context.Terminal.Exact, () => Console.ReadKey(intercept: true), session.Complete);
        CancellationTokenSource line = new();
        // While a line is edited Ctrl-C is a key; while it runs it ends the line, not the session.
        ConsoleCancelEventHandler cancel = (_, pressed) =>
        {
            pressed.Cancel = true;
            line.Cancel();
        };
        Console.CancelKeyPress += cancel;
        try
        {
            context.Terminal.Exact.WriteLine("TensorLogic. :help shows commands.");
            Loop(session, prompt =>
            {
                Console.TreatControlCAsInput = true;
                try
                {
                    return editor.Read(prompt);
                }
                finally
                {
                    Console.TreatControlCAsInput = false;
                }
            }, () =>
            {
                line.Dispose();
                line = new CancellationTokenSource();
                return line.Token;
            });
        }
        finally
        {
            Console.CancelKeyPress -= cancel;
            line.Dispose();
        }
        return CommandLine.Success;
    }

    private static void Loop(Session session, Func<string, string?> read, Func<CancellationToken> cancellation)
    {
        while (read(Prompt) is { } text)
        {
            while (session.IsOpen(text) && read(Continuation) is { Length: > 0 } more) text += "\n" + more;
            if (!session.Execute(text, cancellation())) return;
        }
    }
}
