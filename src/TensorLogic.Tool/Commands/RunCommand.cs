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
        Option<string?> root = new("--root") { Description = "The folder that the script may read; the current one unless the script lies elsewhere", HelpName = "DIR" };
        Option<bool> write = new("--allow-write") { Description = "Let the script write files under the root" };
        Option<int?> steps = Arguments.Positive("--steps", "Statements and calls that the script may run");
        Option<int?> time = Arguments.Positive("--time", "Milliseconds that the script may run");
        time.HelpName = "MS";
        Option<Device> device = Arguments.Device();
        Command command = new("run", "Run a TensorLogic script") { file, root, write, steps, time, device };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(file);
            using TensorLogicRuntime runtime = context.Runtimes(null);
            EngineOptions defaults = new();
            using Engine engine = new(defaults with
            {
                Runtime = runtime,
                FileRoot = parsed.GetValue(root) ?? RootOf(path),
                AllowWrite = parsed.GetValue(write),
                StepLimit = parsed.GetValue(steps) ?? defaults.StepLimit,
                TimeLimit = parsed.GetValue(time) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
                Device = parsed.GetValue(device),
            });
            engine.Output += (_, line) => context.Terminal.Out.WriteLine(line.Text);
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

    private static string RootOf(string path)
    {
        string current = Directory.GetCurrentDirectory();
        if (path == "-") return current;
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return folder == current || folder.StartsWith(Path.TrimEndingDirectorySeparator(current) + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? current : folder;
    }
}
