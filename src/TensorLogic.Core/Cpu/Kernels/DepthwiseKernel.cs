using System.Numerics.Tensors;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Two-dimensional convolution of each channel with its own kernel, row by row and tap by tap.</summary>
internal sealed unsafe class DepthwiseKernel(Op.ConvAttributes attributes, Tensor weight, Tensor? bias, Activation? activation) : CpuKernel
{
    private const int TaskElements = 1 << 14;

    private readonly float[] _weight = Array.ConvertAll(TensorConversion.ReadDoubles(weight), value => (float)value);
    private readonly float[]? _bias = bias is null ? null : Array.ConvertAll(TensorConversion.ReadDoubles(bias), value => (float)value);
    private readonly int _kernelHeight = weight.Shape[2], _kernelWidth = weight.Shape[3];

    public override string Name => $"depthwise conv{(activation is null ? "" : $" + {activation.Name}")}";

    public override void Run(NodeContext context)
    {
        using Tensor x = context.Input(0).Contiguous();
        int channels = x.Shape[1], planes = x.Shape[0] * channels;
        WindowAxis vertical = WindowAxis.Of(attributes, 0, x.Shape[2], _kernelHeight), horizontal = WindowAxis.Of(attributes, 1, x.Shape[3], _kernelWidth);
        Tensor y = context.Output(0, [x.Shape[0], channels, vertical.Output, horizontal.Output]);
        int size = vertical.Size * horizontal.Size, pixels = vertical.Output * horizontal.Output, taskPlanes = Math.Max(1, TaskElements / Math.Max(1, pixels));
        float* from = (float*)x.Pointer, to = (float*)y.Pointer;
        context.Workers.Run((planes + taskPlanes - 1) / taskPlanes, task =>
        {
            for (int plane = task * taskPlanes; plane < Math.Min(planes, (task + 1) * taskPlanes); plane++)
            {
                // In bounds: plane counts the planes of x and y; rows are clipped to them below.
                Span<float> output = new(to + (long)plane * pixels, pixels);
                Plane(new(from + (long)plane * size, size), output, plane % channels, vertical, horizontal);
                activation?.Apply(output, output);
            }
        }, context.Cancellation);
    }

    private void Plane(ReadOnlySpan<float> x, Span<float> y, int channel, WindowAxis vertical, WindowAxis horizontal)
    {
        y.Fill(_bias?[channel] ?? 0);
        for (int ky = 0; ky < _kernelHeight; ky++)
        for (int kx = 0; kx < _kernelWidth; kx++)
        {
            float weight = _weight[(channel * _kernelHeight + ky) * _kernelWidth + kx];
            (int first, int end) = horizontal.Inside(kx);
            (int top, int bottom) = vertical.Inside(ky);
            if (first >= end) continue;
            for (int oy = top; oy < bottom; oy++)
            {
                ReadOnlySpan<float> source = x[(vertical.Position(oy, ky) * horizontal.Size + horizontal.Position(first, kx))..];
                Span<float> row = y.Slice(oy * horizontal.Output + first, end - first);
                if (horizontal.Stride == 1) TensorPrimitives.MultiplyAdd(source[..row.Length], weight, row, row);
                else for (int i = 0; i < row.Length; i++) row[i] += source[i * horizontal.Stride] * weight;
            }
        }
    }
}
