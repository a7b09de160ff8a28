using System.Globalization;
using TensorLogic.CoreML.Packages;
using TensorLogic.CoreML.Protobuf;
using TensorLogic.CoreML.Specification.Espresso;
using TensorLogic.CoreML.Specification.MilText;

namespace TensorLogic.CoreML.Specification;

/// <summary>Reads a compiled model's folder: <c>coremldata.bin</c>, and the program, network or members beside it.</summary>
internal static class CompiledReader
{
    public static ModelSpecification Read(CoreMLPackage package, LoadLimits limits, int depth = 0)
    {
        if (depth > limits.Depth) throw new ModelLimitException(package.Root, "Nesting depth of pipelines", depth, limits.Depth);
        if (!package.Has(CoreMLPackage.Compiled.Data)) return WithoutData(package, limits);

        TensorStorage storage = package.Map(CoreMLPackage.Compiled.Data);
        string file = Path.Combine(package.Root, CoreMLPackage.Compiled.Data);
        ProtobufSource source = new(file, storage, limits);
        CompiledHeader header = CompiledHeader.Read(source);
        if (header.Layout == "spec")
        {
            if (header.End == storage.ByteLength) throw new ModelFormatException(file, "Expected the model after the header, found the end of the file.", header.End);
            return Verified(ModelReader.Read(source.Read(header.End, storage.ByteLength, ModelReader.Root), package));
        }

        CompiledTail tail = CompiledTail.Read(source, header.End);
        DescriptionReader description = new();
        description.Read(source.Read(tail.DescriptionStart, tail.DescriptionEnd, "ModelDescription"));
        ModelSpecification specification = new()
        {
            File = file,
            SpecificationVersion = header.SpecificationVersion,
            Description = description.Build(file),
            Kind = header.Kind,
        };
        return Verified(WithPayload(specification, package, limits, tail.Members, depth));
    }

    private static ModelSpecification Verified(ModelSpecification specification)
    {
        SpecificationVerifier.Verify(specification);
        return specification;
    }

    private static ModelSpecification WithPayload(ModelSpecification specification, CoreMLPackage package, LoadLimits limits, ulong members, int depth)
    {
        if (specification.Kind == ModelKind.MlProgram) return specification with { Program = Program(package, limits) };
        if (ModelKinds.IsNeuralNetwork(specification.Kind)) return specification with { Network = EspressoReader.Read(package, limits) };
        if (!ModelKinds.IsPipeline(specification.Kind)) return specification;
        if (members > (ulong)limits.Count) throw new ModelLimitException(specification.File, "Number of models in a pipeline", members, limits.Count);
        List<ModelSpecification> read = [];
        for (int i = 0; i < (int)members; i++)
            read.Add(Read(package.Member(string.Create(CultureInfo.InvariantCulture, $"model{i}")), limits, depth + 1));
        return specification with { Members = read };
    }

    private static unsafe MilProgram Program(CoreMLPackage package, LoadLimits limits)
    {
        TensorStorage text = package.Map(CoreMLPackage.Compiled.Program);
        string file = Path.Combine(package.Root, CoreMLPackage.Compiled.Program);
        if (text.ByteLength > int.MaxValue) throw new ModelLimitException(file, "Bytes of the program's text", text.ByteLength, int.MaxValue);
        // In bounds: the whole mapping, which the package keeps.
        return MilTextReader.Read(new(text.Pointer, (int)text.ByteLength), file, package, limits);
    }

    /// <summary>Repositories that keep binary files elsewhere leave the readable ones.</summary>
    private static ModelSpecification WithoutData(CoreMLPackage package, LoadLimits limits)
    {
        if (!package.Has(CoreMLPackage.Compiled.Metadata))
            throw new ModelFormatException(package.Root, $"Expected '{CoreMLPackage.Compiled.Data}' or '{CoreMLPackage.Compiled.Metadata}', found neither.", field: CoreMLPackage.Compiled.Data);
        ModelSpecification specification = CompiledMetadata.Read(package, limits);
        if (ModelKinds.IsPipeline(specification.Kind)) throw new ModelFormatException(package.Root, $"Expected '{CoreMLPackage.Compiled.Data}' of a pipeline, found none.", field: CoreMLPackage.Compiled.Data);
        return Verified(WithPayload(specification, package, limits, 0, 0));
    }
}
