namespace TensorLogic.Operators;

/// <summary>Gradients of convolutions: that of x is the transposed convolution, that of the weight a convolution of x with the result's gradient,
/// in which stride and dilation have changed places and samples and channels too.</summary>
internal static class ConvolutionGradients
{
    // x: [N, C, spatial…]   weight: [O, C / groups, kernel…]   upstream: [N, O, windows…]
    public static void OfConv(GradientContext g, Op.ConvAttributes a)
    {
        Tensor x = g.X, weight = g.Input(1), up = g.Upstream;
        Ints pad = Padding(a, x.Shape, weight.Shape);
        if (g.Needs(0))
            g.Set(0, g.Run(Op.ConvTranspose, new Op.ConvTransposeAttributes(a.Strides, PadType.Custom, pad, Ones(a.Dilations, x.Rank), a.Groups, Ints.Create(x.Shape.Sizes)), up, g.Cast(weight, up.ElementType)));
        if (g.Needs(1)) g.Set(1, Weight(g, g.Cast(x, up.ElementType), up, weight.Shape, a.Strides, Ones(a.Dilations, x.Rank), pad, a.Groups));
        if (g.Needs(2)) g.Set(2, OfChannels(g, up));
    }

    // x: [N, C, spatial…]   weight: [C, O / groups, kernel…]   upstream: [N, O, spatial…]
    public static void OfConvTranspose(GradientContext g, Op.ConvTransposeAttributes a)
    {
        Tensor x = g.X, weight = g.Input(1), up = g.Upstream;
        Op.TransposedWindow window = Op.TransposedWindow.Of(a, x.Shape, weight.Shape);
        int first = 5 - x.Rank;
        Ints pad = [.. Enumerable.Range(first, x.Rank - 2).SelectMany(k => (int[])[window.Before[k],
            Math.Max(0, (window.Size[k] - 1) * window.Stride[k] + Spatial.Extent(window.Kernel[k], window.Dilation[k]) - window.Output[k] - window.Before[k])])];
        if (g.Needs(0))
        {
            Tensor dx = g.Run(Op.Conv, new Op.ConvAttributes(a.Strides, PadType.Custom, pad, a.Dilations, a.Groups), up, g.Cast(weight, up.ElementType));
            for (int axis = 2; axis < x.Rank; axis++) dx = g.Slice(dx, axis, 0, x.Shape[axis]);
            g.Set(0, dx);
        }
        if (g.Needs(1)) g.Set(1, Weight(g, up, g.Cast(x, up.ElementType), weight.Shape, a.Strides, a.Dilations, pad, a.Groups));
        if (g.Needs(2)) g.Set(2, OfChannels(g, up));
    }

    // wide: [N, C, spatial…]   windows: [N, O, windows…]   result: [O, C / groups, kernel…]
    private static Tensor Weight(GradientContext g, Tensor wide, Tensor windows, Shape weight, Ints strides, Ints dilations, Ints pad, int groups)
    {
        int[] swapped = [1, 0, .. Enumerable.Range(2, wide.Rank - 2)];
        int channels = wide.Shape[1] / groups, outputs = windows.Shape[1] / groups;
        var parts = new Tensor?[groups];
        for (int group = 0; group < groups; group++)
        {
            Tensor x = g.Transpose(g.Slice(wide, 1, group * channels, channels), swapped);
            Tensor w = g.Transpose(g.Slice(windows, 1, group * outputs, outputs), swapped);
            Tensor part = g.Run(Op.Conv, new Op.ConvAttributes(dilations, PadType.Custom, pad, strides, 1), x, w);
            // A stride may leave a rest at the end that no window reached.
            for (int axis = 2; axis < part.Rank; axis++) part = g.Slice(part, axis, 0, weight[axis]);
            parts[group] = g.Transpose(part, swapped);
        }
        return groups == 1 ? parts[0]! : g.Run(Op.Concat, new Op.ConcatAttributes(0), parts);
    }

    private static Tensor OfChannels(GradientContext g, Tensor upstream) =>
        g.Reshape(g.Sum(upstream, [0, .. Enumerable.Range(2, upstream.Rank - 2)]), [upstream.Shape[1]]);

    private static Ints Padding(Op.ConvAttributes a, Shape x, Shape weight)
    {
        List<int> pad = [];
        for (int axis = 0; axis < x.Rank - 2; axis++)
        {
            (int before, int after) = Spatial.Padding(a.PadType, a.Pad, axis, x[axis + 2], weight[axis + 2], a.Strides[axis], a.Dilations.Count == 0 ? 1 : a.Dilations[axis]);
            pad.Add(before);
            pad.Add(after);
        }
        return [.. pad];
    }

    private static Ints Ones(Ints dilations, int rank) => dilations.Count > 0 ? dilations : [.. Enumerable.Repeat(1, rank - 2)];
}
