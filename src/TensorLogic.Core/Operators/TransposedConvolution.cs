namespace TensorLogic.Operators;

/// <summary>Transposed convolutions. Sources: MIL <c>conv_transpose</c> (iOS15, iOS17), PyTorch <c>conv_transpose2d</c>.</summary>
internal static partial class Op
{
    /// <summary>As <see cref="ConvAttributes"/>; <paramref name="OutputShape"/>: sizes of the whole result, or none to compute them.</summary>
    public sealed record ConvTransposeAttributes(Ints Strides, PadType PadType, Ints Pad, Ints Dilations, int Groups, Ints OutputShape) : OperatorAttributes;

    /// <summary>Each element of x adds its multiple of a kernel at p·stride + k·dilation - pad.</summary>
    // x: [N, C, spatial…]   weight: [C, O / groups, kernel…]   bias: [O]   y: [N, O, spatial…]
    public static readonly Operator<ConvTransposeAttributes> ConvTranspose = new("conv_transpose")
    {
        DifferentiateWith = ConvolutionGradients.OfConvTranspose,
        Inputs = [new("x", ElementTypes.Floats), new("weight", ElementTypes.Floats), new("bias", ElementTypes.Floats, Optional: true)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0), weight = context.Input(1);
            context.Require(x.Rank is >= 3 and <= 5, 0, "a tensor [N, C, spatial…] with 1 to 3 spatial axes");
            int axes = x.Rank - 2;
            context.Require(weight.Rank == x.Rank && weight.IsStatic && Inference.MayEqual(weight.Dimensions[0], x.Dimensions[1]), 1, $"a weight [{x.Dimensions[1]}, out, kernel…] with {x.Rank} known sizes");
            context.Require(a.Groups > 0 && weight.Shape[0] % a.Groups == 0 && (long)weight.Shape[1] * a.Groups <= int.MaxValue, 1, $"input channels that {a.Groups} groups divide");
            context.Require(a.Strides.Count == axes && a.Dilations.Count == axes && (a.Pad.Count == 0 || a.Pad.Count == 2 * axes) && (a.OutputShape.Count == 0 || a.OutputShape.Count == x.Rank), 0,
                $"a tensor with as many axes as strides {a.Strides}, dilations {a.Dilations}, pad {a.Pad} and output shape {a.OutputShape} are for");
            int outputs = weight.Shape[1] * a.Groups;
            if (context.Has(2)) context.Require(context.Input(2).Rank == 1 && Inference.MayEqual(context.Input(2).Dimensions[0], outputs), 2, $"a vector [{outputs}]");
            var sizes = new Dimension[axes];
            for (int axis = 0; axis < axes; axis++)
            {
                context.Require(a.Strides[axis] > 0 && a.Dilations[axis] > 0 && weight.Shape[axis + 2] > 0, 1, "windows with positive kernel size, stride and dilation");
                context.Require((long)weight.Shape[axis + 2] * a.Dilations[axis] < int.MaxValue / 4, 1, "a window below 2^29 elements");
                if (a.Pad.Count > 0) context.Require(a.Pad[2 * axis] >= 0 && a.Pad[2 * axis + 1] >= 0, 0, "padding that is not negative");
                if (x.Dimensions[axis + 2].Size is int size)
                {
                    long largest = (long)size * a.Strides[axis] + Spatial.Extent(weight.Shape[axis + 2], a.Dilations[axis]);
                    long output = TransposedSize(a, axis, size, weight.Shape[axis + 2]);
                    context.Require(output >= 0 && output <= Math.Min(largest, int.MaxValue), 0, $"an output along axis {axis + 2} between 0 and {largest}, found {output}");
                    sizes[axis] = (int)output;
                }
                else sizes[axis] = a.OutputShape.Count > 0 ? Math.Max(a.OutputShape[axis + 2], 0) : Dimension.Unknown;
            }
            if (a.OutputShape.Count > 0)
                context.Require(Inference.MayEqual(x.Dimensions[0], a.OutputShape[0]) && a.OutputShape[1] == outputs, 0, $"an output shape that begins with [{x.Dimensions[0]}, {outputs}], found {a.OutputShape}");
            return Inference.One(x.ElementType, [x.Dimensions[0], outputs, .. sizes]);
        },
        EvaluateWith = static (context, a) =>
        {
            Shape xs = context.Input(0).Shape, ws = context.Input(1).Shape;
            TransposedWindow window = TransposedWindow.Of(a, xs, ws);
            int[] size = window.Size, kernel = window.Kernel, stride = window.Stride, dilation = window.Dilation, before = window.Before, output = window.Output;
            int channels = xs[1], groupOutputs = ws[1], groupChannels = channels / a.Groups, outputs = groupOutputs * a.Groups;
            if (ws[0] != channels) throw context.Error(1, ws.ToString(), $"{channels} input channels");
            double[] x = context.Doubles(0), weight = context.Doubles(1);
            double[]? bias = context.Has(2) ? context.Doubles(2) : null;
            Shape result = Shape.Create([xs[0], outputs, .. output.AsSpan(5 - xs.Rank)]);
            var y = new double[result.ElementCount];
            int plane = output[0] * output[1] * output[2];
            if (bias is not null && plane > 0)
                for (int i = 0; i < xs[0] * outputs; i++) Array.Fill(y, bias[i % outputs], i * plane, plane);
            int at = 0;
            for (int n = 0; n < xs[0]; n++)
            for (int c = 0; c < channels; c++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                for (int d = 0; d < size[0]; d++)
                for (int h = 0; h < size[1]; h++)
                for (int w = 0; w < size[2]; w++)
                {
                    double value = x[at++];
                    for (int o = 0; o < groupOutputs; o++)
                    {
                        int to = (n * outputs + c / groupChannels * groupOutputs + o) * output[0], taps = (c * groupOutputs + o) * kernel[0];
                        for (int i = 0; i < kernel[0]; i++)
                        for (int j = 0; j < kernel[1]; j++)
                        for (int k = 0; k < kernel[2]; k++)
                        {
                            int z = d * stride[0] + i * dilation[0] - before[0], v = h * stride[1] + j * dilation[1] - before[1], u = w * stride[2] + k * dilation[2] - before[2];
                            if ((uint)z < (uint)output[0] && (uint)v < (uint)output[1] && (uint)u < (uint)output[2])
                                y[((to + z) * output[1] + v) * output[2] + u] += value * weight[((taps + i) * kernel[1] + j) * kernel[2] + k];
                        }
                    }
                }
            }
            context.Write(0, result, y);
        },
    };

    /// <summary>The sizes of a transposed convolution. One and two spatial axes are three with leading sizes of 1.</summary>
    internal sealed record TransposedWindow(int[] Size, int[] Kernel, int[] Stride, int[] Dilation, int[] Before, int[] Output)
    {
        public static TransposedWindow Of(ConvTransposeAttributes a, Shape x, Shape weight)
        {
            TransposedWindow window = new(Padded(x.Sizes[2..], 1), Padded(weight.Sizes[2..], 1), Padded(a.Strides.Span, 1), Padded(a.Dilations.Span, 1), new int[3], [1, 1, 1]);
            for (int axis = 0; axis < x.Rank - 2; axis++)
            {
                int k = 5 - x.Rank + axis;
                window.Output[k] = (int)TransposedSize(a, axis, window.Size[k], window.Kernel[k]);
                window.Before[k] = TransposedCrop(a, axis, window.Size[k], window.Kernel[k], window.Output[k]);
            }
            return window;
        }
    }

    private static long TransposedSize(ConvTransposeAttributes a, int axis, int size, int kernel)
    {
        if (a.OutputShape.Count > 0) return a.OutputShape[axis + 2];
        if (a.PadType is PadType.Same or PadType.SameLower) return (long)size * a.Strides[axis];
        long full = FullSize(a, axis, size, kernel);
        return a.PadType == PadType.Custom && a.Pad.Count > 0 ? full - a.Pad[2 * axis] - a.Pad[2 * axis + 1] : full;
    }

    // What the padding of the convolution that is transposed would add before the axis.
    private static int TransposedCrop(ConvTransposeAttributes a, int axis, int size, int kernel, int output)
    {
        if (a.PadType == PadType.Custom) return a.Pad.Count > 0 ? a.Pad[2 * axis] : 0;
        int total = (int)Math.Max(FullSize(a, axis, size, kernel) - output, 0);
        return a.PadType == PadType.SameLower ? total - total / 2 : total / 2;
    }

    private static long FullSize(ConvTransposeAttributes a, int axis, int size, int kernel) => ((long)size - 1) * a.Strides[axis] + Spatial.Extent(kernel, a.Dilations[axis]);
}
