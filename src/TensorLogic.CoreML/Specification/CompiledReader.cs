using TensorLogic.CoreML.Packages;

namespace TensorLogic.CoreML.Specification;

/// <summary>Reads a compiled model's folder.</summary>
internal static class CompiledReader
{
    public static ModelSpecification Read(CoreMLPackage package, LoadLimits limits) =>
        throw new ModelFormatException(package.Root, $"Compiled models are not read ({limits.Depth}).");
}
