using System.Numerics.Tensors;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary><c>conv_transpose</c> of f32: each plane of the output gathers rows of the input, tap by tap.</summary>
internal static unsafe class TransposedConvolutionKernel
{
    public static void Register(Dictionary<Operator, Func<KernelRequest, CpuKernel?>> kernels) =>
        kernels.Add(Op.ConvTranspose, request =>
        {
            if (!request.IsFloat32 || !request.Fusion.IsEmpty) return null;
            var attributes = request.As<Op.ConvTransposeAttributes>();
            return new CpuKernel("planes by taps", context => Run(context, attributes));
        });

    // x: [N, C, spatial…]   weight: [C, O / groups, kernel…]   y: [N, O, spatial…]
    private static void Run(KernelContext context, Op.ConvTransposeAttributes a)
    {
        using Tensor x = context.Dense(0), weight = context.Dense(1);
        using Tensor? bias = context.Has(2) ? context.Dense(2) : null;
        Op.TransposedWindow w = Op.TransposedWindow.Of(a, x.Shape, weight.Shape);
        int samples = x.Shape[0], channels = x.Shape[1], groupOutputs = weight.Shape[1], outputs = groupOutputs * a.Groups, groupChannels = channels / a.Groups;
        if (weight.Shape[0] != channels) throw context.Error(1, weight.ToString(), $"{channels} input channels");
        if (bias is not null && bias.ElementCount != outputs) throw context.Error(2, bias.ToString(), $"a vector [{outputs}]");
        Tensor y = context.Output(0, Shape.Create([samples, outputs, .. w.Output.AsSpan(5 - x.Rank)]));
        if (y.ElementCount == 0) return;
        int[] size = w.Size, kernel = w.Kernel, output = w.Output;
        long plane = (long)output[0] * output[1] * output[2], inputPlane = (long)size[0] * size[1] * size[2], taps = (long)kernel[0] * kernel[1] * kernel[2];
        float* px = (float*)x.Pointer, pw = (float*)weight.Pointer, py = (float*)y.Pointer, pb = bias is null ? null : (float*)bias.Pointer;
        context.ForEach((long)samples * outputs, groupChannels * (double)taps * inputPlane * 0.3 + plane * 0.1, (start, end, _) =>
        {
            for (long item = start; item < end; item++)
            {
                int o = (int)(item % outputs), group = o / groupOutputs;
                float* to = py + item * plane;
                for (long i = 0; i < plane; i++) to[i] = pb is null ? 0 : pb[o];
                for (int c = group * groupChannels; c < (group + 1) * groupChannels; c++)
                {
                    context.Cancellation.ThrowIfCancellationRequested();
                    w.Spread(px + (item / outputs * channels + c) * inputPlane, pw + ((long)c * groupOutputs + o % groupOutputs) * taps, to);
                }
            }
        });
    }

    /// <summary>Adds one plane of the input, times a kernel, to one plane of the output.</summary>
    private static void Spread(this Op.TransposedWindow w, float* x, float* taps, float* y)
    {
        int[] size = w.Size, kernel = w.Kernel, output = w.Output, stride = w.Stride, dilation = w.Dilation, before = w.Before;
        for (int i = 0; i < kernel[0]; i++)
        for (int j = 0; j < kernel[1]; j++)
        for (int k = 0; k < kernel[2]; k++, taps++)
        {
            // Columns u of x that land in the output: 0 <= u · stride + shift < output.
            int shift = k * dilation[2] - before[2];
            int first = shift >= 0 ? 0 : (-shift + stride[2] - 1) / stride[2], last = output[2] - shift <= 0 ? 0 : Math.Min(size[2], (output[2] - shift + stride[2] - 1) / stride[2]);
            if (first >= last) continue;
            for (int d = 0; d < size[0]; d++)
            {
                int z = d * stride[0] + i * dilation[0] - before[0];
                if ((uint)z >= (uint)output[0]) continue;
                for (int h = 0; h < size[1]; h++)
                {
                    int v = h * stride[1] + j * dilation[1] - before[1];
                    if ((uint)v >= (uint)output[1]) continue;
                    // In bounds: rows were compared with the output, columns by first and last.
                    float* row = y + ((long)z * output[1] + v) * output[2] + shift, from = x + ((long)d * size[1] + h) * size[2];
                    if (stride[2] == 1)
                    {
                        Span<float> sum = new(row + first, last - first);
                        TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>(from + first, last - first), *taps, sum, sum);
                    }
                    else
                        for (int u = first; u < last; u++) row[(long)u * stride[2]] += from[u] * *taps;
                }
            }
        }
    }
}
