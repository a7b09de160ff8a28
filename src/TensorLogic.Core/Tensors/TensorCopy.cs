namespace TensorLogic;

/// <summary>Moves elements between tensors of equal shape and element size, whatever their strides.</summary>
internal static unsafe class TensorCopy
{
    public static void Copy(Tensor source, Tensor destination)
    {
        if (source.ElementCount == 0) return;
        int size = Math.Max(1, source.ElementType.Bits / 8);
        if (source.IsContiguous && destination.IsContiguous)
        {
            Buffer.MemoryCopy(source.Pointer, destination.Pointer, destination.ByteCount, source.ByteCount);
            GC.KeepAlive(source);
            GC.KeepAlive(destination);
            return;
        }
        switch (size)
        {
            case 1: Strided<byte>(source, destination); break;
            case 2: Strided<ushort>(source, destination); break;
            case 4: Strided<uint>(source, destination); break;
            default: Strided<ulong>(source, destination); break;
        }
        GC.KeepAlive(source);
        GC.KeepAlive(destination);
    }

    // In bounds: both views were checked against their storage when they were made, and the shapes are equal.
    private static void Strided<T>(Tensor source, Tensor destination) where T : unmanaged
    {
        (int[] sizes, long[] from, long[] to) = Coalesce(source.Shape.Sizes, source.Strides, destination.Strides);
        var x = (T*)source.Pointer;
        var y = (T*)destination.Pointer;
        int last = sizes.Length - 1;
        int inner = sizes[last];
        long dx = from[last], dy = to[last];
        Span<int> index = stackalloc int[Shape.MaxRank];
        index.Clear();
        while (true)
        {
            if (dx == 1 && dy == 1) new ReadOnlySpan<T>(x, inner).CopyTo(new Span<T>(y, inner));
            else for (long i = 0; i < inner; i++) y[i * dy] = x[i * dx];

            int axis = last - 1;
            for (; axis >= 0; axis--)
            {
                x += from[axis];
                y += to[axis];
                if (++index[axis] < sizes[axis]) break;
                x -= from[axis] * sizes[axis];
                y -= to[axis] * sizes[axis];
                index[axis] = 0;
            }
            if (axis < 0) return;
        }
    }

    /// <summary>Drops axes of size 1 and merges neighbours that step evenly in both tensors.</summary>
    private static (int[] Sizes, long[] From, long[] To) Coalesce(ReadOnlySpan<int> sizes, ReadOnlySpan<long> from, ReadOnlySpan<long> to)
    {
        var mergedSizes = new List<int>();
        var mergedFrom = new List<long>();
        var mergedTo = new List<long>();
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (sizes[axis] == 1) continue;
            int n = mergedSizes.Count - 1;
            if (n >= 0 && mergedFrom[n] == sizes[axis] * from[axis] && mergedTo[n] == sizes[axis] * to[axis]
                && (long)mergedSizes[n] * sizes[axis] <= int.MaxValue)
            {
                mergedSizes[n] *= sizes[axis];
                mergedFrom[n] = from[axis];
                mergedTo[n] = to[axis];
                continue;
            }
            mergedSizes.Add(sizes[axis]);
            mergedFrom.Add(from[axis]);
            mergedTo.Add(to[axis]);
        }
        return mergedSizes.Count == 0 ? ([1], [1], [1]) : ([.. mergedSizes], [.. mergedFrom], [.. mergedTo]);
    }
}
