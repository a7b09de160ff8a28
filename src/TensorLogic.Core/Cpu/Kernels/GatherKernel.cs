using System.Runtime.InteropServices;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary><c>gather</c> from a constant table of 16-bit floats: elements are widened only where they are read.</summary>
internal static unsafe class GatherKernel
{
    public static void Register(Dictionary<Operator, Func<KernelRequest, CpuKernel?>> kernels) => kernels.Add(Op.Gather, request =>
    {
        var attributes = request.As<Op.GatherAttributes>();
        return attributes.BatchDims == 0 && request.Constants[0] is { ElementType: ElementType.Float16 or ElementType.BFloat16, IsContiguous: true } && request.Outputs[0] is { ElementType: ElementType.Float32 }
            ? new CpuKernel("table rows", context => Run(context, attributes))
            : null;
    });

    private static void Run(KernelContext context, Op.GatherAttributes attributes)
    {
        Tensor table = context.Original(0);
        Shape indexShape = context.Input(1).Shape;
        long[] indices = context.Longs(1);
        int axis = table.Shape.Axis(attributes.Axis);
        (int outer, int size, int inner) = Reduction.Split(table.Shape, axis);
        for (int i = 0; i < indices.Length; i++)
        {
            long index = indices[i] < 0 && !attributes.ValidateIndices ? indices[i] + size : indices[i];
            if ((ulong)index >= (ulong)size) throw context.Error(1, $"index {indices[i]}", $"indices into the {size} elements of axis {axis}");
            indices[i] = index;
        }
        Tensor y = context.Output(0, Shape.Create([.. table.Shape.Sizes[..axis], .. indexShape.Sizes, .. table.Shape.Sizes[(axis + 1)..]]));
        byte* from = table.Pointer;
        float* to = (float*)y.Pointer;
        ElementType type = table.ElementType;
        context.ForEach((long)outer * indices.Length, 20 + inner * 0.2, (start, end, _) =>
        {
            for (long row = start; row < end; row++)
            {
                // In bounds: every index is below size, and y has outer · indices rows of inner elements.
                long element = (row / indices.Length * size + indices[row % indices.Length]) * inner;
                ElementConversion.Convert(type, new ReadOnlySpan<byte>(from + type.ByteCount(element), (int)type.ByteCount(inner)),
                    ElementType.Float32, MemoryMarshal.AsBytes(new Span<float>(to + row * inner, inner)), inner);
            }
        });
    }
}
