using System.Collections.Immutable;
using TensorLogic.Cpu.Kernels;
using TensorLogic.Graphs;
using TensorLogic.Operators;
using ValueType = TensorLogic.Operators.ValueType;

namespace TensorLogic.Cpu;

/// <summary>What is known of a node when its kernel is chosen.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Attributes">Its settings.</param>
/// <param name="Inputs">Types with element types as stored; null for inputs that are left out and for lists and states.</param>
/// <param name="Outputs">As the inputs.</param>
/// <param name="Constants">Constant inputs as the file holds them; null for others.</param>
internal sealed record KernelRequest(Operator Operator, OperatorAttributes Attributes, TensorType?[] Inputs, TensorType?[] Outputs, Tensor?[] Constants)
{
    /// <summary>What the kernel is to take over from the nodes after it. A kernel that cannot is not chosen.</summary>
    public Fusion Fusion { get; init; } = Fusion.None;

    public static KernelRequest For(FusedNode fused) => new(fused.Node.Operator, fused.Node.Attributes, [.. fused.Node.Inputs.Select(input => Stored(input?.Type))],
        [.. fused.Last.Outputs.Select(output => Stored(output.Type))], [.. fused.Node.Inputs.Select(input => input?.Constant)])
    {
        Fusion = fused.Fusion,
    };

    /// <summary>For a single run, whose tensors are computed with as they are.</summary>
    public static KernelRequest For(Operator @operator, OperatorAttributes attributes, Tensor?[] inputs, ImmutableArray<ValueType> outputs) =>
        new(@operator, attributes, Array.ConvertAll(inputs, input => input?.Type), [.. outputs.Select(output => (output as TensorValueType)?.Tensor)], new Tensor?[inputs.Length]);

    /// <summary>The settings.</summary>
    public TAttributes As<TAttributes>() where TAttributes : OperatorAttributes => (TAttributes)Attributes;

    /// <summary>True if every tensor that is given or made holds f32.</summary>
    public bool IsFloat32 => Inputs.All(IsFloat32OrAbsent) && Outputs.All(IsFloat32OrAbsent);

    private static bool IsFloat32OrAbsent(TensorType? type) => type is null or { ElementType: ElementType.Float32 };

    private static TensorType? Stored(ValueType? type) => (type as TensorValueType)?.Tensor is { } tensor ? tensor.WithElementType(CpuProgram.Stored(tensor.ElementType)) : null;
}

/// <summary>The fast kernels by operator. What has none here, or not for its types, runs through the reference kernel.</summary>
internal static class KernelTable
{
    private static readonly Dictionary<Operator, Func<KernelRequest, CpuKernel?>> Kernels = [];

    static KernelTable()
    {
        UnaryKernels.Register(Kernels);
        LinearKernels.Register(Kernels);
        ConvolutionKernel.Register(Kernels);
        BinaryKernels.Register(Kernels);
        SoftmaxKernel.Register(Kernels);
        NormalizationKernels.Register(Kernels);
        ReductionKernels.Register(Kernels);
        PoolKernels.Register(Kernels);
        GatherKernel.Register(Kernels);
        AttentionKernel.Register(Kernels);
        TransposedConvolutionKernel.Register(Kernels);
        CastKernel.Register(Kernels);
    }

    /// <summary>The fast kernel for a node, or null.</summary>
    public static CpuKernel? Choose(KernelRequest request) => Kernels.TryGetValue(request.Operator, out Func<KernelRequest, CpuKernel?>? make) ? make(request) : null;
}
