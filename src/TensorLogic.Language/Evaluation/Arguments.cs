using TensorLogic.Language.Diagnostics;

namespace TensorLogic.Language.Evaluation;

/// <summary>Gives arguments to parameters (4.3).</summary>
internal static class Arguments
{
    /// <returns>The values by position of a variadic function, and one value for each parameter.</returns>
    /// <exception cref="ScriptFault">TL3007.</exception>
    public static (IReadOnlyList<Value> Values, Value[] Parameters) Bind(Function function, IReadOnlyList<(string? Name, Value Value)> arguments)
    {
        List<Value> values = [];
        var bound = new Value?[function.Parameters.Count];
        int next = 0;
        foreach ((string? name, Value value) in arguments)
        {
            if (name is null && function.IsVariadic)
            {
                values.Add(value);
                continue;
            }
            int position = name is null ? next++ : Position(function, name);
            if (position >= bound.Length)
                throw new ScriptFault(Messages.TakesArguments(function.Name, bound.Length, arguments.Count));
            if (bound[position] is not null) throw new ScriptFault(Messages.ArgumentTwice(function.Parameters[position].Name, function.Name));
            bound[position] = value;
        }
        return (values, [.. bound.Select((value, i) => value ?? function.Parameters[i].Default ?? throw new ScriptFault(Messages.NeedsArgument(function.Name, function.Parameters[i].Name)))]);
    }

    private static int Position(Function function, string name)
    {
        for (int i = 0; i < function.Parameters.Count; i++)
            if (function.Parameters[i].Name == name) return i;
        throw new ScriptFault(Messages.NoParameter(function.Name, name));
    }
}
