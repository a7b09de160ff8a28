using TensorLogic.Language.Values;

namespace TensorLogic.Language.Equations;

/// <summary>The dtype of an equation's result (8.11).</summary>
internal static class ResultType
{
    public static ElementType Of(EquationRun run, ElementType value)
    {
        if (run.Equation.IsComparison) return ElementType.Bool;
        TensorTerm[] tensors = [.. run.Equation.Tensors.Where(term => !term.IsIndex)];
        if (!value.IsFloat && tensors.All(term => term.IsCompared)) return ElementType.Int64;
        ElementType? promoted = null;
        foreach (TensorTerm term in tensors)
        {
            ElementType type = run.TensorOf(term).ElementType;
            promoted = promoted is { } other ? TensorFunctions.Promote(other, type) : type;
        }
        return promoted switch
        {
            null => value.IsFloat ? ElementType.Float16 : ElementType.Int64,
            ElementType.Bool => value.IsFloat ? ElementType.Float32 : ElementType.Int64,
            { IsFloat: false } when value.IsFloat => ElementType.Float32,
            { } type => type,
        };
    }
}
