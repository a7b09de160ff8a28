using TensorLogic.Language.Binding;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Hosting;
using TensorLogic.Language.Logic;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;

namespace TensorLogic.Language;

/// <summary>Runs scripts inside an application. Not thread-safe; one run at a time. Runs share variables, facts, rules and random numbers, as
/// lines of a session do.</summary>
/// <example><code>
/// using var engine = new Engine(new EngineOptions { FileRoot = "assets" });
/// engine.Output += (_, line) => Console.WriteLine(line.Text);
/// engine.Define("brightness", (double x) => screen.Get(x));
/// RunResult result = engine.Run("print(brightness(0.5))");
/// </code></example>
public sealed class Engine : IDisposable
{
    private readonly List<IModel> _models = [];
    private readonly TensorLogicRuntime? _ownRuntime;
    private MemoryBudget _memory;
    private int _running;

    /// <summary>Makes an engine.</summary>
    /// <param name="options">Limits, files, runtime; null for the defaults.</param>
    public Engine(EngineOptions? options = null)
    {
        Options = options ?? new();
        Runtime = Options.Runtime ?? (_ownRuntime = TensorLogicRuntime.CreateBuilder().Build());
        State = new EngineState(Options.Seed);
        _memory = new MemoryBudget(Options.MemoryLimit);
    }

    private Engine(Engine original)
    {
        Options = original.Options;
        Runtime = original.Runtime;
        State = original.State.Copy();
        _memory = new MemoryBudget(Options.MemoryLimit);
    }

    /// <summary>What scripts may use.</summary>
    public EngineOptions Options { get; }

    internal TensorLogicRuntime Runtime { get; }

    internal EngineState State { get; private set; }

    /// <summary>One event for each printed line, on the thread of the run. An exception in a handler ends the run with TL7001.</summary>
    public event EventHandler<OutputEventArgs>? Output;

    /// <summary>At least every <see cref="EngineOptions.StepEventInterval"/> steps, on the thread of the run.</summary>
    public event EventHandler<StepEventArgs>? Step;

    /// <summary>Checks a source.</summary>
    /// <param name="source">The text.</param>
    /// <param name="name">A file name for diagnostics.</param>
    /// <exception cref="ScriptException">Static errors.</exception>
    public Script Compile(string source, string name = "script.tl")
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(name);
        return Compile(() => SourceText.From(name, source), null);
    }

    /// <summary>Reads and checks a file; paths in it start from its folder.</summary>
    /// <exception cref="ScriptException">TL0001 if there is no such file; static errors.</exception>
    public Script CompileFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Compile(() =>
        {
            FileInfo file = new(path);
            if (!file.Exists) throw new ScriptFault(Messages.ScriptNotFound(path));
            if (file.Length > SourceText.MaxBytes) throw new ScriptFault(Messages.SourceTooLarge(SourceText.MaxBytes)) { File = file.Name };
            return SourceText.From(path, File.ReadAllBytes(path), file.DirectoryName);
        }, Path.GetFullPath(path));
    }

    private Script Compile(Func<SourceText> read, string? path)
    {
        DiagnosticBag problems = new();
        try
        {
            SourceText text = read();
            Block tree = Parser.Parse(text, problems);
            // Names of statements that did not parse would seem unknown.
            problems.ThrowIfAny();
            ScriptCode code = Binder.Bind(new CompileContext(State, Options) { RootPath = path }, text, tree, problems, isModule: false);
            problems.ThrowIfAny();
            return new Script(code);
        }
        catch (ScriptFault fault)
        {
            throw new ScriptException(fault);
        }
    }

    /// <summary>The static errors of a source, in the order of their places; empty if there are none.</summary>
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
        return Running(run =>
        {
            Frame frame = FrameOf(run, script.Code);
            script.Code.Main.Body!.Execute(frame);
            return script.Code.EndsInExpression ? frame.Result : Value.None;
        }, cancel).Result;
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

    /// <summary>Runs a script and then its <c>test</c> blocks, in order, each in a scope of its own.</summary>
    /// <exception cref="InvalidOperationException">A run is going on.</exception>
    public TestResult RunTests(Script script, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(script);
        List<Diagnostic> failures = [];
        int passed = 0;
        RunResult result = Running(run =>
        {
            Frame frame = FrameOf(run, script.Code);
            script.Code.Main.Body!.Execute(frame);
            foreach (TestCode test in script.Code.Tests)
            {
                ScriptFault? failure = null;
                try
                {
                    test.Body.Body!.Execute(new Frame(run, script.Code, State.CellsOf(script.Code), test.Body.LocalCount, []));
                }
                catch (ScriptFault fault) when (!fault.IsLimit)
                {
                    failure = fault;
                }
                if (failure is null) passed++;
                else failures.Add(failure.ToDiagnostic());
                run.Write($"test {test.Name} ... {(failure is null ? "ok" : "FAILED")}");
            }
            run.Write($"{passed} passed, {failures.Count} failed");
            return Value.None;
        }, cancel).Result;
        if (result.Diagnostic is { } problem) failures.Add(problem);
        return new TestResult(passed, failures, result.Output);
    }

    private Frame FrameOf(RunState run, ScriptCode code) => new(run, code, State.CellsOf(code), code.Main.LocalCount, []);

    /// <summary>Runs something within the limits; a script's error is in the result.</summary>
    private (RunResult Result, Value Value) Running(Func<RunState, Value> body, CancellationToken cancel = default)
    {
        if (Interlocked.Exchange(ref _running, 1) != 0) throw new InvalidOperationException("The engine is running a script. Use one engine for each run at a time.");
        MemoryBudget? before = MemoryBudget.Enter(_memory);
        using RunState run = new(this, cancel);
        Diagnostic? problem = null;
        Value value = Value.None;
        try
        {
            value = body(run);
        }
        catch (Exception fault)
        {
            problem = Faults.From(fault, run).ToDiagnostic();
        }
        finally
        {
            MemoryBudget.Enter(before);
            Volatile.Write(ref _running, 0);
        }
        return (new RunResult { Diagnostic = problem, Output = run.Output, Steps = run.Steps, Elapsed = run.Elapsed, Value = value }, value);
    }

    /// <summary>The value of a variable.</summary>
    /// <exception cref="KeyNotFoundException">There is no such variable.</exception>
    public Value Get(string name) => TryGet(name, out Value value) ? value : throw new KeyNotFoundException($"There is no variable '{name}'.");

    /// <summary>The value of a variable, if there is one.</summary>
    public bool TryGet(string name, out Value value)
    {
        value = State.Globals.TryGetValue(name, out Cell? cell) && !cell.Value.IsUnset ? cell.Value : Value.None;
        return cell is not null && !cell.Value.IsUnset;
    }

    /// <summary>Names that a script compiled now would know: variables, and what the language has.</summary>
    public IReadOnlyCollection<string> Names => [.. State.Globals.Values.Where(cell => !cell.Value.IsUnset).Select(cell => cell.Name), .. Functions.Library.Instance.Names];

    /// <summary>Sets a variable; scripts compiled afterwards know it, in place of a standard name of the same spelling.</summary>
    public void Set(string name, Value value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Cell cell = State.Global(name);
        cell.Value = value;
        cell.Type = null;
        State.HostNames.Add(name);
    }

    /// <summary>Gives scripts a function. Arguments and result are converted as <see cref="Value.From"/> and the accessors of <see cref="Value"/> do.</summary>
    /// <param name="name">Begins with a lower-case letter or <c>_</c>.</param>
    /// <param name="function">An exception in it ends the run with TL7001.</param>
    /// <exception cref="ScriptException">TL1019.</exception>
    public void Define(string name, Delegate function)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(function);
        if (Tokens.IsRelationName(name)) throw new ScriptException(new ScriptFault(Messages.UpperCaseFunction(name)));
        Set(name, Value.Of(new HostFunction(name, function)));
    }

    /// <summary>Calls a function of the scripts, the host or the library.</summary>
    /// <exception cref="ScriptException">What the function throws; TL2001 if there is none of that name.</exception>
    public Value Call(string function, params Value[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (!TryGet(function, out Value callee) && !Functions.Library.Instance.TryGet(function, out callee))
            throw new ScriptException(new ScriptFault(Messages.UnknownName(function, null)));
        (RunResult result, Value value) = Running(run => callee.Content is FunctionValue called
            ? called.Call(run, Array.ConvertAll(arguments, argument => new GivenArgument(null, argument)))
            : throw new ScriptFault(Messages.NotAFunction(callee.TypeName)));
        return result.Diagnostic is { } problem ? throw new ScriptException([problem]) : value;
    }

    /// <summary>Adds a fact. Strings are entities.</summary>
    /// <exception cref="ScriptException">It does not fit the relation, or the fact limit is reached.</exception>
    public void AddFact(string relation, params Value[] tuple) => Guarded(() => State.Database.AddFact(RelationName(relation), tuple, Options.FactLimit));

    /// <summary>Removes a fact; false if it was not given.</summary>
    public bool RemoveFact(string relation, params Value[] tuple) => Guarded(() => State.Database.RemoveFact(relation, tuple));

    private static string RelationName(string name) => Tokens.IsRelationName(name) ? name : throw new ScriptFault(Messages.LowerCaseRelation(name));

    private static T Guarded<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (ScriptFault fault)
        {
            throw new ScriptException(fault);
        }
    }

    /// <summary>The tuples of a relation, given and derived, sorted.</summary>
    /// <exception cref="ScriptException">A rule fails or runs into a limit.</exception>
    public IReadOnlyList<Value[]> Facts(string relation)
    {
        IReadOnlyList<Value[]> tuples = [];
        RunResult result = Running(run =>
        {
            State.Database.Derive(run);
            tuples = State.Database.Tuples(relation);
            return Value.None;
        }).Result;
        return result.Diagnostic is { } problem ? throw new ScriptException([problem]) : tuples;
    }

    /// <summary>The distinct answers of a query, sorted; for a query without variables one empty row if it holds.</summary>
    /// <param name="literals">As in a script: <c>Parent(bob, x), not Rich(x)</c>.</param>
    /// <param name="cancel">Ends the query early.</param>
    /// <exception cref="ScriptException">The query is wrong, or a rule fails or runs into a limit.</exception>
    public IReadOnlyList<Row> Query(string literals, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(literals);
        DiagnosticBag problems = new();
        List<Row> rows = [];
        (ScriptCode code, BodyNode body) = Guarded(() =>
        {
            SourceText source = SourceText.From("query", literals);
            IReadOnlyList<Literal> parsed = Parser.ParseQuery(source, problems);
            problems.ThrowIfAny();
            return Binder.BindQuery(new CompileContext(State, Options), source, parsed, problems);
        });
        RunResult result = Running(run =>
        {
            foreach (Value[] answer in body.Evaluate(FrameOf(run, code), default)) rows.Add(new Row(Array.ConvertAll(body.Answers, variable => variable.Name), answer));
            return Value.None;
        }, cancel).Result;
        return result.Diagnostic is { } problem ? throw new ScriptException([problem]) : rows;
    }

    /// <summary>An independent engine with the same state, in a time that does not depend on how much the tensors hold. It shares the runtime
    /// and opened models, which this engine must outlive; event handlers are not copied.</summary>
    public Engine Fork() => new(this);

    /// <summary>Forgets all variables, facts and rules, and closes the models that scripts opened.</summary>
    public void Reset()
    {
        State = new EngineState(Options.Seed);
        _memory = new MemoryBudget(Options.MemoryLimit);
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

    internal void Written(string line) => Notify("Output", () => Output?.Invoke(this, new OutputEventArgs(line)));

    internal void Stepped(long steps, TimeSpan elapsed)
    {
        if (Step is not null) Notify("Step", () => Step?.Invoke(this, new StepEventArgs(steps, elapsed)));
    }

    private static void Notify(string name, Action handler)
    {
        try
        {
            handler();
        }
        catch (Exception problem) when (problem is not ScriptFault)
        {
            throw new ScriptFault(Messages.HostFailed(name, problem.Message), problem);
        }
    }
}
