using TensorLogic.CoreML.Packages;
using TensorLogic.CoreML.Protobuf;

namespace TensorLogic.CoreML.Specification;

/// <summary>Reads the specification of a model in any of its layouts.</summary>
internal static class SpecificationReader
{
    /// <exception cref="ModelFormatException">The file is broken.</exception>
    /// <exception cref="ModelLimitException">The file asks for more than the limits allow.</exception>
    public static ModelSpecification Read(CoreMLPackage package, LoadLimits limits)
    {
        if (package.Layout == PackageLayout.Compiled) return CompiledReader.Read(package, limits);
        TensorStorage storage = package.MapModel();
        ModelSpecification specification = ModelReader.Read(new ProtobufSource(package.ModelFile, storage, limits).Read(0, storage.ByteLength, ModelReader.Root), package);
        SpecificationVerifier.Verify(specification);
        return specification;
    }
}
