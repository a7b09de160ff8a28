using System.Numerics.Tensors;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Slices of a float table by index; an f16 table is converted only where it is read.</summary>
internal sealed unsafe class GatherKernel(Op.GatherAttributes attributes) : CpuKernel
{
    public override string Name => "gather";

    public static CpuKernel? Make(Node node)
    {
        var attributes = (Op.GatherAttributes)node.Attributes;
        return attributes.BatchDims == 0 && node.Inputs[0]!.TensorType.ElementType is ElementType.Float16 or ElementType.Float32 ? new GatherKernel(attributes) : null;
    }

    public override void Run(NodeContext context)
    {
        using Tensor x = context.Original(0).Contiguous();
        Shape indexShape = context.Input(1).Shape;
        long[] indices = context.Longs(1);
        int axis = x.Shape.Axis(attributes.Axis);
        (int outer, int size, int inner) = Reduction.Split(x.Shape, axis);
        for (int i = 0; i < indices.Length; i++)
        {
            long index = indices[i] < 0 && !attributes.ValidateIndices ? indices[i] + size : indices[i];
            if ((ulong)index >= (ulong)size) throw context.Error(1, $"index {indices[i]}", $"indices into the {size} elements of axis {axis}");
            indices[i] = index;
        }
        Tensor y = context.Output(0, Shape.Create([.. x.Shape.Sizes[..axis], .. indexShape.Sizes, .. x.Shape.Sizes[(axis + 1)..]]));
        float* to = (float*)y.Pointer;
        for (int o = 0; o < outer; o++)
        foreach (long index in indices)
        {
            // In bounds: every index is below size, and y has outer · indices rows of inner elements.
            long start = ((long)o * size + index) * inner;
            Span<float> row = new(to, inner);
            if (x.ElementType == ElementType.Float16) TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>((Half*)x.Pointer + start, inner), row);
            else new ReadOnlySpan<float>((float*)x.Pointer + start, inner).CopyTo(row);
            to += inner;
        }
    }
}
