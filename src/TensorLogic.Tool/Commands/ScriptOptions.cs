using System.CommandLine;
using TensorLogic.Language;

namespace TensorLogic.Tool.Commands;

/// <summary>Options of the commands that run scripts.</summary>
internal sealed class ScriptOptions
{
    private readonly Option<string?> _root = new("--root") { Description = "The folder that the script may read; the current one unless the script lies elsewhere", HelpName = "DIR" };
    private readonly Option<bool> _write = new("--allow-write") { Description = "Let the script write files under the root" };
    private readonly Option<int?> _steps = Arguments.Positive("--steps", "Statements and calls that the script may run");
    private readonly Option<int?> _time = Arguments.Positive("--time", "Milliseconds that the script may run");
    private readonly Option<Device> _device = Arguments.Device();

    public ScriptOptions() => _time.HelpName = "MS";

    public void AddTo(Command command)
    {
        command.Add(_root);
        command.Add(_write);
        command.Add(_steps);
        command.Add(_time);
        command.Add(_device);
    }

    /// <summary>Options of an engine for a script; null for one without a file.</summary>
    public EngineOptions Of(ParseResult parsed, TensorLogicRuntime runtime, string? path)
    {
        EngineOptions defaults = new();
        return defaults with
        {
            Runtime = runtime,
            FileRoot = parsed.GetValue(_root) ?? RootOf(path),
            AllowWrite = parsed.GetValue(_write),
            StepLimit = parsed.GetValue(_steps) ?? defaults.StepLimit,
            TimeLimit = parsed.GetValue(_time) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
            Device = parsed.GetValue(_device),
        };
    }

    /// <summary>The current folder if the script is inside it, else the script's own.</summary>
    public static string RootOf(string? path)
    {
        string current = Directory.GetCurrentDirectory();
        if (path is null) return current;
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return folder == current || folder.StartsWith(Path.TrimEndingDirectorySeparator(current) + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? current : folder;
    }

    public static Argument<string[]> Files()
    {
        Argument<string[]> files = new("FILE") { Description = "Scripts", Arity = ArgumentArity.OneOrMore };
        files.Validators.Add(Arguments.RefuseUnknownOptions);
        return files;
    }
}
