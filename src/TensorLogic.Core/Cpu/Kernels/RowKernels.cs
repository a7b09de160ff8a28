using System.Numerics.Tensors;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Operators that treat a tensor as rows over its last axes.</summary>
internal abstract unsafe class RowKernel : CpuKernel
{
    private const int TaskElements = 1 << 13;

    /// <summary>True if the axes, taken together, are the last ones.</summary>
    protected static bool AreLast(IEnumerable<int> axes, int rank)
    {
        int[] normal = [.. axes.Select(axis => axis < 0 ? axis + rank : axis).Order()];
        return normal.Length > 0 && normal.SequenceEqual(Enumerable.Range(rank - normal.Length, normal.Length));
    }

    /// <summary>Runs over rows of x and of y, whose lengths may differ.</summary>
    protected static void ForRows(NodeContext context, Tensor x, int length, Tensor y, int resultLength, RowFunction function)
    {
        if (length == 0 || resultLength == 0) return;
        float* from = (float*)x.Pointer, to = (float*)y.Pointer;
        int rows = (int)(x.ElementCount / length), taskRows = Math.Max(1, TaskElements / length);
        context.Workers.Run((rows + taskRows - 1) / taskRows, task =>
        {
            // In bounds: rows counts the whole rows of x, and y has as many.
            for (int row = task * taskRows; row < Math.Min(rows, (task + 1) * taskRows); row++)
                function(new(from + (long)row * length, length), new(to + (long)row * resultLength, resultLength));
        }, context.Cancellation);
    }

    protected delegate void RowFunction(ReadOnlySpan<float> x, Span<float> y);
}

/// <summary>Softmax over the last axis.</summary>
internal sealed class SoftmaxKernel : RowKernel
{
    public override string Name => "softmax";

    public static CpuKernel? Make(Node node)
    {
        int rank = node.Inputs[0]!.TensorType.Rank;
        return rank > 0 && AreLast([((Op.AxisAttributes)node.Attributes).Axis], rank) ? new SoftmaxKernel() : null;
    }

    public override void Run(NodeContext context)
    {
        using Tensor x = context.Input(0).Contiguous();
        int length = x.Shape[-1];
        ForRows(context, x, length, context.Output(0, x.Shape), length, static (x, y) =>
        {
            TensorPrimitives.Subtract(x, TensorPrimitives.Max(x), y);
            TensorPrimitives.Exp(y, y);
            TensorPrimitives.Divide(y, TensorPrimitives.Sum(y), y);
        });
    }
}

/// <summary>Layer normalisation over the last axes.</summary>
internal sealed class LayerNormKernel(Op.LayerNormAttributes attributes) : RowKernel
{
    public override string Name => "layer_norm";

    public static CpuKernel? Make(Node node)
    {
        var attributes = (Op.LayerNormAttributes)node.Attributes;
        int rank = node.Inputs[0]!.TensorType.Rank;
        return attributes.Axes.Count == 0 || AreLast(attributes.Axes, rank) ? new LayerNormKernel(attributes) : null;
    }

    public override void Run(NodeContext context)
    {
        using Tensor x = context.Input(0).Contiguous();
        int count = attributes.Axes.Count == 0 ? x.Rank : attributes.Axes.Count, length = x.Shape.Sizes[^count..].ToArray().Aggregate(1, (product, size) => product * size);
        using Tensor? gamma = context.Has(1) ? context.Input(1).Contiguous() : null, beta = context.Has(2) ? context.Input(2).Contiguous() : null;
        float[]? scale = gamma is null ? null : [.. ((Tensor<float>)gamma).ReadOnlySpan], shift = beta is null ? null : [.. ((Tensor<float>)beta).ReadOnlySpan];
        float epsilon = (float)attributes.Epsilon;
        ForRows(context, x, length, context.Output(0, x.Shape), length, (x, y) =>
        {
            TensorPrimitives.Subtract(x, TensorPrimitives.Sum(x) / x.Length, y);
            float inverse = 1 / MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(y) / y.Length + epsilon);
            TensorPrimitives.Multiply(y, inverse, y);
            if (scale is not null) TensorPrimitives.Multiply(y, scale, y);
            if (shift is not null) TensorPrimitives.Add(y, shift, y);
        });
    }
}

/// <summary>Mean over the last axes.</summary>
internal sealed class ReduceMeanKernel(Op.ReduceAttributes attributes) : RowKernel
{
    public override string Name => "reduce_mean";

    public static CpuKernel? Make(Node node)
    {
        var attributes = (Op.ReduceAttributes)node.Attributes;
        TensorType x = node.Inputs[0]!.TensorType;
        return x.ElementType.IsFloat && x.Rank > 0 && (attributes.Axes.Count == 0 || AreLast(attributes.Axes, x.Rank)) ? new ReduceMeanKernel(attributes) : null;
    }

    public override void Run(NodeContext context)
    {
        using Tensor x = context.Input(0).Contiguous();
        int count = attributes.Axes.Count == 0 ? x.Rank : attributes.Axes.Count;
        int[] kept = [.. x.Shape.Sizes[..^count]], reduced = [.. x.Shape.Sizes[^count..]];
        int length = reduced.Aggregate(1, (product, size) => product * size);
        Tensor y = context.Output(0, Shape.Create([.. kept, .. attributes.KeepDims ? Enumerable.Repeat(1, count) : []]));
        if (length == 0) TensorConversion.Write(y, Enumerable.Repeat(double.NaN, (int)y.ElementCount).ToArray());
        ForRows(context, x, length, y, 1, static (x, y) => y[0] = TensorPrimitives.Sum(x) / x.Length);
    }
}
