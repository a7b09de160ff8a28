using TensorLogic.Language.Binding;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Evaluation;

/// <summary>A bound statement. <see cref="Span"/> is its first token.</summary>
internal abstract class StatementNode(SourceSpan span)
{
    public SourceSpan Span => span;

    public abstract Flow Execute(Frame f);

    /// <summary>A condition's truth; its errors point to the condition.</summary>
    protected static bool Truth(Frame f, ExpressionNode condition)
    {
        Value value = condition.Evaluate(f);
        if (value.IsBool) return value.AsBool();
        try
        {
            return Operations.Truth(value);
        }
        catch (Exception problem) when (Faults.IsOpen(problem))
        {
            throw f.Fault(problem, condition.Span);
        }
    }
}

/// <summary>Statements in a scope of their own. Its functions are made at its start, so that they can be used before their lines.</summary>
internal sealed class BlockNode(SourceSpan span, StatementNode[] statements, LocalSymbol[] locals, (VariableTarget Target, FunctionCode Code)[] functions) : StatementNode(span)
{
    private readonly LocalSymbol[] _boxed = Array.FindAll(locals, local => local.IsBoxed);

    public override Flow Execute(Frame f)
    {
        foreach (LocalSymbol local in _boxed) f.Locals[local.Slot] = Value.Hidden(new Box());
        foreach ((VariableTarget target, FunctionCode code) in functions) target.Set(f, Value.Of(ClosureNode.Close(f, code)));
        int i = 0;
        try
        {
            for (; i < statements.Length; i++)
            {
                f.Run.Step();
                Flow flow = statements[i].Execute(f);
                if (flow != Flow.Next) return flow;
            }
            return Flow.Next;
        }
        catch (Exception problem) when (Faults.HasNoPlace(problem))
        {
            throw f.CallFault(problem, statements[i].Span);
        }
    }
}

internal sealed class ExpressionStatementNode(ExpressionNode value) : StatementNode(value.Span)
{
    public override Flow Execute(Frame f)
    {
        f.Result = value.Evaluate(f);
        return Flow.Next;
    }
}

/// <summary><c>x = e</c> of a variable.</summary>
internal sealed class AssignNode(SourceSpan span, SourceSpan operatorSpan, VariableTarget target, ExpressionNode value, bool keepsReference) : StatementNode(span)
{
    public override Flow Execute(Frame f)
    {
        Value result = value.Evaluate(f);
        // A variable takes the present value of a learnable, not the learnable (11.1).
        if (!keepsReference && result.Content is Learnable learnable) result = learnable.Current;
        try
        {
            target.Assign(f, result);
        }
        catch (Exception problem) when (Faults.IsOpen(problem))
        {
            throw f.Fault(problem, operatorSpan);
        }
        return Flow.Next;
    }
}

/// <summary><c>x += e</c> and its like.</summary>
internal sealed class CombineNode(SourceSpan span, SourceSpan operatorSpan, BinaryOperator op, ExpressionNode current, VariableTarget target, ExpressionNode value) : StatementNode(span)
{
    public override Flow Execute(Frame f)
    {
        Value left = current.Evaluate(f), right = value.Evaluate(f);
        try
        {
            target.Assign(f, Operations.Binary(f.Run, op, left, right));
        }
        catch (Exception problem) when (Faults.IsOpen(problem))
        {
            throw f.Fault(problem, operatorSpan);
        }
        return Flow.Next;
    }
}

/// <summary>A step of the way from a variable to the element or field that is set.</summary>
internal abstract class PathStep(SourceSpan span)
{
    public SourceSpan Span => span;

    public abstract object Prepare(Frame f);

    public abstract Value Get(Frame f, Value target, object prepared);

    public abstract Value With(Frame f, Value target, object prepared, Value value);
}

internal sealed class ElementStep(SourceSpan span, SubscriptNode[] subscripts) : PathStep(span)
{
    public override object Prepare(Frame f) => SubscriptNode.All(f, subscripts);

    public override Value Get(Frame f, Value target, object prepared) => Indexing.Get(f.Run, target, (SubscriptValue[])prepared);

    public override Value With(Frame f, Value target, object prepared, Value value) => Indexing.Set(f.Run, target, (SubscriptValue[])prepared, value);
}

internal sealed class FieldStep(SourceSpan span, string name) : PathStep(span)
{
    public override object Prepare(Frame f) => name;

    public override Value Get(Frame f, Value target, object prepared) => Members.Find(target, name) ?? throw new ScriptFault(Messages.NoField(target.TypeName, name));

    public override Value With(Frame f, Value target, object prepared, Value value) => Members.With(target, name, value);
}

/// <summary><c>r.layers[1].units = e</c>: the variable gets a copy in which one element or field is another.</summary>
internal sealed class AssignPathNode(SourceSpan span, SourceSpan operatorSpan, BinaryOperator? op, ExpressionNode root, PathStep[] path, VariableTarget? target, ExpressionNode value) : StatementNode(span)
{
    public override Flow Execute(Frame f)
    {
        var targets = new Value[path.Length];
        var prepared = new object[path.Length];
        targets[0] = root.Evaluate(f);
        for (int i = 0; i < path.Length; i++)
        {
            prepared[i] = path[i].Prepare(f);
            if (i + 1 < path.Length) targets[i + 1] = At(f, path[i], () => path[i].Get(f, targets[i], prepared[i]));
        }
        Value result = value.Evaluate(f);
        if (op is { } combine)
        {
            Value current = At(f, path[^1], () => path[^1].Get(f, targets[^1], prepared[^1]));
            try
            {
                result = Operations.Binary(f.Run, combine, current, result);
            }
            catch (Exception problem) when (Faults.IsOpen(problem))
            {
                throw f.Fault(problem, operatorSpan);
            }
        }
        for (int i = path.Length - 1; i >= 0; i--)
        {
            Value item = result;
            result = At(f, path[i], () => path[i].With(f, targets[i], prepared[i], item));
        }
        target?.Assign(f, result);
        return Flow.Next;
    }

    private static Value At(Frame f, PathStep step, Func<Value> evaluate)
    {
        try
        {
            return evaluate();
        }
        catch (Exception problem) when (Faults.IsOpen(problem))
        {
            throw f.Fault(problem, step.Span);
        }
    }
}

internal sealed class IfNode(SourceSpan span, ExpressionNode condition, StatementNode then, StatementNode? otherwise) : StatementNode(span)
{
    public override Flow Execute(Frame f) => Truth(f, condition) ? then.Execute(f) : otherwise?.Execute(f) ?? Flow.Next;
}

internal sealed class WhileNode(SourceSpan span, ExpressionNode? condition, StatementNode body) : StatementNode(span)
{
    public override Flow Execute(Frame f)
    {
        while (condition is null || Truth(f, condition))
        {
            f.Run.Step();
            Flow flow = body.Execute(f);
            if (flow == Flow.Break) break;
            if (flow == Flow.Return) return flow;
        }
        return Flow.Next;
    }
}

internal sealed class ForNode(SourceSpan span, ExpressionNode subject, LocalSymbol first, LocalSymbol? second, StatementNode body) : StatementNode(span)
{
    public override Flow Execute(Frame f)
    {
        Value over = subject.Evaluate(f);
        if (second is null && over.Content is RangeValue range)
        {
            for (long i = range.Start; i < range.End; i++)
            {
                f.Run.Step();
                LocalTarget.Declare(f, first, i);
                Flow flow = body.Execute(f);
                if (flow == Flow.Break) break;
                if (flow == Flow.Return) return flow;
            }
            return Flow.Next;
        }
        foreach ((Value Item, Value Second) pair in Pairs(f, over))
        {
            f.Run.Step();
            LocalTarget.Declare(f, first, pair.Item);
            if (second is not null) LocalTarget.Declare(f, second, pair.Second);
            Flow flow = body.Execute(f);
            if (flow == Flow.Break) break;
            if (flow == Flow.Return) return flow;
        }
        return Flow.Next;
    }

    private IEnumerable<(Value, Value)> Pairs(Frame f, Value over)
    {
        if (second is null)
        {
            IEnumerable<Value> items;
            try
            {
                items = Sequences.Items(f.Run, over);
            }
            catch (Exception problem) when (Faults.IsOpen(problem))
            {
                throw f.Fault(problem, subject.Span);
            }
            foreach (Value item in items) yield return (item, Value.None);
            yield break;
        }
        if (over.Content is RecordValue record)
        {
            foreach ((string key, Value value) in record) yield return (key, value);
            yield break;
        }
        IEnumerable<Value> all;
        try
        {
            all = Sequences.Items(f.Run, over);
        }
        catch (Exception problem) when (Faults.IsOpen(problem))
        {
            throw f.Fault(problem, subject.Span);
        }
        foreach (Value item in all)
        {
            if (item.Content is ListValue { Count: 2 } pair) yield return (pair[0], pair[1]);
            else if (item.TensorOrNull is { Rank: > 0 } row && row.Shape[0] == 2) yield return (f.Run.Functions.Select(row, 0, 0), f.Run.Functions.Select(row, 0, 1));
            else throw f.Fault(Messages.NeedsPairs(item.TypeName), subject.Span);
        }
    }
}

internal sealed class JumpNode(SourceSpan span, Flow flow) : StatementNode(span)
{
    public override Flow Execute(Frame f) => flow;
}

internal sealed class ReturnNode(SourceSpan span, ExpressionNode? value) : StatementNode(span)
{
    public override Flow Execute(Frame f)
    {
        f.Result = value?.Evaluate(f) ?? Value.None;
        return Flow.Return;
    }
}

internal sealed class AssertNode(SourceSpan span, ExpressionNode condition, ExpressionNode? message) : StatementNode(span)
{
    public override Flow Execute(Frame f)
    {
        if (!Truth(f, condition)) throw f.Fault(Messages.AssertionFailed(message?.Evaluate(f).ToString()), Span);
        return Flow.Next;
    }
}

/// <summary><c>x?</c>.</summary>
internal sealed class ShowNode(SourceSpan span, ExpressionNode value, string text) : StatementNode(span)
{
    public override Flow Execute(Frame f)
    {
        f.Run.Write($"{text} = {ValueText.Nested(value.Evaluate(f))}");
        return Flow.Next;
    }
}

/// <summary>A declaration of a function, made at the start of its block.</summary>
internal sealed class NothingNode(SourceSpan span) : StatementNode(span)
{
    public override Flow Execute(Frame f) => Flow.Next;
}

/// <summary>Keeps the size of a declared index.</summary>
internal sealed class IndexSizeNode(SourceSpan span, VariableTarget target, ExpressionNode size) : StatementNode(span)
{
    public override Flow Execute(Frame f)
    {
        Value value = size.Evaluate(f);
        if (Tensors.IntOrNull(value) is not { } number) throw f.Fault(Messages.IndexMustBeInt(value.TypeName), size.Span);
        if (number < 0) throw f.Fault(Messages.NegativeSize(number), size.Span);
        target.Set(f, number);
        return Flow.Next;
    }
}

/// <summary>Runs an imported file the first time, and brings its variables into scope.</summary>
internal sealed class ImportNode(SourceSpan span, ScriptCode module, string moduleName, VariableTarget? alias, (string Name, VariableTarget Target)[] names) : StatementNode(span)
{
    public override Flow Execute(Frame f)
    {
        IReadOnlyDictionary<string, Cell> members = f.Run.Engine.State.RunModule(f.Run, module);
        alias?.Set(f, Value.Of(new ModuleValue(moduleName, members)));
        foreach ((string name, VariableTarget target) in names)
            if (members.TryGetValue(name, out Cell? cell) && !cell.Value.IsUnset)
                target.Set(f, cell.Value);
        return Flow.Next;
    }
}
