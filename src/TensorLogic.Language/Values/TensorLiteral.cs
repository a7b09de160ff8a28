using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;

namespace TensorLogic.Language.Values;

/// <summary>Lists and scalars as tensors (3.5).</summary>
internal static class TensorLiteral
{
    /// <summary>The tensor of a list: bool, i64 or f16 by its elements, or from the unrounded numbers to a given type.</summary>
    /// <exception cref="ScriptFault">TL3009, TL3010, TL3002 where tensors in the list differ in shape.</exception>
    public static Tensor OfList(RunState run, ListValue list, ElementType? type = null)
    {
        List<int> sizes = [];
        bool tensors = false, bools = true, ints = true;
        Survey(list, 0);
        if (tensors) return Stacked(run, list, type);
        ElementType element = type ?? (list.Count == 0 ? ElementType.Float16 : bools ? ElementType.Bool : ints ? ElementType.Int64 : ElementType.Float16);
        Shape shape = Shape.Create([.. sizes]);
        Tensor tensor = Tensor.Create(element, shape);
        int at = 0;
        if (ints && !element.IsFloat || bools)
        {
            var values = new long[shape.ElementCount];
            Fill(list, value => values[at++] = value.Bits);
            TensorConversion.Write(tensor, values);
        }
        else
        {
            var values = new double[shape.ElementCount];
            Fill(list, value => values[at++] = value.IsBool ? value.Bits : value.AsFloat());
            if (element.IsFloat) TensorConversion.Write(tensor, values);
            else
            {
                using Tensor wide = Tensor.FromArray(values, shape);
                wide.CopyTo(tensor);
            }
        }
        return tensor;

        void Survey(ListValue items, int depth)
        {
            if (depth == Shape.MaxRank) throw new ScriptFault(Messages.TensorCannotContain("list"));
            if (sizes.Count == depth) sizes.Add(items.Count);
            else if (sizes[depth] != items.Count) throw new ScriptFault(Messages.RaggedList());
            bool? nested = null;
            foreach (Value item in items.Span)
            {
                bool isList = item.Kind == ValueKind.List;
                if (item.TensorOrNull is not null)
                {
                    tensors = true;
                    continue;
                }
                if (!isList && !item.IsNumber && !item.IsBool) throw new ScriptFault(Messages.TensorCannotContain(item.TypeName));
                if (nested is { } before && before != isList) throw new ScriptFault(Messages.RaggedList());
                nested = isList;
                if (isList) Survey((ListValue)item.Content!, depth + 1);
                else if (!tensors && sizes.Count > depth + 1) throw new ScriptFault(Messages.RaggedList());
                if (!isList)
                {
                    bools &= item.IsBool;
                    ints &= item.IsInt;
                }
            }
        }
    }

    private static void Fill(ListValue list, Action<Value> take)
    {
        foreach (Value item in list.Span)
            if (item.Content is ListValue inner) Fill(inner, take);
            else take(item);
    }

    // Scalars beside tensors are weak: they take the type of the tensors.
    private static Tensor Stacked(RunState run, ListValue list, ElementType? type)
    {
        Tensor?[] parts = [.. list.Select(item => item.Content is ListValue inner ? OfList(run, inner, type) : item.TensorOrNull)];
        ElementType promoted = parts.OfType<Tensor>().Select(part => part.ElementType).Aggregate(TensorFunctions.Promote);
        for (int i = 0; i < parts.Length; i++) parts[i] ??= OfScalar(list[i], Weak(promoted, list[i]));
        Tensor[] all = [.. parts.OfType<Tensor>()];
        foreach (Tensor part in all)
            if (part.Shape != all[0].Shape) throw new ScriptFault(Messages.ShapesDifferInStack(all[0].Shape, part.Shape));
        if (all[0].Rank == Shape.MaxRank) throw new ScriptFault(Messages.TensorCannotContain("list"));
        Tensor stacked = run.Functions.Stack(all);
        return type is { } wanted ? run.Functions.Cast(stacked, wanted) : stacked;
    }

    /// <summary>The type of a tensor and a scalar together (4.6).</summary>
    public static ElementType Weak(ElementType tensor, Value scalar) =>
        scalar.IsFloat ? tensor.IsFloat ? tensor : ElementType.Float32
        : scalar.IsInt && tensor == ElementType.Bool ? ElementType.Int64
        : tensor;

    /// <summary>A scalar as a rank-0 tensor of a type; by default bool, i64 or f16.</summary>
    public static Tensor OfScalar(Value value, ElementType? type = null)
    {
        ElementType element = type ?? (value.IsBool ? ElementType.Bool : value.IsInt ? ElementType.Int64 : ElementType.Float16);
        Tensor tensor = Tensor.Create(element, Shape.Scalar);
        if (value.IsFloat && element.IsFloat) TensorConversion.Write(tensor, [value.Double]);
        else if (value.IsFloat)
        {
            using Tensor wide = Tensor.Scalar(value.Double);
            wide.CopyTo(tensor);
        }
        else TensorConversion.Write(tensor, [value.Bits]);
        return tensor;
    }
}
