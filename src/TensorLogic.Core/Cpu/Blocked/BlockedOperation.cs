using TensorLogic.Operators;

namespace TensorLogic.Cpu.Blocked;

/// <summary>How a step wants one of its inputs.</summary>
/// <param name="IsBlocked">In blocks of channels; else as a plain tensor.</param>
/// <param name="Border">Zeros that must surround its planes.</param>
internal readonly record struct InputLayout(bool IsBlocked, Border Border = default)
{
    public static InputLayout Plain => default;

    public static InputLayout Blocked { get; } = new(true);
}

/// <summary>A node that can run on blocked tensors.</summary>
/// <param name="Inputs">Layouts of the operator's own inputs; what an epilogue reads is always blocked.</param>
/// <param name="HasBlockedOutput">Layout of the output.</param>
/// <param name="Build">Makes the kernel, for the border that readers of the output need.</param>
internal sealed record BlockedOperation(InputLayout[] Inputs, bool HasBlockedOutput, Func<Border, CpuKernel> Build);

/// <summary>The operators that have kernels for blocked tensors.</summary>
internal static class BlockedOperations
{
    private static readonly Dictionary<Operator, Func<KernelRequest, bool[], BlockedOperation?>> Operations = [];

    static BlockedOperations()
    {
        BlockedConvolution.Register(Operations);
        BlockedPooling.Register(Operations);
        BlockedElementwise.Register(Operations);
        BlockedChannels.Register(Operations);
    }

    /// <summary>How a node would run, or null if it does not on blocked tensors, or would not gain.</summary>
    /// <param name="request">The node.</param>
    /// <param name="blocked">Inputs that are in blocks already.</param>
    public static BlockedOperation? Find(KernelRequest request, bool[] blocked) =>
        Operations.TryGetValue(request.Operator, out Func<KernelRequest, bool[], BlockedOperation?>? find) && IsPlanar(request.Outputs[0]) && request.IsFloat32 ? find(request, blocked) : null;

    /// <summary>True for a tensor [N, C, H, W] of f32 with a known number of channels.</summary>
    public static bool IsPlanar(TensorType? type) => type is { Rank: 4, ElementType: ElementType.Float32 } && type.Dimensions[1].Size is > 0;
}
