namespace TensorLogic.Operators;

/// <summary>How borders of convolutions and pools are padded.</summary>
public enum PadType
{
    /// <summary>No padding.</summary>
    Valid,
    /// <summary>Output size is input size over stride, rounded up; an odd rest goes to the end.</summary>
    Same,
    /// <summary>As <see cref="Same"/>; an odd rest goes to the start.</summary>
    SameLower,
    /// <summary>As given, before and after each axis.</summary>
    Custom,
}

/// <summary>Sizes of sliding windows along one axis. Source: MIL <c>spatial_dimensions_out_shape</c>, <c>aggregated_pad</c>.</summary>
internal static class Spatial
{
    /// <summary>Elements between the first and last tap of a kernel, both included.</summary>
    public static int Extent(int kernel, int dilation) => (kernel - 1) * dilation + 1;

    /// <summary>Padding before and after one axis.</summary>
    public static (int Before, int After) Padding(PadType type, Ints pad, int axis, int size, int kernel, int stride, int dilation)
    {
        switch (type)
        {
            case PadType.Valid: return (0, 0);
            case PadType.Custom: return pad.Count == 0 ? (0, 0) : (pad[2 * axis], pad[2 * axis + 1]);
        }
        int total = Math.Max(((size + stride - 1) / stride - 1) * stride + Extent(kernel, dilation) - size, 0);
        int small = total / 2, large = total - small;
        return type == PadType.Same ? (small, large) : (large, small);
    }

    /// <summary>Number of windows along one axis; less than 1 if the kernel does not fit.</summary>
    public static int OutputSize(PadType type, Ints pad, int axis, int size, int kernel, int stride, int dilation, bool ceil = false)
    {
        if (type is PadType.Same or PadType.SameLower) return (size + stride - 1) / stride;
        (int before, int after) = Padding(type, pad, axis, size, kernel, stride, dilation);
        int free = size + before + after - Extent(kernel, dilation);
        if (free < 0) return 0;
        int windows = (free + (ceil ? stride - 1 : 0)) / stride + 1;
        // The last window must start inside the input or the padding before it.
        if (ceil && (before > 0 || after > 0) && (windows - 1) * stride >= size + before) windows--;
        return windows;
    }

    /// <summary>Checks attributes of a sliding window and gives the output's spatial sizes.</summary>
    public static Dimension[] OutputSizes(InferenceContext context, TensorType x, ReadOnlySpan<int> kernel, Ints strides, PadType type, Ints pad, Ints dilations, bool ceil = false)
    {
        int axes = x.Rank - 2;
        context.Require(strides.Count == axes && (dilations.Count == 0 || dilations.Count == axes) && kernel.Length == axes && (pad.Count == 0 || pad.Count == 2 * axes), 0,
            $"a tensor with {kernel.Length} spatial axes, as kernel, strides, dilations and pad have");
        var sizes = new Dimension[axes];
        for (int axis = 0; axis < axes; axis++)
        {
            int dilation = dilations.Count == 0 ? 1 : dilations[axis];
            context.Require(strides[axis] > 0 && dilation > 0 && kernel[axis] > 0, 0, "windows with positive kernel size, stride and dilation");
            if (pad.Count > 0) context.Require(pad[2 * axis] >= 0 && pad[2 * axis + 1] >= 0, 0, "padding that is not negative");
            context.Require((long)kernel[axis] * dilation < int.MaxValue / 4, 0, "a window below 2^29 elements");
            if (x.Dimensions[axis + 2].Size is not int size)
            {
                sizes[axis] = Dimension.Unknown;
                continue;
            }
            int output = OutputSize(type, pad, axis, size, kernel[axis], strides[axis], dilation, ceil);
            context.Require(output > 0 || size == 0, 0, $"a tensor of at least {Extent(kernel[axis], dilation)} elements with its padding along axis {axis + 2}");
            sizes[axis] = Math.Max(output, 0);
        }
        return sizes;
    }
}
