using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Kernels;

/// <summary>Chooses the kernel of a node: a fast one where there is one for its operator, types and shapes, else the reference kernel.</summary>
internal static class KernelTable
{
    private delegate CpuKernel? Maker(Node node, Activation? fused);

    private static readonly Dictionary<Operator, Maker> s_makers = Makers();

    /// <summary>True if kernels of the operator can apply an activation to what they store.</summary>
    public static bool Fuses(Operator @operator) => @operator == Op.Conv || @operator == Op.Linear;

    public static CpuKernel Choose(Node node, Activation? fused)
    {
        CpuKernel? kernel = s_makers.TryGetValue(node.Operator, out Maker? make) && node.Inputs.All(input => input is null || IsStoredAsFloatOrIndex(input)) ? make(node, fused) : null;
        if (kernel is not null) return kernel;
        ReferenceKernel reference = new(node.Operator, node.Attributes);
        return fused is null ? reference : new ThenActivation(reference, fused);
    }

    private static bool IsStoredAsFloatOrIndex(Value value) =>
        value.Type is TensorValueType { Tensor.ElementType: ElementType.Float16 or ElementType.BFloat16 or ElementType.Float32 or ElementType.Int32 or ElementType.UInt16 or ElementType.Int16 or ElementType.Int8 or ElementType.UInt8 };

    private static Dictionary<Operator, Maker> Makers()
    {
        Dictionary<Operator, Maker> makers = new()
        {
            [Op.Conv] = ConvKernel.Make,
            [Op.Linear] = LinearKernel.Make,
            [Op.MatMul] = (node, _) => MatMulKernel.Make(node),
            [Op.Softmax] = (node, _) => SoftmaxKernel.Make(node),
            [Op.LayerNorm] = (node, _) => LayerNormKernel.Make(node),
            [Op.ReduceMean] = (node, _) => ReduceMeanKernel.Make(node),
            [Op.MaxPool] = (node, _) => PoolKernel.Make(node),
            [Op.AvgPool] = (node, _) => PoolKernel.Make(node),
            [Op.Gather] = (node, _) => GatherKernel.Make(node),
        };
        foreach (Operator @operator in BinaryKernel.Operators) makers[@operator] = (node, _) => BinaryKernel.Make(node);
        foreach (Operator @operator in Activation.Operators) makers[@operator] = (node, _) => Activation.Of(node) is { } activation && IsFloat(node) ? new UnaryKernel(activation) : null;
        return makers;
    }

    private static bool IsFloat(Node node) => node.Inputs[0]!.TensorType.ElementType.IsFloat;
}
