namespace TensorLogic.Cpu.Kernels;

/// <summary>The axes of two views of one shape, with neighbours merged where both step evenly: rows of one innermost run.</summary>
internal sealed class BroadcastLoop
{
    private readonly int[] _sizes;
    private readonly long[] _x, _y;

    public BroadcastLoop(Shape shape, ReadOnlySpan<long> x, ReadOnlySpan<long> y)
    {
        List<int> sizes = [];
        List<long> xs = [], ys = [];
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            int size = shape.Sizes[axis];
            if (size == 1) continue;
            if (sizes.Count > 0 && xs[^1] == x[axis] * size && ys[^1] == y[axis] * size && (long)sizes[^1] * size <= int.MaxValue)
            {
                sizes[^1] *= size;
                xs[^1] = x[axis];
                ys[^1] = y[axis];
                continue;
            }
            sizes.Add(size);
            xs.Add(x[axis]);
            ys.Add(y[axis]);
        }
        if (sizes.Count == 0)
        {
            sizes.Add(1);
            xs.Add(1);
            ys.Add(1);
        }
        (Inner, XStep, YStep) = (sizes[^1], xs[^1], ys[^1]);
        (_sizes, _x, _y) = ([.. sizes[..^1]], [.. xs[..^1]], [.. ys[..^1]]);
        Rows = 1;
        foreach (int size in _sizes) Rows *= size;
    }

    /// <summary>Elements of the innermost run.</summary>
    public int Inner { get; }

    /// <summary>Steps of the views along it.</summary>
    public long XStep { get; }

    /// <summary>Steps of the views along it.</summary>
    public long YStep { get; }

    /// <summary>Number of runs.</summary>
    public long Rows { get; }

    /// <summary>Where a run begins in the views.</summary>
    public (long X, long Y) Offsets(long row)
    {
        long x = 0, y = 0;
        for (int axis = _sizes.Length - 1; axis >= 0; axis--)
        {
            long next = row / _sizes[axis], i = row - next * _sizes[axis];
            x += i * _x[axis];
            y += i * _y[axis];
            row = next;
        }
        return (x, y);
    }
}
