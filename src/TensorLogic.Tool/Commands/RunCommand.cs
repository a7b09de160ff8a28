using System.CommandLine;
using TensorLogic.Language;

namespace TensorLogic.Tool.Commands;

/// <summary><c>tl run FILE</c>: runs a script.</summary>
internal static class RunCommand
{
    public static Command Create(CommandContext context)
    {
        Argument<string> file = new("FILE") { Description = "A script; - reads standard input" };
        file.Validators.Add(Arguments.RefuseUnknownOptions);
        ScriptOptions options = new();
        Command command = new("run", "Run a TensorLogic script") { file };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(file);
            using TensorLogicRuntime runtime = context.Runtimes(null);
            using Engine engine = new(options.Of(parsed, runtime, path == "-" ? null : path));
            engine.Output += (_, line) => context.Terminal.Exact.Write(line.Text + "\n");
            return Run(context, engine, path);
        });
        return command;
    }

    private static int Run(CommandContext context, Engine engine, string path)
    {
        Diagnostic? problem;
        try
        {
            Script script = path == "-" ? engine.Compile(context.Terminal.In.ReadToEnd(), "stdin") : engine.CompileFile(path);
            problem = engine.Run(script, context.Cancellation).Diagnostic;
        }
        catch (ScriptException wrong)
        {
            problem = wrong.Diagnostics[0];
        }
        if (problem is null) return CommandLine.Success;
        context.Terminal.Error.Write(problem);
        return CommandLine.Failure;
    }
}
