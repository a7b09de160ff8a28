using System.Numerics;
using System.Runtime.CompilerServices;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary><c>conv</c> where each output channel sees one input channel: tap by tap over whole rows.</summary>
internal sealed unsafe class DepthwiseKernel
{
    private readonly Op.ConvAttributes _attributes;
    private readonly float[] _weights;
    private readonly int[] _kernel;
    private readonly float[]? _bias;
    private readonly int _outputs;
    private readonly Epilogue _epilogue;

    private DepthwiseKernel(Op.ConvAttributes attributes, float[] weights, Shape weightShape, float[]? bias, Epilogue epilogue)
    {
        (_attributes, _weights, _bias, _epilogue) = (attributes, weights, bias, epilogue);
        _outputs = weightShape[0];
        _kernel = [.. weightShape.Sizes[2..]];
    }

    /// <summary>True if the kernel is for such weights.</summary>
    public static bool Applies(Op.ConvAttributes attributes, Shape weight) => weight[1] == 1 && attributes.Groups > 1;

    public static CpuKernel Create(KernelRequest request, Op.ConvAttributes attributes, Tensor weight, Bias? bias)
    {
        double[] elements = TensorConversion.ReadDoubles(weight);
        int taps = elements.Length / Math.Max(1, weight.Shape[0]);
        float[] scaled = [.. elements.Select((value, i) => (float)(value * (request.Fusion.Scale?[i / taps] ?? 1)))];
        DepthwiseKernel kernel = new(attributes, scaled, weight.Shape, bias?.Elements, request.Fusion.Epilogue);
        return new CpuKernel(request.Fusion.Name("depthwise rows"), kernel.Run);
    }

    private void Run(KernelContext context)
    {
        using Tensor x = context.Dense(0);
        Window window = new(x.Shape, _kernel, _attributes.Strides, _attributes.PadType, _attributes.Pad, _attributes.Dilations);
        if (window.Channels != _attributes.Groups) throw context.Error(0, x.ToString(), $"a tensor with {_attributes.Groups} channels");
        int[] spatial = x.Rank == 3 ? [window.OutputWidth] : [window.OutputHeight, window.OutputWidth];
        Tensor y = context.Output(0, Shape.Create([window.Images, _outputs, .. spatial]));
        if (y.ElementCount == 0) return;
        using BoundEpilogue epilogue = _epilogue.Bind(context, y);
        int perChannel = _outputs / window.Channels, taps = window.Taps;
        long[] offsets = window.TapOffsets();
        long scratchElements = window.PlaneElements + WindowColumns.Slack;
        using Tensor memory = context.Pool.Rent(ElementType.UInt8, Shape.Create(checked((int)(scratchElements * context.Workers.Count * sizeof(float)))));
        float* scratch = (float*)memory.Pointer, from = (float*)x.Pointer, to = (float*)y.Pointer;
        context.ForEach((long)window.Images * window.Channels, window.PlaneElements * 0.3 + (double)window.Outputs * taps * perChannel * 0.08, (start, end, worker) =>
        {
            float* padded = scratch + worker * scratchElements;
            for (long plane = start; plane < end; plane++)
            {
                // Rows are read by whole vectors: the plane is copied even where nothing is padded.
                float* source = from + plane * window.Height * window.Width;
                if (window.NeedsPadding) window.Pad(source, padded, 0);
                else new ReadOnlySpan<float>(source, checked((int)window.PlaneElements)).CopyTo(new Span<float>(padded, checked((int)window.PlaneElements)));
                for (int m = 0; m < perChannel; m++)
                {
                    int o = (int)(plane % window.Channels) * perChannel + m;
                    float* result = to + (plane * perChannel + m) * window.Outputs;
                    fixed (float* weights = &_weights[o * taps])
                    fixed (long* offset = offsets)
                        for (int row = 0; row < window.OutputHeight; row++)
                            Row(padded + (long)row * window.PhaseWidth, weights, offset, taps, _bias?[o] ?? 0, result + row * window.OutputWidth, window.OutputWidth);
                    if (!epilogue.IsEmpty) epilogue.Apply(result, window.Outputs);
                }
            }
        });
    }

    // In bounds: the taps of all outputs lie in the padded plane, behind which whole vectors may read Slack floats.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Row(float* x, float* weights, long* offsets, int taps, float bias, float* y, int count)
    {
        int lanes = Vector<float>.Count, i = 0;
        for (; i < count; i += lanes)
        {
            Vector<float> sum = new(bias);
            for (int tap = 0; tap < taps; tap++) sum = Vector.MultiplyAddEstimate(new Vector<float>(weights[tap]), Vector.Load(x + offsets[tap] + i), sum);
            if (i + lanes <= count) Vector.Store(sum, y + i);
            else
                for (int k = i; k < count; k++) y[k] = sum[k - i];
        }
    }
}
