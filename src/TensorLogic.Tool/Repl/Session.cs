using TensorLogic.Language;

namespace TensorLogic.Tool.Repl;

/// <summary>A session of lines that share variables and facts. An error leaves all as it was before the line.</summary>
internal sealed class Session : IDisposable
{
    private static readonly string[] s_commands = [":help", ":load", ":quit", ":reset", ":type"];

    private readonly TextWriter _output;
    private readonly Action<string> _showError;
    private readonly List<Engine> _engines = [];
    private Engine _engine;

    /// <param name="engine">Owned by the session.</param>
    /// <param name="output">Takes what lines print.</param>
    /// <param name="showError">Takes diagnostics.</param>
    public Session(Engine engine, TextWriter output, Action<string> showError)
    {
        (_output, _showError) = (output, showError);
        _engine = Attach(engine);
    }

    private Engine Attach(Engine engine)
    {
        _engines.Add(engine);
        engine.Output += (_, line) => _output.WriteLine(line.Text);
        return engine;
    }

    /// <summary>True while a bracket, string or comment is open, and further lines are needed.</summary>
    public bool IsOpen(string text) => !text.StartsWith(':') && _engine.Check(text) is [{ Code: "TL1014" or "TL1003" } problem, ..] && !problem.Message.Contains("closes", StringComparison.Ordinal) && !problem.Message.Contains("closed by", StringComparison.Ordinal);

    /// <summary>Names and commands that begin with a word.</summary>
    public IReadOnlyList<string> Complete(string word) =>
        [.. (word.StartsWith(':') ? s_commands : _engine.Names).Where(name => name.StartsWith(word, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>Runs a line or a command; false ends the session.</summary>
    public bool Execute(string text, CancellationToken cancellation)
    {
        string line = text.Trim();
        if (line.Length == 0) return true;
        if (!line.StartsWith(':'))
        {
            Run(engine => engine.Compile(text, "repl"), cancellation);
            return true;
        }
        string[] parts = line.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        switch (parts[0])
        {
            case ":quit" or ":q": return false;
            case ":help" or ":h":
                _output.WriteLine("""
                    An expression prints its value; a query ends in ?.
                    :type EXPR   the type of a value
                    :load FILE   run a file, as if its lines were typed
                    :reset       forget all variables, facts and rules
                    :quit        leave; Ctrl-D does too
                    """);
                break;
            case ":reset": _engine.Reset(); break;
            case ":load" when parts.Length == 2: Run(engine => engine.CompileFile(parts[1]), cancellation); break;
            case ":type" when parts.Length == 2: Type(parts[1], cancellation); break;
            default: _showError($"There is no command '{line}'. Try :help.\n"); break;
        }
        return true;
    }

    private void Run(Func<Engine, Script> compile, CancellationToken cancellation)
    {
        try
        {
            Script script = compile(_engine);
            Engine before = _engine.Fork();
            RunResult result = _engine.Run(script, cancellation);
            if (result.Success)
            {
                before.Dispose();
                if (result.Value.Kind != ValueKind.None) _output.WriteLine(result.Value.ToString());
                return;
            }
            _engine = Attach(before);
            _showError(result.Diagnostic!.ToString());
        }
        catch (ScriptException wrong)
        {
            _showError(wrong.Diagnostics[0].ToString());
        }
    }

    private void Type(string expression, CancellationToken cancellation)
    {
        try
        {
            using Engine aside = _engine.Fork();
            RunResult result = aside.Run(aside.Compile(expression, "repl"), cancellation);
            if (!result.Success) _showError(result.Diagnostic!.ToString());
            else if (result.Value.Kind == ValueKind.Tensor) _output.WriteLine($"tensor {result.Value.AsTensor()}");
            else _output.WriteLine(result.Value.Kind.ToString().ToLowerInvariant());
        }
        catch (ScriptException wrong)
        {
            _showError(wrong.Diagnostics[0].ToString());
        }
    }

    public void Dispose()
    {
        foreach (Engine engine in _engines) engine.Dispose();
    }
}
