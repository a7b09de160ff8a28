using TensorLogic.Operators;

namespace TensorLogic;

/// <summary>Shapes and order of elements.</summary>
public sealed partial class TensorFunctions
{
    /// <summary>The same elements in row-major order under another shape; one size may be -1.</summary>
    public Tensor Reshape(Tensor x, params ReadOnlySpan<int> shape)
    {
        // A size of 0 keeps a size in the operator; here it means 0, which only an empty tensor has.
        if (!shape.Contains(0)) return Run(Op.Reshape, x, Vector(shape));
        return x.History is null ? x.Reshape(shape) : Tensor.Create(x.ElementType, Shape.Create(shape));
    }

    /// <summary>All elements along one axis.</summary>
    public Tensor Flatten(Tensor x) => Reshape(x, checked((int)x.ElementCount));

    /// <summary>Axis k of the result is axis order[k] of x.</summary>
    public Tensor Permute(Tensor x, params ReadOnlySpan<int> order) => Run(Op.Transpose, new Op.TransposeAttributes(Ints.Create(order)), x);

    /// <summary>The last two axes swapped.</summary>
    public Tensor Transpose(Tensor x) => Permute(x, [.. Enumerable.Range(0, x.Rank - 2), x.Rank - 1, x.Rank - 2]);

    /// <summary>Without axes of size 1: the given ones, or all.</summary>
    public Tensor Squeeze(Tensor x, params ReadOnlySpan<int> axes) => Run(Op.Squeeze, new Op.AxesAttributes(Ints.Create(axes)), x);

    /// <summary>With a new axis of size 1 at this place of the result.</summary>
    public Tensor Unsqueeze(Tensor x, int axis) => Run(Op.ExpandDims, new Op.AxesAttributes([axis]), x);

    /// <summary>Repeated along axes of size 1 and along new leading axes.</summary>
    public Tensor Broadcast(Tensor x, Shape shape) => x.Shape == shape ? x : Run(Op.BroadcastTo, x, Vector(shape.Sizes));

    /// <summary>One after another along an axis; element types are promoted.</summary>
    public Tensor Concat(ReadOnlySpan<Tensor> tensors, int axis = 0)
    {
        Tensor[] all = Promoted(tensors);
        return Run(Op.Concat, new Op.ConcatAttributes(axis), all);
    }

    /// <summary>Along a new axis; element types are promoted.</summary>
    public Tensor Stack(ReadOnlySpan<Tensor> tensors, int axis = 0)
    {
        Tensor[] all = Promoted(tensors);
        return Run(Op.Stack, new Op.AxisAttributes(axis), all);
    }

    /// <summary>Parts of these sizes along an axis.</summary>
    public Tensor[] Split(Tensor x, ReadOnlySpan<int> sizes, int axis = 0) => Runner.RunAll(Op.Split, new Op.SplitAttributes(axis, Ints.Create(sizes)), x);

    /// <summary>With a value before and after each axis: widths has two entries for each.</summary>
    public Tensor Pad(Tensor x, ReadOnlySpan<int> widths, double value = 0) =>
        Run(Op.Pad, new Op.PadAttributes(Op.PadMode.Constant), x, Vector(widths), Constant(value, x.ElementType));

    /// <summary>In reverse order along an axis.</summary>
    public Tensor Reverse(Tensor x, int axis = 0) => Run(Op.Reverse, new Op.AxesAttributes([axis]), x);

    /// <summary>Elements start, start + step, … of an axis.</summary>
    public Tensor Slice(Tensor x, int axis, int start, int count, int step = 1)
    {
        if (start == 0 && count == x.Shape[axis] && step == 1) return x;
        if (x.History is null) return x.Slice(axis, count == 0 ? 0 : start, count, step);
        int[] begin = new int[x.Rank], end = x.Shape.Sizes.ToArray(), steps = new int[x.Rank];
        Array.Fill(steps, 1);
        axis = x.Shape.Axis(axis);
        (begin[axis], end[axis], steps[axis]) = (start, count == 0 ? start : start + (count - 1) * step + 1, step);
        return Run(Op.SliceByIndex, new Op.SliceByIndexAttributes(Ints.Create(steps), [], [], []), x, Vector(begin), Vector(end));
    }

    /// <summary>One element of an axis, which is dropped.</summary>
    public Tensor Select(Tensor x, int axis, int index)
    {
        if (x.History is null) return x.Select(axis, index);
        Tensor slice = Slice(x, axis, index, 1);
        return Squeeze(slice, axis);
    }

    /// <summary>The elements with column - row ≤ k, elsewhere 0.</summary>
    public Tensor Tril(Tensor x, int k = 0) => Masked(x, (row, column) => column - row <= k);

    /// <summary>The elements with column - row ≥ k, elsewhere 0.</summary>
    public Tensor Triu(Tensor x, int k = 0) => Masked(x, (row, column) => column - row >= k);

    private Tensor Masked(Tensor x, Func<int, int, bool> keeps)
    {
        int rows = x.Shape[-2], columns = x.Shape[-1];
        Tensor<bool> mask = Tensor<bool>.Create([rows, columns]);
        for (int row = 0; row < rows; row++)
            for (int column = 0; column < columns; column++) mask.Span[row * columns + column] = keeps(row, column);
        return Where(mask, x, Constant(0, x.ElementType));
    }

    private Tensor[] Promoted(ReadOnlySpan<Tensor> tensors)
    {
        ElementType type = tensors[0].ElementType;
        foreach (Tensor tensor in tensors[1..]) type = Promote(type, tensor.ElementType);
        var all = new Tensor[tensors.Length];
        for (int i = 0; i < all.Length; i++) all[i] = Cast(tensors[i], type);
        return all;
    }
}
