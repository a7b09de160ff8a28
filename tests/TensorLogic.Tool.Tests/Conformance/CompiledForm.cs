using System.Text;
using TensorLogic.CoreML.Protobuf;
using TensorLogic.CoreML.Specification;

namespace TensorLogic.Tests.Tool.Conformance;

/// <summary>Writes an ML Program as a compiled model's folder: its text, its weights and its description.</summary>
internal static class CompiledForm
{
    /// <param name="source">An <c>.mlpackage</c> or <c>.mlmodel</c>.</param>
    /// <param name="model">The same, opened.</param>
    /// <param name="folder">The folder to make.</param>
    public static void Write(string source, IModel model, string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "model.mil"), model.ToMilText());
        string specification = Directory.Exists(source) ? Directory.GetFiles(source, "*.mlmodel", SearchOption.AllDirectories).Single() : source;
        string weights = Path.Combine(Path.GetDirectoryName(specification)!, "weights");
        if (Directory.Exists(source) && Directory.Exists(weights))
            foreach (string file in Directory.GetFiles(weights))
            {
                Directory.CreateDirectory(Path.Combine(folder, "weights"));
                File.Copy(file, Path.Combine(folder, "weights", Path.GetFileName(file)));
            }
        File.WriteAllBytes(Path.Combine(folder, "coremldata.bin"), Data(Description(File.ReadAllBytes(specification)), model.Metadata.SpecificationVersion!.Value));
    }

    // Kind, three versions, the layout's name, the specification's version, three words reserved; then the description and the number of members.
    private static byte[] Data(byte[] description, int version)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write((uint)ModelKind.MlProgram);
        foreach (ulong part in (ulong[])[1, 0, 0]) writer.Write(part);
        writer.Write((ulong)"generic".Length);
        writer.Write(Encoding.ASCII.GetBytes("generic"));
        writer.Write((ulong)version);
        writer.Write(new byte[24]);
        writer.Write((ulong)description.Length);
        writer.Write(description);
        writer.Write(0UL);
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>The bytes of the field <c>description</c> of a <c>Model</c> message.</summary>
    private static byte[] Description(byte[] model)
    {
        ProtobufWriter whole = new();
        TensorStorage storage = whole.Bytes(1, model).ToStorage();
        ProtobufSource source = new("model", storage, LoadLimits.Default);
        long start = storage.ByteLength - model.Length;
        ProtobufReader reader = source.Read(start, storage.ByteLength, "Model");
        while (reader.Next())
            if (reader is { Field: 2, Wire: WireType.Bytes }) return source.Span(reader.PayloadStart, reader.PayloadLength).ToArray();
        throw new InvalidDataException("The model has no description.");
    }
}
