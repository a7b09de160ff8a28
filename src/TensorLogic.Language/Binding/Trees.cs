using TensorLogic.Language.Syntax;

namespace TensorLogic.Language.Binding;

/// <summary>Walks over expressions.</summary>
internal static class Trees
{
    /// <summary>The expressions directly inside; not those of functions, queries and learn, which have scopes of their own.</summary>
    public static IEnumerable<Expression> Children(Expression expression) => expression switch
    {
        ParenthesizedExpression parenthesized => [parenthesized.Inner],
        ListExpression list => list.Items,
        RecordExpression record => record.Fields.Select(field => field.Value),
        UnaryExpression unary => [unary.Operand],
        BinaryExpression binary => [binary.Left, binary.Right],
        CastExpression cast => [cast.Operand],
        CallExpression call => call.Arguments.Select(argument => argument.Value).Prepend(call.Callee),
        IndexExpression index => index.Subscripts.SelectMany(Parts).Prepend(index.Target),
        MemberExpression member => [member.Target],
        _ => [],
    };

    private static IEnumerable<Expression> Parts(Subscript subscript) =>
        ((Expression?[])[subscript.Value, subscript.Start, subscript.End, subscript.Step]).OfType<Expression>();

    /// <summary>An expression and all inside it, outer ones first.</summary>
    public static IEnumerable<Expression> All(Expression expression)
    {
        Stack<Expression> open = new([expression]);
        while (open.TryPop(out Expression? next))
        {
            yield return next;
            foreach (Expression child in Children(next).Reverse()) open.Push(child);
        }
    }

    public static IEnumerable<NameExpression> Names(Expression expression) => All(expression).OfType<NameExpression>();
}
