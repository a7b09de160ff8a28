using TensorLogic.CoreML.Lowering.Classic;
using TensorLogic.CoreML.Lowering.Mil;
using TensorLogic.CoreML.Lowering.NeuralNetwork;
using TensorLogic.CoreML.Lowering.Pipelines;
using TensorLogic.CoreML.Specification;
using TensorLogic.CoreML.Specification.Classic;
using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering;

/// <summary>Makes the body of a model of any kind.</summary>
internal static class ModelLowering
{
    // As Core ML names them in .mlpackage, and in compiled programs.
    private static readonly string[] Opsets = ["CoreML5", "CoreML6", "CoreML7", "CoreML8", "CoreML9", "ios15", "ios16", "ios17", "ios18", "ios26"];

    /// <exception cref="UnsupportedOperatorException">The kind of model, its version or one of its operations does not run here.</exception>
    /// <exception cref="ModelFormatException">The model is broken.</exception>
    public static ModelBody Lower(LoweringScope scope, ModelSpecification specification, FunctionDescription description)
    {
        if (specification.SpecificationVersion > SystemVersions.Newest)
            throw new UnsupportedOperatorException(ModelKinds.NameOf(specification.Kind), $"specification version {specification.SpecificationVersion} is newer than {SystemVersions.Newest}") { Place = specification.File };
        if (ModelKinds.IsPipeline(specification.Kind)) return PipelineLowering.Lower(scope, specification, description);
        if (specification.Classic is LinkedSpecification link) return LinkedLowering.Lower(scope, specification, description, link);
        if (specification.Kind is not (ModelKind.MlProgram or ModelKind.NeuralNetwork or ModelKind.NeuralNetworkClassifier or ModelKind.NeuralNetworkRegressor))
            return ClassicLowering.Lower(scope, specification, description);
        if (specification.Network is { HasExactArrays: false } && OpenSizes.OfLegacyArrays(description) is { } arrays)
            return new SizedBody(scope.Name, arrays.Inputs, arrays.SizesOf, sizes => NetworkLowering.Lower(scope, specification, arrays.With(sizes), arrays.Leading(sizes)));
        try
        {
            return LowerGraph(scope, specification, description);
        }
        catch (UnknownRankException) when (OpenSizes.OfVectors(description) is not null)
        {
            OpenSizes vectors = OpenSizes.OfVectors(description)!;
            return new SizedBody(scope.Name, vectors.Inputs, vectors.SizesOf, sizes => LowerGraph(scope, specification, vectors.With(sizes)));
        }
    }

    private static GraphBody LowerGraph(LoweringScope scope, ModelSpecification specification, FunctionDescription description)
    {
        if (specification.Network is not null) return NetworkLowering.Lower(scope, specification, description);
        if (specification.Program?.Functions.GetValueOrDefault(description.Name) is not MilFunction function)
            throw new UnsupportedOperatorException(ModelKinds.NameOf(specification.Kind), "models of this kind can be described, not run") { Place = specification.File };
        if (!Opsets.Contains(function.Opset, StringComparer.OrdinalIgnoreCase))
            throw new UnsupportedOperatorException(function.Opset, "the function is written in an opset that is not known") { Place = $"{specification.File} > {function.Name}" };
        return MilLowering.Lower(scope.Name, specification.File, function, description, scope.Backend);
    }
}
