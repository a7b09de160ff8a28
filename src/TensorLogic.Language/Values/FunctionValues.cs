using TensorLogic.Language.Binding;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Functions;
using TensorLogic.Language.Hosting;

namespace TensorLogic.Language.Values;

/// <summary>An argument with its name, or by position.</summary>
internal readonly record struct GivenArgument(string? Name, Value Value);

/// <summary>A function as a value.</summary>
internal abstract class FunctionValue : IContent
{
    public ValueKind Kind => ValueKind.Function;

    /// <summary>As errors call it.</summary>
    public abstract string Name { get; }

    /// <summary>As <c>print</c> shows it.</summary>
    public abstract string Text { get; }

    /// <summary>The places of the parameters' names; -1 for none of that name.</summary>
    protected abstract int PositionOf(string parameter);

    protected abstract int ParameterCount { get; }

    /// <exception cref="ScriptFault">Any.</exception>
    public abstract Value Call(RunState run, ReadOnlySpan<GivenArgument> arguments);

    /// <summary>Gives arguments to parameters by position and name (4.3); unset where none is given.</summary>
    /// <exception cref="ScriptFault">TL3007.</exception>
    protected Value[] Bound(ReadOnlySpan<GivenArgument> arguments, int first = 0)
    {
        var bound = new Value[ParameterCount];
        Array.Fill(bound, Value.Unset);
        for (int i = first; i < arguments.Length; i++)
        {
            int position = i - first;
            if (arguments[i].Name is { } name)
            {
                position = PositionOf(name);
                if (position < 0) throw new ScriptFault(Messages.NoParameter(Name, name));
            }
            if (position >= bound.Length) throw new ScriptFault(Messages.TakesArguments(Name, bound.Length, arguments.Length));
            if (!bound[position].IsUnset) throw new ScriptFault(Messages.ArgumentTwice(ParameterName(position), Name));
            bound[position] = arguments[i].Value;
        }
        return bound;
    }

    protected abstract string ParameterName(int position);
}

/// <summary>A function of the library.</summary>
internal sealed class LibraryFunction(Signature signature, Func<LibraryCall, Value> body, EquationUse use) : FunctionValue
{
    public override string Name => signature.Name;

    public override string Text => $"<fn {signature.Name}>";

    public Signature Signature => signature;

    /// <summary>How it may stand in an equation.</summary>
    public EquationUse Use => use;

    protected override int ParameterCount => signature.Parameters.Length;

    protected override int PositionOf(string parameter) => signature.PositionOf(parameter);

    protected override string ParameterName(int position) => signature.Parameters[position].Name;

    public override Value Call(RunState run, ReadOnlySpan<GivenArgument> arguments)
    {
        Value[] rest = [];
        int first = 0;
        if (signature.IsVariadic)
        {
            while (first < arguments.Length && arguments[first].Name is null) first++;
            rest = new Value[first];
            for (int i = 0; i < first; i++) rest[i] = arguments[i].Value;
        }
        Value[] bound = Bound(arguments, first);
        for (int i = 0; i < bound.Length; i++)
            if (bound[i].IsUnset)
                bound[i] = signature.Parameters[i].IsRequired ? throw new ScriptFault(Messages.NeedsArgument(Name, signature.Parameters[i].Name)) : signature.Parameters[i].Default;
        return body(new LibraryCall(run, this, bound, rest));
    }
}

/// <summary>Compat: a creation function with a dtype, <c>f32::zeros</c>.</summary>
internal sealed class TypedCreation(LibraryFunction function, ElementType type) : FunctionValue
{
    public override string Name => function.Name;

    public override string Text => function.Text;

    protected override int ParameterCount => function.Signature.Parameters.Length;

    protected override int PositionOf(string parameter) => function.Signature.PositionOf(parameter);

    protected override string ParameterName(int position) => function.Signature.Parameters[position].Name;

    public override Value Call(RunState run, ReadOnlySpan<GivenArgument> arguments) => function.Call(run, [.. arguments, new GivenArgument("dtype", Value.Of(type))]);
}

/// <summary>A function of a script, with the variables it has captured.</summary>
internal sealed class ScriptFunction(FunctionCode code, Box[] captures) : FunctionValue
{
    public override string Name => code.Name ?? "anonymous";

    public override string Text => $"<fn {Name}/{code.Parameters.Length}>";

    public FunctionCode Code => code;

    public Box[] Captures => captures;

    protected override int ParameterCount => code.Parameters.Length;

    protected override int PositionOf(string parameter) => Array.FindIndex(code.Parameters, candidate => candidate.Name == parameter);

    protected override string ParameterName(int position) => code.Parameters[position].Name;

    public override Value Call(RunState run, ReadOnlySpan<GivenArgument> arguments) => code.Invoke(run, captures, Bound(arguments));
}

/// <summary>A delegate of the host.</summary>
internal sealed class HostFunction(string name, Delegate function) : FunctionValue
{
    private readonly System.Reflection.ParameterInfo[] _parameters = function.Method.GetParameters() is var all && function.Method.IsStatic && function.Target is not null ? all[1..] : all;

    public override string Name => name;

    public override string Text => $"<fn {name}>";

    protected override int ParameterCount => _parameters.Length;

    protected override int PositionOf(string parameter) => Array.FindIndex(_parameters, candidate => candidate.Name == parameter);

    protected override string ParameterName(int position) => _parameters[position].Name ?? "";

    public override Value Call(RunState run, ReadOnlySpan<GivenArgument> arguments)
    {
        Value[] bound = Bound(arguments);
        var given = new object?[bound.Length];
        for (int i = 0; i < bound.Length; i++)
        {
            if (!bound[i].IsUnset) given[i] = HostConversion.To(_parameters[i].ParameterType, bound[i], name);
            else if (_parameters[i].HasDefaultValue) given[i] = _parameters[i].DefaultValue;
            else throw new ScriptFault(Messages.NeedsArgument(name, ParameterName(i)));
        }
        try
        {
            return HostConversion.From(function.DynamicInvoke(given));
        }
        catch (System.Reflection.TargetInvocationException problem) when (problem.InnerException is { } inner)
        {
            if (inner is OperationCanceledException && run.Cancellation.IsCancellationRequested) throw Faults.From(inner, run);
            throw new ScriptFault(Messages.HostFailed(name, inner.Message), inner);
        }
        catch (ArgumentException problem)
        {
            throw new ScriptFault(Messages.HostFailed(name, problem.Message), problem);
        }
    }
}
