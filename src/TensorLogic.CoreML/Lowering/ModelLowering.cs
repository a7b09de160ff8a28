using TensorLogic.CoreML.Lowering.Mil;
using TensorLogic.CoreML.Specification;
using TensorLogic.Graphs;

namespace TensorLogic.CoreML.Lowering;

/// <summary>Makes the body of a model of any kind.</summary>
internal static class ModelLowering
{
    // As Core ML names them in .mlpackage, and in compiled programs.
    private static readonly string[] Opsets = ["CoreML5", "CoreML6", "CoreML7", "CoreML8", "CoreML9", "ios15", "ios16", "ios17", "ios18", "ios26"];

    /// <exception cref="UnsupportedOperatorException">The kind of model, its version or one of its operations does not run here.</exception>
    /// <exception cref="ModelFormatException">The model is broken.</exception>
    public static ModelBody Lower(string name, ModelSpecification specification, FunctionDescription description, IBackend backend)
    {
        if (specification.SpecificationVersion > SystemVersions.Newest)
            throw new UnsupportedOperatorException(ModelKinds.NameOf(specification.Kind), $"specification version {specification.SpecificationVersion} is newer than {SystemVersions.Newest}") { Place = specification.File };
        if (specification.Program?.Functions.GetValueOrDefault(description.Name) is not MilFunction function)
            throw new UnsupportedOperatorException(ModelKinds.NameOf(specification.Kind), "models of this kind can be described, not run") { Place = specification.File };
        if (!Opsets.Contains(function.Opset, StringComparer.OrdinalIgnoreCase))
            throw new UnsupportedOperatorException(function.Opset, "the function is written in an opset that is not known") { Place = $"{specification.File} > {function.Name}" };
        return MilLowering.Lower(name, specification.File, function, description, backend);
    }
}
