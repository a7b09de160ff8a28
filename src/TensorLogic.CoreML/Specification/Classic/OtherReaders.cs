using TensorLogic.CoreML.Protobuf;
using static TensorLogic.CoreML.Protobuf.WireType;

namespace TensorLogic.CoreML.Specification.Classic;

/// <summary><c>LinkedModel</c>.</summary>
internal sealed class LinkedReader : ClassicReader
{
    private string? _file;
    private string _path = "";

    public override void Read(ProtobufReader reader)
    {
        while (reader.Next())
        {
            if ((reader.Field, reader.Wire) != (1, Bytes)) continue;
            ProtobufReader link = reader.Message("linkedModelFile");
            _file ??= "";
            while (link.Next())
                switch (link.Field, link.Wire)
                {
                    case (1, Bytes): _file = Parameter(link.Message("linkedModelFileName"), _file); break;
                    case (2, Bytes): _path = Parameter(link.Message("linkedModelSearchPath"), _path); break;
                }
        }
    }

    private static string Parameter(ProtobufReader reader, string before)
    {
        while (reader.Next())
            if ((reader.Field, reader.Wire) == (1, Bytes)) before = reader.Name("defaultValue");
        return before;
    }

    public override ClassicSpecification Build() => new LinkedSpecification(_file, _path);
}

/// <summary><c>Identity</c>, <c>ClassConfidenceThresholding</c>: nothing in them changes what they do.</summary>
internal sealed class EmptyReader : ClassicReader
{
    public override void Read(ProtobufReader reader)
    {
        while (reader.Next())
        {
        }
    }

    public override ClassicSpecification Build() => new EmptySpecification();
}

/// <summary><c>CustomModel</c>: the class name.</summary>
internal sealed class CustomReader : ClassicReader
{
    private string _class = "";

    public override void Read(ProtobufReader reader)
    {
        while (reader.Next())
            if ((reader.Field, reader.Wire) == (10, Bytes)) _class = reader.Name("className");
    }

    public override ClassicSpecification Build() => new PrivateSpecification(_class);
}

/// <summary>Apple's feature extractors: the variant, from field 20 on.</summary>
internal sealed class FeaturePrintReader(params string[] variants) : ClassicReader
{
    private string _variant = "";

    public override void Read(ProtobufReader reader)
    {
        while (reader.Next())
        {
            int variant = reader.Field - 20;
            if (reader.Wire != Bytes || variant < 0 || variant >= variants.Length) continue;
            ProtobufReader message = reader.Message(variants[variant]);
            _variant = variants[variant];
            while (message.Next())
                if ((message.Field, message.Wire) == (1, Varint)) _variant = $"{variants[variant]} version {message.Int32()}";
        }
    }

    public override ClassicSpecification Build() => new PrivateSpecification(_variant);
}

/// <summary><c>SerializedModel</c>: what it claims to be.</summary>
internal sealed class SerializedReader : ClassicReader
{
    private string _identifier = "";

    public override void Read(ProtobufReader reader)
    {
        while (reader.Next())
            if ((reader.Field, reader.Wire) == (1, Bytes)) _identifier = reader.Name("identifier");
    }

    public override ClassicSpecification Build() => new PrivateSpecification(_identifier);
}
