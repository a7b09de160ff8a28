using TensorLogic.Language.Binding;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Evaluation;

/// <summary>A bound expression. <see cref="Span"/> is where its errors point.</summary>
internal abstract class ExpressionNode(SourceSpan span)
{
    public SourceSpan Span => span;

    public abstract Value Evaluate(Frame f);
}

internal sealed class ConstantNode(SourceSpan span, Value value) : ExpressionNode(span)
{
    public Value Value => value;

    public override Value Evaluate(Frame f) => value;
}

/// <summary>A script-level variable.</summary>
internal sealed class GlobalNode(SourceSpan span, int index) : ExpressionNode(span)
{
    public override Value Evaluate(Frame f)
    {
        Cell cell = f.Globals[index];
        return cell.Value.IsUnset ? throw f.Fault(Messages.NoValueYet(cell.Name), Span) : cell.Value;
    }
}

/// <summary>A variable of a block.</summary>
internal sealed class LocalNode(SourceSpan span, LocalSymbol symbol) : ExpressionNode(span)
{
    public override Value Evaluate(Frame f)
    {
        Value value = f.Locals[symbol.Slot];
        if (!symbol.IsBoxed) return value;
        value = ((Box)value.Content!).Value;
        return value.IsUnset ? throw f.Fault(Messages.NoValueYet(symbol.Name), Span) : value;
    }
}

/// <summary>A variable of an outer function.</summary>
internal sealed class CaptureNode(SourceSpan span, string name, int index) : ExpressionNode(span)
{
    public override Value Evaluate(Frame f)
    {
        Value value = f.Captures[index].Value;
        return value.IsUnset ? throw f.Fault(Messages.NoValueYet(name), Span) : value;
    }
}

internal sealed class ListNode(SourceSpan span, ExpressionNode[] items) : ExpressionNode(span)
{
    public override Value Evaluate(Frame f)
    {
        var values = new Value[items.Length];
        for (int i = 0; i < values.Length; i++) values[i] = items[i].Evaluate(f);
        return Value.Of(new ListValue(values));
    }
}

internal sealed class RecordNode(SourceSpan span, (string Key, ExpressionNode Value)[] fields) : ExpressionNode(span)
{
    public override Value Evaluate(Frame f)
    {
        var values = new KeyValuePair<string, Value>[fields.Length];
        for (int i = 0; i < values.Length; i++) values[i] = new(fields[i].Key, fields[i].Value.Evaluate(f));
        return Value.Of(new RecordValue(values));
    }
}

internal sealed class NegateNode(SourceSpan span, ExpressionNode operand) : ExpressionNode(span)
{
    public override Value Evaluate(Frame f)
    {
        Value value = operand.Evaluate(f);
        if (value.IsFloat) return -value.Double;
        try
        {
            return Operations.Negate(f.Run, value);
        }
        catch (Exception problem) when (Faults.IsOpen(problem))
        {
            throw f.Fault(problem, Span);
        }
    }
}

internal sealed class NotNode(SourceSpan span, ExpressionNode operand) : ExpressionNode(span)
{
    public override Value Evaluate(Frame f)
    {
        Value value = operand.Evaluate(f);
        if (value.IsBool) return !value.AsBool();
        try
        {
            return Operations.Not(f.Run, value);
        }
        catch (Exception problem) when (Faults.IsOpen(problem))
        {
            throw f.Fault(problem, operand.Span);
        }
    }
}

/// <summary><c>and</c>, <c>or</c>: the right side is evaluated as needed, for bool tensors always (4.2).</summary>
internal sealed class LogicalNode(SourceSpan span, bool isAnd, ExpressionNode left, ExpressionNode right) : ExpressionNode(span)
{
    public override Value Evaluate(Frame f)
    {
        Value a = left.Evaluate(f);
        bool? known;
        try
        {
            known = Operations.TruthOrMany(a);
        }
        catch (Exception problem) when (Faults.IsOpen(problem))
        {
            throw f.Fault(problem, left.Span);
        }
        if (known is { } truth && truth != isAnd) return truth;
        Value b = right.Evaluate(f);
        if (a.IsBool && b.IsBool) return b;
        try
        {
            if (known is not null && Operations.TruthOrMany(b) is { } other) return other;
            return Operations.Logical(f.Run, isAnd, a, b);
        }
        catch (Exception problem) when (Faults.IsOpen(problem))
        {
            throw f.Fault(problem, Operations.IsTensorLike(b) || b.IsBool ? Span : right.Span);
        }
    }
}

internal sealed class BinaryNode(SourceSpan span, BinaryOperator op, ExpressionNode left, ExpressionNode right) : ExpressionNode(span)
{
    public override Value Evaluate(Frame f)
    {
        Value a = left.Evaluate(f), b = right.Evaluate(f);
        // Scalars of one type are most of what a loop does.
        if (a.IsInt && b.IsInt)
        {
            long x = a.Bits, y = b.Bits, result;
            switch (op)
            {
                case BinaryOperator.Add:
                    result = unchecked(x + y);
                    if (((x ^ result) & (y ^ result)) >= 0) return result;
                    break;
                case BinaryOperator.Subtract:
                    result = unchecked(x - y);
                    if (((x ^ y) & (x ^ result)) >= 0) return result;
                    break;
                case BinaryOperator.Less: return x < y;
                case BinaryOperator.LessEqual: return x <= y;
                case BinaryOperator.Greater: return x > y;
                case BinaryOperator.GreaterEqual: return x >= y;
                case BinaryOperator.Equal: return x == y;
                case BinaryOperator.NotEqual: return x != y;
            }
        }
        else if (a.IsFloat && b.IsFloat)
        {
            double x = a.Double, y = b.Double;
            switch (op)
            {
                case BinaryOperator.Add: return x + y;
                case BinaryOperator.Subtract: return x - y;
                case BinaryOperator.Multiply: return x * y;
                case BinaryOperator.Divide: return x / y;
                case BinaryOperator.Less: return x < y;
                case BinaryOperator.Greater: return x > y;
            }
        }
        return General(f, a, b);
    }

    private Value General(Frame f, Value a, Value b)
    {
        try
        {
            return Operations.Binary(f.Run, op, a, b);
        }
        catch (Exception problem) when (Faults.IsOpen(problem))
        {
            throw f.Fault(problem, Span);
        }
    }
}

/// <summary>Compat: <c>x as int</c>.</summary>
internal sealed class CastNode(SourceSpan span, ExpressionNode operand, string type) : ExpressionNode(span)
{
    public override Value Evaluate(Frame f)
    {
        Value value = operand.Evaluate(f);
        try
        {
            switch (type)
            {
                case "int": return Functions.ElementwiseFunctions.Int(value, "as");
                case "float": return Functions.ElementwiseFunctions.Float(value, "as");
                case "string": return value.ToString();
                case "bool" when value.IsNumber: return value.AsFloat() != 0;
                case "bool" when value.IsBool: return value;
            }
            return f.Run.Functions.Cast(Tensors.Of(f.Run, value, "as"), DeclaredType.Dtype(type)!.Value);
        }
        catch (Exception problem) when (Faults.IsOpen(problem))
        {
            throw f.Fault(problem, Span);
        }
    }
}

/// <summary>A function with the variables it uses.</summary>
internal sealed class ClosureNode(SourceSpan span, FunctionCode code) : ExpressionNode(span)
{
    public override Value Evaluate(Frame f) => Value.Of(Close(f, code));

    public static ScriptFunction Close(Frame f, FunctionCode code)
    {
        if (code.Captures.Length == 0) return new ScriptFunction(code, []);
        var captures = new Box[code.Captures.Length];
        for (int i = 0; i < captures.Length; i++)
            captures[i] = code.Captures[i] is LocalSymbol local ? (Box)f.Locals[local.Slot].Content! : f.Captures[((CaptureSymbol)code.Captures[i]).Index];
        return new ScriptFunction(code, captures);
    }
}
