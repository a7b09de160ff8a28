using TensorLogic.CoreML.Packages;
using TensorLogic.CoreML.Protobuf;
using TensorLogic.CoreML.Specification.Classic;
using static TensorLogic.CoreML.Protobuf.WireType;

namespace TensorLogic.CoreML.Specification;

/// <summary>Reads the <c>Model</c> message.</summary>
internal static class ModelReader
{
    public const string Root = "Model";

    public static ModelSpecification Read(ProtobufReader reader, CoreMLPackage package)
    {
        int version = 0;
        bool isUpdatable = false;
        DescriptionReader description = new();
        ModelKind kind = ModelKind.None;
        MilProgram? program = null;
        NeuralNetworkReader? network = null;
        ClassicReader? classic = null;
        List<ModelSpecification> members = [];
        List<string> names = [];
        while (reader.Next())
        {
            switch (reader.Field, reader.Wire)
            {
                case (1, Varint): version = reader.Int32(); continue;
                case (2, Bytes): description.Read(reader.Message("description")); continue;
                case (10, Varint): isUpdatable = reader.Bool(); continue;
            }
            if (reader.Wire != Bytes || !Enum.IsDefined((ModelKind)reader.Field) || reader.Field == 0) continue;
            // The last type of the oneof counts; parts of one type are one message.
            ModelKind found = (ModelKind)reader.Field;
            if (found != kind) (kind, program, network, classic, members, names) = (found, null, null, ClassicReader.For(found), [], []);
            ProtobufReader content = reader.Message(ModelKinds.NameOf(kind));
            if (kind == ModelKind.MlProgram) program = MilReader.Read(content, package, program);
            else if (ModelKinds.IsNeuralNetwork(kind)) (network ??= new()).Read(content);
            else if (kind == ModelKind.Pipeline) ReadMembers(content, package, members, names);
            else if (ModelKinds.IsPipeline(kind)) ReadWrapped(content, package, members, names);
            else classic?.Read(content);
        }
        if (version < 1) throw reader.Broken($"Expected a specification version of 1 or more, found {(version == 0 ? "none" : version)}.", "specificationVersion");
        if (kind == ModelKind.None) throw reader.Broken("Expected a model type, found none that is known.", "Type");
        return new()
        {
            File = reader.Source.File,
            SpecificationVersion = version,
            Description = description.Build(reader.Source.File),
            IsUpdatable = isUpdatable,
            Kind = kind,
            Program = program,
            Network = network?.Build(),
            Classic = classic?.Build(),
            Members = members,
            MemberNames = names,
        };
    }

    private static void ReadWrapped(ProtobufReader reader, CoreMLPackage package, List<ModelSpecification> members, List<string> names)
    {
        while (reader.Next())
            if ((reader.Field, reader.Wire) == (1, Bytes))
                ReadMembers(reader.Message("pipeline"), package, members, names);
    }

    private static void ReadMembers(ProtobufReader reader, CoreMLPackage package, List<ModelSpecification> members, List<string> names)
    {
        while (reader.Next())
        {
            if ((reader.Field, reader.Wire) == (2, Bytes))
            {
                if (names.Count >= reader.Source.Limits.Count) throw new ModelLimitException(reader.Source.File, "Number of names in a pipeline", names.Count + 1, reader.Source.Limits.Count);
                reader.Source.Charge(2 * IntPtr.Size, "names of a pipeline");
                names.Add(reader.Name("names"));
            }
            if ((reader.Field, reader.Wire) != (1, Bytes)) continue;
            if (members.Count >= reader.Source.Limits.Count) throw new ModelLimitException(reader.Source.File, "Number of models in a pipeline", members.Count + 1, reader.Source.Limits.Count);
            reader.Source.Charge(512, "models of a pipeline");
            members.Add(Read(reader.Message("models", members.Count), package));
        }
    }
}
