using System.CommandLine;
using TensorLogic.Language;

namespace TensorLogic.Tool.Commands;

/// <summary><c>tl check FILE…</c>: tells the errors that are known before a run.</summary>
internal static class CheckCommand
{
    public static Command Create(CommandContext context)
    {
        Argument<string[]> files = ScriptOptions.Files();
        Command command = new("check", "Report the errors of scripts without running them") { files };
        command.SetAction(parsed =>
        {
            bool wrong = false;
            using TensorLogicRuntime runtime = context.Runtimes(null);
            foreach (string file in parsed.GetRequiredValue(files))
            {
                using Engine engine = new(new EngineOptions { Runtime = runtime, FileRoot = ScriptOptions.RootOf(file) });
                try
                {
                    engine.CompileFile(file);
                }
                catch (ScriptException problem)
                {
                    wrong = true;
                    foreach (Diagnostic diagnostic in problem.Diagnostics) context.Terminal.Error.Write(diagnostic);
                }
            }
            return wrong ? CommandLine.Failure : CommandLine.Success;
        });
        return command;
    }
}
