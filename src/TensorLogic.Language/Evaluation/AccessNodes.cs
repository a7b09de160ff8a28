using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Evaluation;

/// <summary>A bound subscript: an index, or the parts of a slice.</summary>
internal sealed class SubscriptNode(bool isSlice, ExpressionNode? index, ExpressionNode? start, ExpressionNode? end, ExpressionNode? step)
{
    public SubscriptValue Evaluate(Frame f) => isSlice
        ? new(true, Value.None, Part(f, start), Part(f, end), Part(f, step))
        : new(false, index!.Evaluate(f));

    private static Value Part(Frame f, ExpressionNode? part) => part is null ? Value.None : part.Evaluate(f);

    public static SubscriptValue[] All(Frame f, SubscriptNode[] nodes)
    {
        var values = new SubscriptValue[nodes.Length];
        for (int i = 0; i < values.Length; i++) values[i] = nodes[i].Evaluate(f);
        return values;
    }
}

/// <summary><c>x[a]</c>.</summary>
internal sealed class IndexNode(SourceSpan span, ExpressionNode target, SubscriptNode[] subscripts) : ExpressionNode(span)
{
    public override Value Evaluate(Frame f)
    {
        Value value = target.Evaluate(f);
        SubscriptValue[] places = SubscriptNode.All(f, subscripts);
        try
        {
            return Indexing.Get(f.Run, value, places);
        }
        catch (Exception problem) when (Faults.IsOpen(problem))
        {
            throw f.Fault(problem, Span);
        }
    }
}

/// <summary><c>x.f</c>.</summary>
internal sealed class MemberNode(SourceSpan span, ExpressionNode target, string name) : ExpressionNode(span)
{
    public override Value Evaluate(Frame f)
    {
        Value value = target.Evaluate(f);
        Value? field;
        try
        {
            field = Members.Find(value, name);
        }
        catch (Exception problem) when (Faults.IsOpen(problem))
        {
            throw f.Fault(problem, Span);
        }
        return field ?? throw f.Fault(Messages.NoField(value.TypeName, name), Span);
    }
}

/// <summary>An argument of a call.</summary>
internal readonly record struct ArgumentNode(string? Name, ExpressionNode Value);

/// <summary>A call; errors point to the name of the function.</summary>
internal sealed class CallNode(SourceSpan span, ExpressionNode callee, ArgumentNode[] arguments) : ExpressionNode(span)
{
    public override Value Evaluate(Frame f)
    {
        Value function = callee.Evaluate(f);
        var given = new GivenArgument[arguments.Length];
        for (int i = 0; i < given.Length; i++) given[i] = new(arguments[i].Name, arguments[i].Value.Evaluate(f));
        return Calls.Invoke(f, function, given, Span);
    }
}

/// <summary><c>x.f(a)</c>: a field of x, or <c>f(x, a)</c> for a function in scope (4.3).</summary>
internal sealed class MethodCallNode(SourceSpan span, ExpressionNode target, string name, ExpressionNode? function, ArgumentNode[] arguments) : ExpressionNode(span)
{
    public override Value Evaluate(Frame f)
    {
        Value value = target.Evaluate(f);
        Value? callee = Members.Find(value, name);
        int first = 0;
        if (callee is null)
        {
            first = 1;
            callee = Members.Method(value, name) is { } method ? Value.Of(method) : function?.Evaluate(f);
            if (callee is null) throw f.Fault(Messages.NoFieldOrFunction(value.TypeName, name), Span);
        }
        var given = new GivenArgument[arguments.Length + first];
        if (first == 1) given[0] = new(null, value);
        for (int i = 0; i < arguments.Length; i++) given[i + first] = new(arguments[i].Name, arguments[i].Value.Evaluate(f));
        return Calls.Invoke(f, callee.Value, given, Span);
    }
}

/// <summary>Calls of values.</summary>
internal static class Calls
{
    /// <exception cref="ScriptFault">TL3014, and whatever the function throws.</exception>
    public static Value Invoke(Frame f, Value function, ReadOnlySpan<GivenArgument> arguments, SourceSpan span)
    {
        try
        {
            switch (function.Content)
            {
                case FunctionValue callee:
                    // Functions of scripts count their own call.
                    if (callee is not ScriptFunction)
                    {
                        f.Run.Step();
                        f.Run.Caller = f.Source;
                    }
                    return callee.Call(f.Run, arguments);
                case ScheduleValue schedule:
                    if (arguments is not [{ Name: null, Value: var epoch }]) throw new ScriptFault(Messages.TakesArguments(schedule.Name, 1, arguments.Length));
                    return schedule.Factor(Tensors.IntOrNull(epoch) ?? throw new ScriptFault(Messages.ArgumentMustBeInt("epoch", schedule.Name)));
                default: throw new ScriptFault(Messages.NotAFunction(function.TypeName));
            }
        }
        catch (Exception problem) when (Faults.HasNoPlace(problem))
        {
            throw f.CallFault(problem, span);
        }
    }
}
