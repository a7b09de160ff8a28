namespace TensorLogic;

/// <summary>Core ML for a runtime.</summary>
public static class CoreMLRuntimeBuilderExtensions
{
    /// <summary>Opens Core ML files: <c>.mlpackage</c>, <c>.mlmodel</c>, <c>.mlmodelc</c>.</summary>
    public static TensorLogicRuntimeBuilder AddCoreML(this TensorLogicRuntimeBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddLoader(new CoreML.CoreMLLoader());
    }
}
