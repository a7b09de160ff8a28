using System.CommandLine;
using TensorLogic.Language;

namespace TensorLogic.Tool.Commands;

/// <summary><c>tl test FILE…</c>: runs the <c>test</c> blocks of scripts.</summary>
internal static class TestCommand
{
    public static Command Create(CommandContext context)
    {
        Argument<string[]> files = ScriptOptions.Files();
        ScriptOptions options = new();
        Command command = new("test", "Run the tests of scripts") { files };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            bool failed = false;
            using TensorLogicRuntime runtime = context.Runtimes(null);
            foreach (string file in parsed.GetRequiredValue(files))
            {
                using Engine engine = new(options.Of(parsed, runtime, file));
                engine.Output += (_, line) => context.Terminal.Exact.Write(line.Text + "\n");
                IReadOnlyList<Diagnostic> failures;
                try
                {
                    failures = engine.RunTests(engine.CompileFile(file), context.Cancellation).Failures;
                }
                catch (ScriptException wrong)
                {
                    failures = [wrong.Diagnostics[0]];
                }
                failed |= failures.Count > 0;
                foreach (Diagnostic failure in failures) context.Terminal.Error.Write(failure);
            }
            return failed ? CommandLine.Failure : CommandLine.Success;
        });
        return command;
    }
}
