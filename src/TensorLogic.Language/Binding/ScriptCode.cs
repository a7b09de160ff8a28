using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Logic;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Binding;

/// <summary>A checked file, ready to run many times in many engines.</summary>
internal sealed class ScriptCode(SourceText source, bool isModule)
{
    public SourceText Source => source;

    /// <summary>An imported file: its variables are its own.</summary>
    public bool IsModule => isModule;

    /// <summary>Names of the script-level variables used, its own and those that the engine knows.</summary>
    public string[] GlobalNames { get; set; } = [];

    /// <summary>Of <see cref="GlobalNames"/>: true for names that only the engine can give a value to.</summary>
    public bool[] IsOfEngine { get; set; } = [];

    /// <summary>Variables that importing files see.</summary>
    public string[] Exports { get; set; } = [];

    public FunctionCode Main { get; set; } = null!;

    /// <summary>The last statement is an expression, whose value is that of the run.</summary>
    public bool EndsInExpression { get; set; }

    public List<TestCode> Tests { get; } = [];

    /// <summary>Relations that the file and its imports declare or use.</summary>
    public HashSet<string> Relations { get; } = new(StringComparer.Ordinal);

    /// <summary>Rules of the file and its imports, for the check of strata.</summary>
    public List<(RuleDependency Rule, SourceSpan Span)> Rules { get; } = [];

    /// <summary>Entity types of the file and its imports.</summary>
    public HashSet<string> EntityTypes { get; } = new(StringComparer.Ordinal);
}

/// <summary>A <c>test</c> block.</summary>
internal sealed record TestCode(string Name, FunctionCode Body);

/// <summary>A parameter of a function of a script.</summary>
internal sealed record ParameterCode(string Name, DeclaredType? Type, ExpressionNode? Default, LocalSymbol Symbol);

/// <summary>A function of a script: bound once, closed over its variables at each evaluation.</summary>
internal sealed class FunctionCode(ScriptCode script, string? name)
{
    public ScriptCode Script => script;

    public string? Name => name;

    public ParameterCode[] Parameters { get; set; } = [];

    public DeclaredType? Result { get; set; }

    public StatementNode? Body { get; set; }

    public ExpressionNode? Value { get; set; }

    public int LocalCount { get; set; }

    /// <summary>Where each capture comes from in the frame that makes the closure.</summary>
    public Symbol[] Captures { get; set; } = [];

    /// <summary>Calls with one value for each parameter, unset where a default is to be used.</summary>
    public Value Invoke(RunState run, Box[] captures, Value[] arguments)
    {
        run.Step();
        if (run.Depth >= run.Engine.Options.RecursionLimit) throw new Diagnostics.ScriptFault(Diagnostics.Messages.RecursionLimit(run.Engine.Options.RecursionLimit));
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        Frame frame = new(run, script, run.Engine.State.CellsOf(script), LocalCount, captures);
        Dictionary<string, int>? symbols = Array.Exists(Parameters, parameter => parameter.Type is not null) || Result is not null ? new(StringComparer.Ordinal) : null;
        run.Depth++;
        try
        {
            for (int i = 0; i < Parameters.Length; i++)
            {
                ParameterCode parameter = Parameters[i];
                Value value = arguments[i];
                if (value.IsUnset)
                {
                    if (parameter.Default is null) throw new Diagnostics.ScriptFault(Diagnostics.Messages.NeedsArgument(name ?? "anonymous", parameter.Name));
                    value = parameter.Default.Evaluate(frame);
                }
                if (parameter.Type is { } type) value = type.Convert(run, value, parameter.Name, symbols);
                frame.Locals[parameter.Symbol.Slot] = parameter.Symbol.IsBoxed ? Language.Value.Hidden(new Box { Value = value }) : value;
            }
            Value result = Language.Value.None;
            if (Value is not null) result = Value.Evaluate(frame);
            else if (Body!.Execute(frame) == Flow.Return) result = frame.Result;
            return Result is null ? result : Result.Convert(run, result, name ?? "anonymous", symbols);
        }
        finally
        {
            run.Depth--;
        }
    }
}
