using System.Numerics.Tensors;
using TensorLogic.Graphs;

namespace TensorLogic.Cpu.Kernels;

/// <summary>x · weightᵀ + bias with the weights packed once.</summary>
internal sealed unsafe class LinearKernel(Tensor weight, Tensor? bias, Activation? activation) : CpuKernel
{
    private readonly PackedWeights _weights = PackedWeights.AsColumns(weight, weight.Shape[0], weight.Shape[1]);
    private readonly float[]? _bias = bias is null ? null : Array.ConvertAll(TensorConversion.ReadDoubles(bias), value => (float)value);
    private readonly int _outputs = weight.Shape[0], _inputs = weight.Shape[1];

    public override string Name => $"linear {Gemm.TileName}{(activation is null ? "" : $" + {activation.Name}")}";

    public static CpuKernel? Make(Node node, Activation? fused)
    {
        Value? bias = node.Inputs.Count > 2 ? node.Inputs[2] : null;
        if (!node.Inputs[0]!.TensorType.ElementType.IsFloat || node.Inputs[1]!.Constant is not { } weight || weight.ElementCount == 0 || bias is { IsConstant: false }) return null;
        return new LinearKernel(weight, bias?.Constant, fused);
    }

    public override void Run(NodeContext context)
    {
        using Tensor x = context.Input(0).Contiguous();
        int rows = (int)(x.ElementCount / _inputs);
        Tensor y = context.Output(0, Shape.Create([.. x.Shape.Sizes[..^1], _outputs]));
        using Tensor scratch = context.Pool.Rent(ElementType.Float32, [Gemm.PackedRowsLength(rows, _inputs)]);
        float* from = (float*)x.Pointer, to = (float*)y.Pointer, packed = (float*)scratch.Pointer, weights = _weights.Pointer;
        int rowPanels = Gemm.RowPanels(rows), columnPanels = Gemm.ColumnPanels(_outputs);
        context.Workers.Run(rowPanels, panel => Gemm.PackRowPanel(from, rows, _inputs, _inputs, 1, panel * Gemm.Rows, packed + (long)panel * Gemm.Rows * _inputs), context.Cancellation);
        context.Workers.Run(columnPanels, panel =>
        {
            int first = panel * Gemm.Columns, columns = Math.Min(Gemm.Columns, _outputs - first);
            for (int row = 0; row < rows; row += Gemm.Rows)
            {
                int count = Math.Min(Gemm.Rows, rows - row);
                float* tile = to + (long)row * _outputs + first;
                Gemm.Tile(packed + (long)row * _inputs, weights + (long)first * _inputs, _inputs, tile, _outputs, count, columns);
                for (int r = 0; r < count; r++)
                {
                    Span<float> line = new(tile + (long)r * _outputs, columns);
                    if (_bias is not null) TensorPrimitives.Add(line, _bias.AsSpan(first, columns), line);
                    activation?.Apply(line, line);
                }
            }
        }, context.Cancellation);
    }
}
