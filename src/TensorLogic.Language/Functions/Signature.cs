using System.Globalization;

namespace TensorLogic.Language.Functions;

/// <summary>How a function of the library may stand in an equation (8.4, 8.10).</summary>
internal enum EquationUse : byte
{
    /// <summary>Only on operands without index variables.</summary>
    No,
    /// <summary>Element by element.</summary>
    Elementwise,
    /// <summary>Along the marked index.</summary>
    Normalizing,
}

/// <summary>A parameter of a library function. One that is optional without a default is <c>none</c> where it is not given.</summary>
internal readonly record struct SignatureParameter(string Name, bool IsRequired, Value Default);

/// <summary>Name and parameters of a library function, written as the specification writes them: <c>sum(x, axis?, keepdims = false)</c>.</summary>
internal sealed class Signature
{
    /// <summary><paramref name="text"/>: a parameter <c>...</c> at the front takes any number of values by position.</summary>
    public Signature(string text)
    {
        int open = text.IndexOf('(', StringComparison.Ordinal);
        Name = text[..open];
        string inside = text[(open + 1)..^1];
        List<SignatureParameter> parameters = [];
        foreach (string part in inside.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "...")
            {
                IsVariadic = true;
                continue;
            }
            int equal = part.IndexOf('=', StringComparison.Ordinal);
            if (equal >= 0) parameters.Add(new(part[..equal].Trim(), false, Constant(part[(equal + 1)..].Trim())));
            else if (part.EndsWith('?')) parameters.Add(new(part[..^1], false, Value.None));
            else parameters.Add(new(part, true, Value.None));
        }
        Parameters = [.. parameters];
    }

    public string Name { get; }

    public bool IsVariadic { get; }

    public SignatureParameter[] Parameters { get; }

    public int PositionOf(string name) => Array.FindIndex(Parameters, parameter => parameter.Name == name);

    private static Value Constant(string text) => text switch
    {
        "true" => true,
        "false" => false,
        "none" => Value.None,
        _ when text[0] == '"' => text[1..^1],
        _ when text.Contains('.', StringComparison.Ordinal) || text.Contains('e', StringComparison.Ordinal) => double.Parse(text, CultureInfo.InvariantCulture),
        _ => long.Parse(text, CultureInfo.InvariantCulture),
    };
}
