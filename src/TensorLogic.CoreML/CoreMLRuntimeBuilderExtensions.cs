namespace TensorLogic;

/// <summary>Core ML for a runtime.</summary>
public static class CoreMLRuntimeBuilderExtensions
{
    /// <summary>Opens Core ML files: <c>.mlpackage</c>, <c>.mlmodel</c>, <c>.mlmodelc</c>.</summary>
    /// <param name="builder">The runtime that is being built.</param>
    /// <param name="configure">Sets what is not part of the files, such as custom layers.</param>
    /// <example><c>builder.AddCoreML(options => options.CustomLayers["Swish"] = description => new Swish(description))</c></example>
    public static TensorLogicRuntimeBuilder AddCoreML(this TensorLogicRuntimeBuilder builder, Action<CoreMLOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        CoreMLOptions options = new();
        configure?.Invoke(options);
        return builder.AddLoader(new CoreML.CoreMLLoader(new Dictionary<string, CustomLayerFactory>(options.CustomLayers, StringComparer.Ordinal)));
    }
}
