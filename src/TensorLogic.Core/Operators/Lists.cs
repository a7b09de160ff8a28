namespace TensorLogic.Operators;

/// <summary>Lists of tensors of one type. A write gives a new list that shares the other tensors. Sources: MIL <c>make_list</c>, <c>list_*</c> (iOS15).</summary>
internal static partial class Op
{
    /// <summary>Most tensors in a list.</summary>
    public const int MaxListLength = 1 << 24;

    /// <summary>Type of the elements; unknown sizes are those of what is written.</summary>
    public sealed record MakeListAttributes(TensorType Element, bool DynamicLength = true) : OperatorAttributes;

    /// <summary>A list of init_length tensors of zeros; one if init_length is left out.</summary>
    public static readonly Operator<MakeListAttributes> MakeList = new("make_list")
    {
        Inputs = [new("init_length", ElementTypes.Integers, Optional: true)],
        InferWith = static (context, a) =>
        {
            if (context.Has(0)) context.Require(MayBeOne(context.Input(0)), 0, "one length");
            return [new ListValueType(a.Element, a.DynamicLength ? Dimension.Unknown : !context.Has(0) ? 1 : context.Integers(0) is [>= 0 and var length] ? length : Dimension.Unknown)];
        },
        EvaluateWith = static (context, a) =>
        {
            long length = context.Has(0) ? context.Longs(0)[0] : 1;
            if (length is < 0 or > MaxListLength) throw context.Error(0, $"{length}", $"a length from 0 to {MaxListLength}");
            // What has unknown sizes is empty until it is written.
            Tensor zeros = Tensor.Create(a.Element.ElementType, Shape.Create([.. a.Element.Dimensions.Select(size => size.Size ?? 0)]));
            context.SetOutput(0, new TensorList([.. Enumerable.Repeat(zeros, (int)length)]));
        },
    };

    /// <summary>Number of tensors, i32.</summary>
    public static readonly Operator<NoAttributes> ListLength = new("list_length")
    {
        Inputs = [new("ls", ElementTypes.Any)],
        InferWith = static (context, _) =>
        {
            ListType(context);
            return Inference.One(ElementType.Int32);
        },
        EvaluateWith = static (context, _) => context.Write(0, [], [(long)context.InputList(0).Items.Count]),
    };

    /// <summary>The tensor at index.</summary>
    public static readonly Operator<NoAttributes> ListRead = new("list_read")
    {
        Inputs = [new("ls", ElementTypes.Any), new("index", ElementTypes.Integers)],
        InferWith = static (context, _) =>
        {
            context.Require(MayBeOne(context.Input(1)), 1, "one index");
            return Inference.One(ListType(context).Element);
        },
        EvaluateWith = static (context, _) => context.SetOutput(0, Reference(Item(context, context.Longs(1)[0]))),
    };

    /// <summary>The list with the tensor at index replaced; past the end it grows.</summary>
    public static readonly Operator<NoAttributes> ListWrite = new("list_write")
    {
        Inputs = [new("ls", ElementTypes.Any), new("index", ElementTypes.Integers), new("value", ElementTypes.Any)],
        InferWith = static (context, _) =>
        {
            ListValueType list = ListType(context);
            TensorType value = context.Input(2);
            context.Require(MayBeOne(context.Input(1)), 1, "one index");
            context.Require(value.ElementType == list.Element.ElementType && value.Rank == list.Element.Rank, 2, $"{list.Element}, as the list's elements");
            return [list];
        },
        EvaluateWith = static (context, _) => context.SetOutput(0, Written(context, context.Longs(1), [Reference(context.Input(2))])),
    };

    /// <summary>The tensors at indices, stacked along a new first axis.</summary>
    public static readonly Operator<NoAttributes> ListGather = new("list_gather")
    {
        Inputs = [new("ls", ElementTypes.Any), new("indices", ElementTypes.Integers)],
        InferWith = static (context, _) =>
        {
            TensorType element = ListType(context).Element, indices = context.Input(1);
            context.Require(indices.Rank == 1 && element.Rank < Shape.MaxRank, 1, "a vector of indices");
            return Inference.One(element.ElementType, [indices.Dimensions[0], .. element.Dimensions]);
        },
        EvaluateWith = static (context, _) =>
        {
            Tensor[] items = [.. context.Longs(1).Select(index => Item(context, index))];
            Shape shape = items.Length > 0 ? items[0].Shape : context.InputList(0).Items is [var first, ..] ? first.Shape : Shape.Scalar;
            Tensor y = context.Output(0, Shape.Create([items.Length, .. shape.Sizes]));
            for (int i = 0; i < items.Length; i++)
            {
                if (items[i].Shape != shape) throw context.Error(0, $"{items[i]} at index {context.Longs(1)[i]}", $"tensors of one shape, {shape}");
                using Tensor part = y.Select(0, i);
                items[i].CopyTo(part);
            }
        },
    };

    /// <summary>The list with value[i] at indices[i].</summary>
    public static readonly Operator<NoAttributes> ListScatter = new("list_scatter")
    {
        Inputs = [new("ls", ElementTypes.Any), new("indices", ElementTypes.Integers), new("value", ElementTypes.Any)],
        InferWith = static (context, _) =>
        {
            ListValueType list = ListType(context);
            TensorType value = context.Input(2), indices = context.Input(1);
            context.Require(indices.Rank == 1, 1, "a vector of indices");
            context.Require(value.ElementType == list.Element.ElementType && value.Rank == list.Element.Rank + 1 && Inference.MayEqual(value.Dimensions[0], indices.Dimensions[0]), 2, $"a row of {list.Element} for each index");
            return [list];
        },
        EvaluateWith = static (context, _) =>
        {
            long[] indices = context.Longs(1);
            Tensor value = context.Input(2);
            if (value.Shape[0] != indices.Length) throw context.Error(2, value.ToString(), $"{indices.Length} rows, one for each index");
            context.SetOutput(0, Written(context, indices, [.. indices.Select((_, i) => value.Select(0, i))]));
        },
    };

    private static ListValueType ListType(InferenceContext context) => context.AnyInput(0) as ListValueType ?? throw context.Error(0, "a list");

    private static Tensor Item(EvaluationContext context, long index)
    {
        IReadOnlyList<Tensor> items = context.InputList(0).Items;
        return (ulong)index < (ulong)items.Count ? items[(int)index] : throw context.Error(1, $"index {index}", $"an index into the {items.Count} elements of the list");
    }

    private static TensorList Written(EvaluationContext context, long[] indices, Tensor[] values)
    {
        List<Tensor> items = [.. context.InputList(0).Items];
        for (int i = 0; i < indices.Length; i++)
        {
            if (indices[i] is < 0 or >= MaxListLength) throw context.Error(1, $"index {indices[i]}", $"an index from 0 to {MaxListLength - 1}");
            if (items.Count <= indices[i])
            {
                Tensor zeros = Tensor.Create(values[i].ElementType, values[i].Shape);
                items.AddRange(Enumerable.Repeat(zeros, (int)indices[i] + 1 - items.Count));
            }
            items[(int)indices[i]] = values[i];
        }
        return new TensorList(items);
    }
}
