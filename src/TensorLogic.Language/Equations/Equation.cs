using TensorLogic.Language.Syntax;

namespace TensorLogic.Language.Equations;

/// <summary>An equation as it is bound: its index variables, its terms, and the subscripts of its left side.</summary>
internal sealed class Equation
{
    public required IndexVariable[] Indices { get; init; }

    /// <summary>Every tensor with subscripts, those inside subscripts too.</summary>
    public required TensorTerm[] Tensors { get; init; }

    public required PlainTerm[] Values { get; init; }

    public required EquationTerm Right { get; init; }

    /// <summary>Subscripts of the left side; empty for a rank-0 tensor.</summary>
    public required EquationSubscript[] Left { get; init; }

    /// <summary>The assignment operator: where errors of the whole equation point.</summary>
    public required SourceSpan OperatorSpan { get; init; }

    /// <summary>The right side is a comparison that is not summed: the result is bool.</summary>
    public required bool IsComparison { get; init; }

    /// <summary>Indices of the left side, each once, in order.</summary>
    public IndexVariable[] LeftIndices => [.. Left.SelectMany(subscript => subscript is VirtualSubscript ? [] : subscript.Indices).Distinct()];

    /// <summary>Every subscript on the left is a different index variable (8.6).</summary>
    public bool IsFull => Array.TrueForAll(Left, subscript => subscript is BareSubscript or VirtualSubscript) && LeftIndices.Length == Left.Count(subscript => subscript is BareSubscript);

    /// <summary>The size of an axis of the left side.</summary>
    public EquationSubscript[] LeftAxes => Array.FindAll(Left, subscript => subscript is not VirtualSubscript);

    /// <summary>Indices over which the equation is a recurrence, with their direction, in the order of the left side (8.9).</summary>
    public (IndexVariable Index, bool Increases)[] Recurrences { get; init; } = [];

    /// <summary>The virtual index, or null.</summary>
    public IndexVariable? Virtual { get; init; }
}
