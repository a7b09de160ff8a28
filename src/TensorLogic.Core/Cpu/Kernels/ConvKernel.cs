using System.Numerics.Tensors;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Convolution over one or two spatial axes as a matrix product: weights times the input's windows, which are packed panel by panel.</summary>
internal sealed unsafe class ConvKernel : CpuKernel
{
    // Rows of one task: enough to pay for packing the windows.
    private static readonly int s_taskRows = 16 * Gemm.Rows;

    private readonly Op.ConvAttributes _attributes;
    private readonly PackedWeights _weights;
    private readonly float[]? _bias;
    private readonly Activation? _activation;
    private readonly int _outputs, _groupChannels, _kernelHeight, _kernelWidth;
    private readonly bool _two;

    private ConvKernel(Op.ConvAttributes attributes, Tensor weight, Tensor? bias, Activation? activation)
    {
        _attributes = attributes;
        _activation = activation;
        _two = weight.Rank == 4;
        (_outputs, _groupChannels, _kernelHeight, _kernelWidth) = (weight.Shape[0], weight.Shape[1], _two ? weight.Shape[2] : 1, weight.Shape[-1]);
        _weights = PackedWeights.AsRows(weight, attributes.Groups, _outputs / attributes.Groups, _groupChannels * _kernelHeight * _kernelWidth);
        _bias = bias is null ? null : Array.ConvertAll(TensorConversion.ReadDoubles(bias), value => (float)value);
    }

    public override string Name => $"conv {Gemm.TileName}{(_activation is null ? "" : $" + {_activation.Name}")}";

    public static CpuKernel? Make(Node node, Activation? fused)
    {
        Value? bias = node.Inputs.Count > 2 ? node.Inputs[2] : null;
        if (node.Inputs[1]!.Constant is not { Rank: 3 or 4 } weight || weight.ElementCount == 0 || bias is { IsConstant: false }) return null;
        var attributes = (Op.ConvAttributes)node.Attributes;
        return weight.Shape[1] == 1 && weight.Shape[0] == attributes.Groups && weight.Rank == 4
            ? new DepthwiseKernel(attributes, weight, bias?.Constant, fused)
            : new ConvKernel(attributes, weight, bias?.Constant, fused);
    }

    public override void Run(NodeContext context)
    {
        using Tensor x = context.Input(0).Contiguous();
        int batch = x.Shape[0], channels = x.Shape[1], groups = _attributes.Groups, groupOutputs = _outputs / groups;
        WindowAxis vertical = _two ? WindowAxis.Of(_attributes, 0, x.Shape[2], _kernelHeight) : WindowAxis.Single;
        WindowAxis horizontal = WindowAxis.Of(_attributes, _two ? 1 : 0, x.Shape[-1], _kernelWidth);
        Tensor y = context.Output(0, _two ? [batch, _outputs, vertical.Output, horizontal.Output] : [batch, _outputs, horizontal.Output]);
        Windows windows = new(vertical, horizontal, _groupChannels);
        int pixels = vertical.Output * horizontal.Output, k = windows.Taps, plane = vertical.Size * horizontal.Size;
        if (y.ElementCount == 0) return;
        if (windows.IsPointwise) windows = windows.Flattened();

        float* input = (float*)x.Pointer, output = (float*)y.Pointer, weights = _weights.Pointer;
        int panels = Gemm.ColumnPanels(pixels), rowTasks = (groupOutputs + s_taskRows - 1) / s_taskRows;
        long packedLength = Gemm.PackedRowsLength(groupOutputs, k);
        context.Workers.Run(checked(batch * groups * panels * rowTasks), task =>
        {
            // Tasks that share a panel of windows do not run one after another on one thread in general; each packs its own.
            int rowTask = task % rowTasks, panel = task / rowTasks % panels, g = task / rowTasks / panels % groups, n = task / rowTasks / panels / groups;
            int first = panel * Gemm.Columns, columns = Math.Min(Gemm.Columns, pixels - first);
            using Tensor scratch = context.Pool.Rent(ElementType.Float32, [k * Gemm.Columns]);
            float* packed = (float*)scratch.Pointer;
            windows.Pack(input + ((long)n * channels + (long)g * _groupChannels) * plane, first, columns, packed);
            int end = Math.Min(groupOutputs, (rowTask + 1) * s_taskRows);
            for (int row = rowTask * s_taskRows; row < end; row += Gemm.Rows)
            {
                int rows = Math.Min(Gemm.Rows, groupOutputs - row), channel = g * groupOutputs + row;
                float* to = output + ((long)n * _outputs + channel) * pixels + first;
                Gemm.Tile(weights + g * packedLength + (long)row * k, packed, k, to, pixels, rows, columns);
                for (int r = 0; r < rows; r++) Finish(new Span<float>(to + (long)r * pixels, columns), channel + r);
            }
        }, context.Cancellation);
    }

    private void Finish(Span<float> row, int channel)
    {
        if (_bias is not null) TensorPrimitives.Add(row, _bias[channel], row);
        _activation?.Apply(row, row);
    }
}
