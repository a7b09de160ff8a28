namespace TensorLogic;

/// <summary>Views: new shapes and strides over the same storage.</summary>
internal static class TensorViews
{
    public static Tensor Reshape(Tensor tensor, ReadOnlySpan<int> sizes)
    {
        Shape shape = InferredShape(tensor, sizes);
        return TryStrides(tensor, shape, out long[] strides)
            ? tensor.View(shape, strides, tensor.Offset)
            : Recast(tensor.Clone(), shape);
    }

    private static Tensor Recast(Tensor copy, Shape shape)
    {
        using (copy)
            return copy.View(shape, shape.RowMajorStrides(), copy.Offset);
    }

    private static Shape InferredShape(Tensor tensor, ReadOnlySpan<int> sizes)
    {
        int unknown = sizes.IndexOf(-1);
        if (unknown < 0)
        {
            Shape shape = Shape.Create(sizes);
            return shape.ElementCountOf(nameof(sizes)) == tensor.ElementCount ? shape : throw Mismatch(tensor, sizes);
        }
        int[] known = sizes.ToArray();
        known[unknown] = 1;
        long rest = Shape.Create(known).ElementCountOf(nameof(sizes));
        if (rest == 0 || tensor.ElementCount % rest != 0 || tensor.ElementCount / rest > int.MaxValue) throw Mismatch(tensor, sizes);
        known[unknown] = (int)(tensor.ElementCount / rest);
        return Shape.Create(known);
    }

    private static ArgumentException Mismatch(Tensor tensor, ReadOnlySpan<int> sizes) =>
        new($"A tensor {tensor} of {tensor.ElementCount} elements cannot take the shape [{string.Join(", ", sizes.ToArray())}].", nameof(sizes));

    /// <summary>Groups of axes that step evenly can be split and merged without moving elements.</summary>
    private static bool TryStrides(Tensor tensor, Shape shape, out long[] strides)
    {
        strides = shape.RowMajorStrides();
        if (tensor.IsContiguous || tensor.ElementCount == 0) return true;

        var oldSizes = new List<int>();
        var oldStrides = new List<long>();
        for (int axis = 0; axis < tensor.Rank; axis++)
            if (tensor.Shape.Sizes[axis] != 1)
            {
                oldSizes.Add(tensor.Shape.Sizes[axis]);
                oldStrides.Add(tensor.Strides[axis]);
            }

        int old = 0, next = 0;
        while (old < oldSizes.Count)
        {
            int oldEnd = old + 1, newEnd = next + 1;
            long oldCount = oldSizes[old], newCount = shape.Sizes[next];
            while (oldCount != newCount)
                if (newCount < oldCount) newCount *= shape.Sizes[newEnd++];
                else oldCount *= oldSizes[oldEnd++];
            for (int k = old; k < oldEnd - 1; k++)
                if (oldStrides[k] != oldSizes[k + 1] * oldStrides[k + 1])
                    return false;
            long step = oldStrides[oldEnd - 1];
            for (int k = newEnd - 1; k >= next; k--)
            {
                strides[k] = step;
                step *= shape.Sizes[k];
            }
            old = oldEnd;
            next = newEnd;
        }
        for (; next < shape.Rank; next++) strides[next] = 1;
        return true;
    }

    public static Tensor Transpose(Tensor tensor, ReadOnlySpan<int> permutation)
    {
        if (permutation.Length != tensor.Rank)
            throw new ArgumentException($"{permutation.Length} axes were given for a tensor with {tensor.Rank}.", nameof(permutation));
        var sizes = new int[tensor.Rank];
        var strides = new long[tensor.Rank];
        var seen = new bool[tensor.Rank];
        for (int k = 0; k < sizes.Length; k++)
        {
            int axis = tensor.Shape.Axis(permutation[k]);
            if (seen[axis]) throw new ArgumentException($"Axis {axis} is named twice.", nameof(permutation));
            seen[axis] = true;
            sizes[k] = tensor.Shape.Sizes[axis];
            strides[k] = tensor.Strides[axis];
        }
        return Strided(tensor, sizes, strides, tensor.Offset);
    }

    public static Tensor Slice(Tensor tensor, int axis, int start, int length, int step)
    {
        axis = tensor.Shape.Axis(axis);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfZero(step);
        long last = start + (long)(length - 1) * step;
        int size = tensor.Shape.Sizes[axis];
        if (length > 0 && (start < 0 || start >= size || last < 0 || last >= size))
            throw new ArgumentOutOfRangeException(nameof(start), start, $"{length} elements from {start} by {step} are not inside axis {axis} of size {size}.");
        int[] sizes = tensor.Shape.Sizes.ToArray();
        long[] strides = tensor.Strides.ToArray();
        sizes[axis] = length;
        long offset = length == 0 ? tensor.Offset : tensor.Offset + start * strides[axis];
        strides[axis] *= step;
        return Strided(tensor, sizes, strides, offset);
    }

    public static Tensor Select(Tensor tensor, int axis, int index)
    {
        axis = tensor.Shape.Axis(axis);
        using Tensor slice = Slice(tensor, axis, index, 1, 1);
        return Squeeze(slice, [axis]);
    }

    public static Tensor ExpandDims(Tensor tensor, int axis)
    {
        if (axis < 0) axis += tensor.Rank + 1;
        ArgumentOutOfRangeException.ThrowIfNegative(axis);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(axis, tensor.Rank);
        List<int> sizes = [.. tensor.Shape.Sizes];
        List<long> strides = [.. tensor.Strides];
        sizes.Insert(axis, 1);
        strides.Insert(axis, 0);
        return Strided(tensor, [.. sizes], [.. strides], tensor.Offset);
    }

    public static Tensor Squeeze(Tensor tensor, ReadOnlySpan<int> axes)
    {
        var drop = new bool[tensor.Rank];
        if (axes.IsEmpty)
            for (int axis = 0; axis < drop.Length; axis++) drop[axis] = tensor.Shape.Sizes[axis] == 1;
        foreach (int named in axes)
        {
            int axis = tensor.Shape.Axis(named);
            if (tensor.Shape.Sizes[axis] != 1)
                throw new ArgumentException($"Axis {axis} has size {tensor.Shape.Sizes[axis]}, not 1.", nameof(axes));
            drop[axis] = true;
        }
        var sizes = new List<int>();
        var strides = new List<long>();
        for (int axis = 0; axis < drop.Length; axis++)
            if (!drop[axis])
            {
                sizes.Add(tensor.Shape.Sizes[axis]);
                strides.Add(tensor.Strides[axis]);
            }
        return Strided(tensor, [.. sizes], [.. strides], tensor.Offset);
    }

    public static Tensor BroadcastTo(Tensor tensor, Shape shape)
    {
        int missing = shape.Rank - tensor.Rank;
        var strides = new long[shape.Rank];
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            int size = axis < missing ? 1 : tensor.Shape.Sizes[axis - missing];
            if (missing < 0 || size != 1 && size != shape.Sizes[axis])
                throw new ArgumentException($"The shape {tensor.Shape} does not broadcast to {shape}.", nameof(shape));
            strides[axis] = size == 1 ? 0 : tensor.Strides[axis - missing];
        }
        if (missing < 0) throw new ArgumentException($"The shape {tensor.Shape} does not broadcast to {shape}.", nameof(shape));
        RequireWholeBytes(tensor);
        _ = shape.ElementCountOf(nameof(shape));
        return tensor.View(shape, strides, tensor.Offset);
    }

    private static Tensor Strided(Tensor tensor, int[] sizes, long[] strides, long offset)
    {
        RequireWholeBytes(tensor);
        return tensor.View(Shape.Create(sizes), strides, offset);
    }

    private static void RequireWholeBytes(Tensor tensor)
    {
        if (tensor.ElementType.IsPacked)
            throw new NotSupportedException($"Elements of {tensor.ElementType.Name} share bytes; convert the tensor with To before taking views of it.");
    }
}
