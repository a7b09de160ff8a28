using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Maximum or average over two-dimensional windows.</summary>
internal sealed unsafe class PoolKernel(Op.PoolAttributes attributes) : CpuKernel
{
    private const int TaskElements = 1 << 12;

    public override string Name => attributes is Op.AvgPoolAttributes ? "avg_pool" : "max_pool";

    public static CpuKernel? Make(Node node) => node.Inputs[0]!.TensorType.Rank == 4 ? new PoolKernel((Op.PoolAttributes)node.Attributes) : null;

    public override void Run(NodeContext context)
    {
        using Tensor x = context.Input(0).Contiguous();
        WindowAxis vertical = WindowAxis.Of(attributes, 0, x.Shape[2]), horizontal = WindowAxis.Of(attributes, 1, x.Shape[3]);
        Tensor y = context.Output(0, [x.Shape[0], x.Shape[1], vertical.Output, horizontal.Output]);
        int planes = x.Shape[0] * x.Shape[1], size = vertical.Size * horizontal.Size, pixels = vertical.Output * horizontal.Output;
        int taskPlanes = Math.Max(1, TaskElements / Math.Max(1, pixels));
        float* from = (float*)x.Pointer, to = (float*)y.Pointer;
        context.Workers.Run((planes + taskPlanes - 1) / taskPlanes, task =>
        {
            for (int plane = task * taskPlanes; plane < Math.Min(planes, (task + 1) * taskPlanes); plane++)
                Plane(new(from + (long)plane * size, size), new(to + (long)plane * pixels, pixels), vertical, horizontal);
        }, context.Cancellation);
    }

    private void Plane(ReadOnlySpan<float> x, Span<float> y, WindowAxis vertical, WindowAxis horizontal)
    {
        bool average = attributes is Op.AvgPoolAttributes, exclude = attributes is Op.AvgPoolAttributes { ExcludePaddingFromAverage: true };
        int at = 0;
        for (int oy = 0; oy < vertical.Output; oy++)
        for (int ox = 0; ox < horizontal.Output; ox++)
        {
            int top = vertical.Position(oy, 0), left = horizontal.Position(ox, 0);
            int bottom = Math.Min(top + vertical.Kernel, vertical.Size), right = Math.Min(left + horizontal.Kernel, horizontal.Size);
            int firstRow = Math.Max(top, 0), firstColumn = Math.Max(left, 0);
            float state = average ? 0 : float.NegativeInfinity;
            for (int row = firstRow; row < bottom; row++)
                foreach (float value in x.Slice(row * horizontal.Size + Math.Min(firstColumn, horizontal.Size), Math.Max(0, right - firstColumn)))
                    state = average ? state + value : Math.Max(state, value);
            if (average)
            {
                // Windows count padding, but not what lies beyond it.
                int all = (Math.Min(top + vertical.Kernel, vertical.Size + vertical.After) - top) * (Math.Min(left + horizontal.Kernel, horizontal.Size + horizontal.After) - left);
                state /= exclude ? Math.Max(0, bottom - firstRow) * Math.Max(0, right - firstColumn) : all;
            }
            y[at++] = state;
        }
    }
}
