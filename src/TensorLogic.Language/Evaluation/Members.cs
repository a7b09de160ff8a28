using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Functions;

namespace TensorLogic.Language.Evaluation;

/// <summary>Fields and elements of values.</summary>
internal static class Members
{
    /// <summary>The field of a value, or null.</summary>
    public static Value? Find(Value target, string name) => (target.Kind, name) switch
    {
        (ValueKind.Record, _) => target.AsRecord().TryGetValue(name, out Value value) ? value : (Value?)null,
        (ValueKind.Tensor, "shape") => Value.Of([.. target.AsTensor().Shape.Select(size => (Value)size)]),
        (ValueKind.Tensor, "rank") => target.AsTensor().Rank,
        (ValueKind.Tensor, "size") => target.AsTensor().ElementCount,
        (ValueKind.Tensor, "dtype") => Value.Of(target.AsTensor().ElementType),
        (ValueKind.Model, "metadata") => Value.Of(((ModelValue)target.Content!).Metadata),
        (ValueKind.Model, "tensors") => Value.Of([.. ((ModelValue)target.Content!).Model.Tensors.Keys.Order(StringComparer.Ordinal).Select(key => (Value)key)]),
        _ => (Value?)null,
    };

    /// <summary>A function that only values of this type have, or null.</summary>
    public static Function? Method(Value target, string name) => (target.Kind, name) switch
    {
        (ValueKind.Model, "predict") => ModelFunctions.Predict,
        _ => null,
    };

    /// <summary><c>x[i]</c>.</summary>
    /// <exception cref="ScriptFault">TL3001, TL3006, TL3010, TL4002, TL4004.</exception>
    public static Value At(Value target, Value[] subscripts)
    {
        if (target.Kind is not (ValueKind.List or ValueKind.Record or ValueKind.Model)) throw new ScriptFault(Messages.CannotBeIndexed(target.TypeName));
        if (subscripts is not [var subscript]) throw new ScriptFault(Messages.ListSubscripts(subscripts.Length));
        if (target.Kind == ValueKind.List)
        {
            IReadOnlyList<Value> list = target.AsList();
            if (subscript.Kind != ValueKind.Int) throw new ScriptFault(Messages.IndexMustBeInt(subscript.TypeName));
            long index = subscript.AsInt(), place = index < 0 ? index + list.Count : index;
            return place >= 0 && place < list.Count ? list[(int)place] : throw new ScriptFault(Messages.IndexOutOfRange(index, list.Count));
        }
        if (subscript.Kind != ValueKind.String) throw new ScriptFault(Messages.KeyIsNoString(subscript.TypeName));
        string key = subscript.AsString();
        if (target.Kind == ValueKind.Model)
            return ((ModelValue)target.Content!).Model.Tensors.TryGetValue(key, out ModelTensor? tensor) ? tensor.Read() : throw new ScriptFault(Messages.TensorNotInModel(key));
        return target.AsRecord().TryGetValue(key, out Value value) ? value : throw new ScriptFault(Messages.KeyNotInRecord(key));
    }
}
