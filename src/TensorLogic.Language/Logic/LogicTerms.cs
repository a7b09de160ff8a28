using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Logic;

/// <summary>A place in an atom: a variable by number, or a constant; -1 for <c>_</c>.</summary>
/// <param name="Variable">-1 for a constant or <c>_</c>.</param>
/// <param name="Constant">-1 for a variable or <c>_</c>.</param>
internal readonly record struct Slot(int Variable, int Constant)
{
    public bool IsVariable => Variable >= 0;
    public bool IsConstant => Constant >= 0;
}

/// <summary>An arithmetic expression over logic variables (9.6).</summary>
internal abstract class LogicExpression
{
    /// <summary>Variables by number, each once for each occurrence.</summary>
    public abstract IEnumerable<int> Variables { get; }

    /// <param name="run">The run.</param>
    /// <param name="binding">The value of a variable.</param>
    public abstract Value Evaluate(RunState run, Func<int, Value> binding);

    /// <summary>Equal texts mean equal expressions.</summary>
    public abstract override string ToString();
}

internal sealed class ConstantExpression(Value value) : LogicExpression
{
    public override IEnumerable<int> Variables => [];
    public override Value Evaluate(RunState run, Func<int, Value> binding) => value;
    public override string ToString() => ValueText.Nested(value);
}

internal sealed class VariableExpression(int variable) : LogicExpression
{
    public int Variable => variable;
    public override IEnumerable<int> Variables => [variable];
    public override Value Evaluate(RunState run, Func<int, Value> binding) => binding(variable);
    public override string ToString() => $"?{variable}";
}

internal sealed class OperatorExpression(BinaryOperator op, LogicExpression left, LogicExpression right) : LogicExpression
{
    public override IEnumerable<int> Variables => left.Variables.Concat(right.Variables);
    public override Value Evaluate(RunState run, Func<int, Value> binding) => Operations.Binary(run, op, left.Evaluate(run, binding), right.Evaluate(run, binding));
    public override string ToString() => $"({left} {Operations.Spelling(op)} {right})";
}

internal sealed class NegatedExpression(LogicExpression operand) : LogicExpression
{
    public override IEnumerable<int> Variables => operand.Variables;
    public override Value Evaluate(RunState run, Func<int, Value> binding) => Operations.Negate(run, operand.Evaluate(run, binding));
    public override string ToString() => $"-{operand}";
}

internal sealed class FunctionExpressionTerm(FunctionValue function, LogicExpression[] arguments) : LogicExpression
{
    public override IEnumerable<int> Variables => arguments.SelectMany(argument => argument.Variables);
    public override Value Evaluate(RunState run, Func<int, Value> binding) => function.Call(run, Array.ConvertAll(arguments, argument => new GivenArgument(null, argument.Evaluate(run, binding))));
    public override string ToString() => $"{function.Name}({string.Join(", ", arguments.AsEnumerable())})";
}

/// <summary>A literal of a body.</summary>
internal abstract class BodyLiteral;

internal sealed class BodyAtom(string relation, Slot[] slots, bool isNegated) : BodyLiteral
{
    public string Relation => relation;
    public Slot[] Slots => slots;
    public bool IsNegated => isNegated;
    public override string ToString() => $"{(isNegated ? "not " : "")}{relation}({string.Join(", ", slots)})";
}

/// <summary>A comparison; without an operator <c>=</c>, which binds a variable or compares.</summary>
internal sealed class BodyComparison(BinaryOperator? op, LogicExpression left, LogicExpression right) : BodyLiteral
{
    public BinaryOperator? Operator => op;
    public LogicExpression Left => left;
    public LogicExpression Right => right;
    public override string ToString() => $"{left} {(op is { } comparison ? Operations.Spelling(comparison) : "=")} {right}";
}

/// <summary>A place in a head: a slot, perhaps aggregated.</summary>
internal readonly record struct HeadSlot(Slot Slot, Aggregate? Aggregate);

/// <summary>A rule as the engine keeps it.</summary>
internal sealed class Rule(string relation, HeadSlot[] head, BodyLiteral[] body, int variables, SourceText source, SourceSpan span, object origin)
{
    public string Relation => relation;
    public HeadSlot[] Head => head;
    public BodyLiteral[] Body => body;
    public int Variables => variables;
    public bool IsAggregate { get; } = Array.Exists(head, slot => slot.Aggregate is not null);

    /// <summary>The head, where a limit of facts is told.</summary>
    public ScriptFault At(ScriptFault fault) => fault.At(source, span);

    /// <summary>True for a rule that the same statement gave with the same constants.</summary>
    public bool IsSameAs(Rule other) => ReferenceEquals(Origin, other.Origin) && _text == other._text;

    private object Origin => origin;

    private readonly string _text = $"{string.Join(", ", head)} <- {string.Join(", ", body.AsEnumerable())}";
}
