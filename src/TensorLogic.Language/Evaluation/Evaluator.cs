using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Functions;
using TensorLogic.Language.Syntax;

namespace TensorLogic.Language.Evaluation;

/// <summary>Runs statements and evaluates expressions, strictly and from left to right (4.2).</summary>
/// <remarks>Recursion follows the tree, whose depth the parser bounds.</remarks>
internal sealed class Evaluator(RunState run, IDictionary<string, Value> variables)
{
    public void Run(IReadOnlyList<Statement> statements)
    {
        foreach (Statement statement in statements)
            At(statement.Span, () =>
            {
                run.Step();
                if (statement is AssignmentStatement assignment) variables[assignment.Name] = Evaluate(assignment.Value);
                else Evaluate(((ExpressionStatement)statement).Value);
                return Value.None;
            });
    }

    // The innermost construct that has a place gives it to a fault that has none.
    private Value At(SourceSpan span, Func<Value> evaluate)
    {
        try
        {
            return evaluate();
        }
        catch (ScriptFault fault)
        {
            throw fault.At(run.Source, span);
        }
    }

    private Value Evaluate(Expression expression) => expression switch
    {
        LiteralExpression literal => literal.Value,
        NameExpression name => At(name.Span, () => variables.TryGetValue(name.Name, out Value value) || StandardFunctions.TryGet(name.Name, out value) ? value : throw new ScriptFault(Messages.NoValueYet(name.Name))),
        NegationExpression negation => At(negation.Span, () => Negated(Evaluate(negation.Operand))),
        ListExpression list => Value.Of([.. list.Items.Select(Evaluate)]),
        RecordExpression record => Value.Of(new RecordValue(record.Fields.Select(field => KeyValuePair.Create(field.Key, Evaluate(field.Value))))),
        MemberExpression member => Member(member),
        IndexExpression index => Index(index),
        CallExpression call => Call(call),
        _ => throw new ScriptFault(Messages.Internal($"no rule for {expression.GetType().Name}")),
    };

    private static Value Negated(Value value) => value.Kind switch
    {
        ValueKind.Int => value.AsInt() == long.MinValue ? throw new ScriptFault(Messages.IntegerOverflow()) : (Value)(-value.AsInt()),
        ValueKind.Float => (Value)(-value.AsFloat()),
        _ => throw new ScriptFault(Messages.MinusNotDefined(value.TypeName)),
    };

    private Value Member(MemberExpression member)
    {
        Value target = Evaluate(member.Target);
        return At(member.Span, () => Members.Find(target, member.Name) ?? throw new ScriptFault(Messages.NoField(target.TypeName, member.Name)));
    }

    private Value Index(IndexExpression index)
    {
        Value target = Evaluate(index.Target);
        Value[] subscripts = [.. index.Subscripts.Select(Evaluate)];
        return At(index.Span, () => Members.At(target, subscripts));
    }

    private Value Call(CallExpression call)
    {
        List<Value> first = [];
        Function function;
        if (call.Callee is MemberExpression member)
        {
            // x.f(a) is the field f of x, or else f(x, a).
            Value target = Evaluate(member.Target);
            if (Members.Find(target, member.Name) is { } field) function = At(member.Span, () => field).Content as Function ?? throw NotAFunction(call, field);
            else if (Members.Method(target, member.Name) is { } method || StandardFunctions.TryGet(member.Name, out Value named) && (method = (Function)named.Content!) is not null)
            {
                function = method;
                first.Add(target);
            }
            else throw new ScriptFault(Messages.NoFieldOrFunction(target.TypeName, member.Name)) { Source = run.Source, Span = member.Span };
        }
        else
        {
            Value callee = Evaluate(call.Callee);
            function = callee.Content as Function ?? throw NotAFunction(call, callee);
        }
        List<(string? Name, Value Value)> arguments = [.. first.Select(value => ((string?)null, value)), .. call.Arguments.Select(argument => (argument.Name, Evaluate(argument.Value)))];
        return At(call.Span, () =>
        {
            run.Step();
            (IReadOnlyList<Value> values, Value[] parameters) = Arguments.Bind(function, arguments);
            return function.Body(run, values, parameters);
        });
    }

    private ScriptFault NotAFunction(CallExpression call, Value value) => new(Messages.NotAFunction(value.TypeName)) { Source = run.Source, Span = call.Span };
}
