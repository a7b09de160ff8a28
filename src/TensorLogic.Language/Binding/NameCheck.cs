using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Syntax;

namespace TensorLogic.Language.Binding;

/// <summary>Resolves names before the run: a variable is assigned in an earlier line, known to the engine, or a function of the library.</summary>
internal sealed class NameCheck(SourceText source, IEnumerable<string> known)
{
    private readonly HashSet<string> _visible = new(known, StringComparer.Ordinal);
    private readonly HashSet<string> _later = new(StringComparer.Ordinal);

    /// <exception cref="ScriptFault">TL2001, TL2012.</exception>
    public void Run(IReadOnlyList<Statement> statements)
    {
        _later.UnionWith(statements.OfType<AssignmentStatement>().Select(assignment => assignment.Name));
        foreach (Statement statement in statements)
        {
            switch (statement)
            {
                case AssignmentStatement assignment:
                    Check(assignment.Value);
                    _visible.Add(assignment.Name);
                    break;
                case ExpressionStatement expression:
                    Check(expression.Value);
                    break;
            }
        }
    }

    private void Check(Expression expression)
    {
        switch (expression)
        {
            case NameExpression name when !_visible.Contains(name.Name):
                throw Fault(name.Span, Messages.UnknownName(name.Name, Hint(name.Name)));
            case NegationExpression negation:
                Check(negation.Operand);
                break;
            case ListExpression list:
                foreach (Expression item in list.Items) Check(item);
                break;
            case RecordExpression record:
                foreach ((_, Expression value) in record.Fields) Check(value);
                break;
            case MemberExpression member:
                Check(member.Target);
                break;
            case IndexExpression index:
                Check(index.Target);
                foreach (Expression subscript in index.Subscripts) Check(subscript);
                break;
            case CallExpression call:
                Check(call.Callee);
                CheckArguments(call.Arguments);
                break;
        }
    }

    private void CheckArguments(IReadOnlyList<Argument> arguments)
    {
        HashSet<string> given = new(StringComparer.Ordinal);
        foreach (Argument argument in arguments)
        {
            if (argument.Name is { } name && !given.Add(name)) throw Fault(argument.Span, Messages.ArgumentGivenTwice(name));
            Check(argument.Value);
        }
    }

    private string? Hint(string name) =>
        _later.Contains(name) ? Messages.GetsItsValueLater(name)
        : Similarity.Closest(name, _visible) is { } similar ? Messages.DidYouMean(similar) : null;

    private ScriptFault Fault(SourceSpan span, Message message) => new(message) { Source = source, Span = span };
}
