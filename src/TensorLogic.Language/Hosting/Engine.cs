using TensorLogic.Language.Binding;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Functions;
using TensorLogic.Language.Syntax;

namespace TensorLogic.Language;

/// <summary>Runs scripts inside an application. Not thread-safe; one run at a time. Runs share variables, as lines of a session do.</summary>
/// <example><code>
/// using var engine = new Engine(new EngineOptions { FileRoot = "assets" });
/// engine.Output += (_, line) => Console.WriteLine(line.Text);
/// RunResult result = engine.Run("print(\"hello\")");
/// </code></example>
public sealed class Engine : IDisposable
{
    private readonly Dictionary<string, Value> _variables = new(StringComparer.Ordinal);
    private readonly List<IModel> _models = [];
    private readonly TensorLogicRuntime? _ownRuntime;
    private int _running;

    /// <summary>Makes an engine.</summary>
    /// <param name="options">Limits, files, runtime; null for the defaults.</param>
    public Engine(EngineOptions? options = null)
    {
        Options = options ?? new();
        Runtime = Options.Runtime ?? (_ownRuntime = TensorLogicRuntime.CreateBuilder().Build());
    }

    /// <summary>What scripts may use.</summary>
    public EngineOptions Options { get; }

    internal TensorLogicRuntime Runtime { get; }

    /// <summary>One event for each printed line, on the thread of the run. An exception in a handler ends the run with TL7001.</summary>
    public event EventHandler<OutputEventArgs>? Output;

    /// <summary>Checks a source.</summary>
    /// <param name="source">The text.</param>
    /// <param name="name">A file name for diagnostics.</param>
    /// <exception cref="ScriptException">A static error.</exception>
    public Script Compile(string source, string name = "script.tl")
    {
        ArgumentNullException.ThrowIfNull(source);
        return Compile(() => SourceText.From(name, source));
    }

    /// <summary>Reads and checks a file; paths in it start from its folder.</summary>
    /// <exception cref="ScriptException">TL0001 if there is no such file; a static error.</exception>
    public Script CompileFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Compile(() =>
        {
            FileInfo file = new(path);
            if (!file.Exists) throw new ScriptFault(Messages.ScriptNotFound(path));
            if (file.Length > SourceText.MaxBytes) throw new ScriptFault(Messages.SourceTooLarge(SourceText.MaxBytes)) { File = file.Name };
            return SourceText.From(path, File.ReadAllBytes(path), file.DirectoryName);
        });
    }

    private Script Compile(Func<SourceText> read)
    {
        try
        {
            SourceText text = read();
            IReadOnlyList<Statement> statements = Parser.Parse(text);
            new NameCheck(text, [.. _variables.Keys, .. StandardFunctions.All.Keys]).Run(statements);
            return new Script(text, statements);
        }
        catch (ScriptFault fault)
        {
            throw new ScriptException(fault);
        }
    }

    /// <summary>The static errors of a source; empty if there are none.</summary>
    public IReadOnlyList<Diagnostic> Check(string source, string name = "script.tl")
    {
        try
        {
            Compile(source, name);
            return [];
        }
        catch (ScriptException wrong)
        {
            return wrong.Diagnostics;
        }
    }

    /// <summary>Runs a script. Errors of the script come back in the result.</summary>
    /// <exception cref="InvalidOperationException">A run is going on.</exception>
    public RunResult Run(Script script, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(script);
        if (Interlocked.Exchange(ref _running, 1) != 0) throw new InvalidOperationException("The engine is running a script. Use one engine for each run at a time.");
        RunState run = new(this, script.Text, cancel);
        Diagnostic? problem = null;
        try
        {
            new Evaluator(run, _variables).Run(script.Statements);
        }
        catch (ScriptFault fault)
        {
            problem = fault.ToDiagnostic();
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
        return new RunResult { Diagnostic = problem, Output = run.Output, Steps = run.Steps, Elapsed = run.Elapsed };
    }

    /// <summary>Compiles and runs. Static errors come back in the result too.</summary>
    /// <exception cref="InvalidOperationException">A run is going on.</exception>
    public RunResult Run(string source, CancellationToken cancel = default)
    {
        try
        {
            return Run(Compile(source), cancel);
        }
        catch (ScriptException wrong)
        {
            return new RunResult { Diagnostic = wrong.Diagnostics[0], Output = "" };
        }
    }

    /// <summary>As <see cref="Run(Script, CancellationToken)"/>, on the thread pool.</summary>
    public Task<RunResult> RunAsync(Script script, CancellationToken cancel = default) => Task.Run(() => Run(script, cancel), CancellationToken.None);

    /// <summary>The value of a variable.</summary>
    /// <exception cref="KeyNotFoundException">There is no such variable.</exception>
    public Value Get(string name) => TryGet(name, out Value value) ? value : throw new KeyNotFoundException($"There is no variable '{name}'.");

    /// <summary>The value of a variable, if there is one.</summary>
    public bool TryGet(string name, out Value value) => _variables.TryGetValue(name, out value);

    /// <summary>Sets a variable; scripts compiled afterwards know it.</summary>
    public void Set(string name, Value value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _variables[name] = value;
    }

    /// <summary>Forgets all variables and closes the models that scripts opened.</summary>
    public void Reset()
    {
        _variables.Clear();
        foreach (IModel model in _models) model.Dispose();
        _models.Clear();
    }

    /// <summary>Closes models and, if it is the engine's own, the runtime.</summary>
    public void Dispose()
    {
        Reset();
        _ownRuntime?.Dispose();
    }

    internal void Own(IModel model) => _models.Add(model);

    internal void Written(string line)
    {
        try
        {
            Output?.Invoke(this, new OutputEventArgs(line));
        }
        catch (Exception problem) when (problem is not ScriptFault)
        {
            throw new ScriptFault(Messages.HostFailed("Output", problem.Message), problem);
        }
    }
}
