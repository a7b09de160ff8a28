using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Evaluation;

/// <summary>Values where a tensor, a number or an int is needed (3.5, 3.6).</summary>
internal static class Tensors
{
    /// <summary>The tensor of a tensor, list, relation, number or bool.</summary>
    /// <exception cref="ScriptFault">TL3009, TL3010.</exception>
    public static Tensor Of(RunState run, Value value, string? function = null) => value.Content switch
    {
        Tensor tensor => tensor,
        Learnable learnable => learnable.Current,
        ListValue list => TensorLiteral.OfList(run, list),
        RelationValue relation => run.Database.AsTensor(run, relation.Name),
        _ when value.IsNumber || value.IsBool => TensorLiteral.OfScalar(value),
        _ => throw new ScriptFault(function is null ? Messages.TensorCannotContain(value.TypeName) : Messages.Expects(function, "a tensor", value.TypeName)),
    };

    /// <summary>An int, or the element of a one-element integer tensor; null for anything else.</summary>
    public static long? IntOrNull(Value value)
    {
        if (value.IsInt) return value.Bits;
        return value.TensorOrNull is { ElementCount: 1, ElementType.IsInteger: true } tensor ? TensorConversion.ReadLongs(tensor)[0] : null;
    }

    /// <summary>A number, or the element of a one-element tensor; null for anything else.</summary>
    public static double? NumberOrNull(Value value)
    {
        if (value.IsNumber) return value.AsFloat();
        return value.TensorOrNull is { ElementCount: 1 } tensor ? TensorConversion.ReadDoubles(tensor)[0] : null;
    }

    /// <summary>The scalar of a one-element tensor.</summary>
    public static Value Scalar(Tensor tensor) =>
        tensor.ElementType == ElementType.Bool ? TensorConversion.ReadLongs(tensor)[0] != 0
        : tensor.ElementType.IsInteger ? TensorConversion.ReadLongs(tensor)[0]
        : (Value)TensorConversion.ReadDoubles(tensor)[0];
}
