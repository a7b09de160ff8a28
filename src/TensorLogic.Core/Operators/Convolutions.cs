namespace TensorLogic.Operators;

/// <summary>Convolutions (cross-correlations: kernels are not flipped). Sources: MIL <c>conv</c> (iOS15), PyTorch <c>conv2d</c>.</summary>
internal static partial class Op
{
    /// <summary>One stride and dilation for each spatial axis; pad: before and after each.</summary>
    public sealed record ConvAttributes(Ints Strides, PadType PadType, Ints Pad, Ints Dilations, int Groups) : OperatorAttributes;

    /// <summary>y[n, o, p…] = bias[o] + Σ over c, k… of x[n, c of o's group, p·stride + k·dilation - pad] · weight[o, c, k…].</summary>
    // x: [N, C, spatial…]   weight: [O, C / groups, kernel…]   bias: [O]   y: [N, O, spatial…]
    public static readonly Operator<ConvAttributes> Conv = new("conv")
    {
        DifferentiateWith = ConvolutionGradients.OfConv,
        Inputs = [new("x", ElementTypes.Floats), new("weight", ElementTypes.Floats), new("bias", ElementTypes.Floats, Optional: true)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0), weight = context.Input(1);
            context.Require(x.Rank is >= 3 and <= 5, 0, "a tensor [N, C, spatial…] with 1 to 3 spatial axes");
            context.Require(weight.Rank == x.Rank && weight.IsStatic, 1, $"a weight with {x.Rank} known sizes");
            context.Require(a.Groups > 0 && weight.Dimensions[0].Size % a.Groups == 0, 1, $"output channels that {a.Groups} groups divide");
            if (x.Dimensions[1].Size is int channels)
                context.Require((long)weight.Dimensions[1].Size!.Value * a.Groups == channels, 1, $"[out, {channels / a.Groups}, kernel…]: {channels} input channels in {a.Groups} groups");
            if (context.Has(2)) context.Require(context.Input(2).Rank == 1 && Inference.MayEqual(context.Input(2).Dimensions[0], weight.Dimensions[0]), 2, $"a vector [{weight.Dimensions[0]}]");
            Dimension[] sizes = Spatial.OutputSizes(context, x, weight.Shape.Sizes[2..], a.Strides, a.PadType, a.Pad, a.Dilations);
            return Inference.One(x.ElementType, [x.Dimensions[0], weight.Dimensions[0], .. sizes]);
        },
        EvaluateWith = static (context, a) =>
        {
            Shape xs = context.Input(0).Shape, ws = context.Input(1).Shape;
            int axes = xs.Rank - 2;
            // One and two spatial axes are three with leading sizes of 1.
            int[] size = Padded(xs.Sizes[2..], 1), kernel = Padded(ws.Sizes[2..], 1), stride = Padded(a.Strides.Span, 1), dilation = Padded(a.Dilations.Span, 1);
            int[] before = new int[3], output = [1, 1, 1];
            for (int axis = 0; axis < axes; axis++)
            {
                int k = 3 - axes + axis;
                before[k] = Spatial.Padding(a.PadType, a.Pad, axis, size[k], kernel[k], stride[k], dilation[k]).Before;
                output[k] = Spatial.OutputSize(a.PadType, a.Pad, axis, size[k], kernel[k], stride[k], dilation[k]);
            }
            double[] x = context.Doubles(0), weight = context.Doubles(1);
            double[]? bias = context.Has(2) ? context.Doubles(2) : null;
            int channels = xs[1], outputs = ws[0], groupChannels = ws[1], groupOutputs = outputs / a.Groups;
            Shape result = Shape.Create([xs[0], outputs, .. output.AsSpan(3 - axes)]);
            var y = new double[result.ElementCount];
            int at = 0;
            for (int n = 0; n < xs[0]; n++)
            for (int o = 0; o < outputs; o++)
            for (int d = 0; d < output[0]; d++)
            for (int h = 0; h < output[1]; h++)
            for (int w = 0; w < output[2]; w++)
            {
                if (w == 0) context.Cancellation.ThrowIfCancellationRequested();
                double sum = bias?[o] ?? 0;
                for (int c = 0; c < groupChannels; c++)
                {
                    int plane = (n * channels + o / groupOutputs * groupChannels + c) * size[0];
                    int taps = (o * groupChannels + c) * kernel[0];
                    for (int i = 0; i < kernel[0]; i++)
                    for (int j = 0; j < kernel[1]; j++)
                    for (int k = 0; k < kernel[2]; k++)
                    {
                        int z = d * stride[0] + i * dilation[0] - before[0], v = h * stride[1] + j * dilation[1] - before[1], u = w * stride[2] + k * dilation[2] - before[2];
                        if ((uint)z < (uint)size[0] && (uint)v < (uint)size[1] && (uint)u < (uint)size[2])
                            sum += x[((plane + z) * size[1] + v) * size[2] + u] * weight[((taps + i) * kernel[1] + j) * kernel[2] + k];
                    }
                }
                y[at++] = sum;
            }
            context.Write(0, result, y);
        },
    };

    private static int[] Padded(ReadOnlySpan<int> spatial, int value)
    {
        int[] three = [value, value, value];
        spatial.CopyTo(three.AsSpan(3 - spatial.Length));
        return three;
    }
}
