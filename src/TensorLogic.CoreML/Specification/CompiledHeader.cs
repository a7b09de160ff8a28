using System.Buffers.Binary;
using TensorLogic.CoreML.Protobuf;

namespace TensorLogic.CoreML.Specification;

/// <summary>The start of <c>coremldata.bin</c>: kind u32, three versions u64, layout name (length u64, UTF-8), specification version u64,
/// three u64 reserved; little-endian.</summary>
/// <param name="Kind">Kind of the model.</param>
/// <param name="Layout"><c>spec</c>: the <c>Model</c> message follows. <c>generic…</c>: its description, then a tail by kind.</param>
/// <param name="SpecificationVersion">As in the model that was compiled.</param>
/// <param name="End">Offset of what follows.</param>
internal sealed record CompiledHeader(ModelKind Kind, string Layout, int SpecificationVersion, long End)
{
    private const int LayoutAt = 28;
    private const int ReservedBytes = 24;

    public static CompiledHeader Read(ProtobufSource source)
    {
        uint kind = BinaryPrimitives.ReadUInt32LittleEndian(Bytes(source, 0, sizeof(uint), "the kind of the model"));
        if (kind == 0 || !Enum.IsDefined((ModelKind)kind)) throw new ModelFormatException(source.File, $"Expected a kind of model that is known, found {kind}.", 0);
        ulong length = Number(source, LayoutAt, "the length of the layout's name");
        if (length > (ulong)source.Limits.NameBytes) throw new ModelLimitException(source.File, "Bytes of the layout's name", length, source.Limits.NameBytes);
        int nameAt = LayoutAt + sizeof(ulong);
        string layout = source.Decode(Bytes(source, nameAt, (int)length, "the layout's name")) ?? throw new ModelFormatException(source.File, "Expected UTF-8 text, found other bytes.", nameAt);
        if (layout != "spec" && !layout.StartsWith("generic", StringComparison.Ordinal))
            throw new ModelFormatException(source.File, $"Expected the layout 'spec' or 'generic', found '{(layout.Length > 40 ? layout[..40] : layout)}'.", LayoutAt);
        long at = nameAt + (long)length;
        ulong version = Number(source, at, "the specification version");
        if (version is < 1 or > int.MaxValue) throw new ModelFormatException(source.File, $"Expected a specification version of 1 or more, found {version}.", at);
        Bytes(source, at + sizeof(ulong), ReservedBytes, "the end of the header");
        return new((ModelKind)kind, layout, (int)version, at + sizeof(ulong) + ReservedBytes);
    }

    /// <summary>A 64-bit number at an offset.</summary>
    public static ulong Number(ProtobufSource source, long at, string what) => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(source, at, sizeof(ulong), what));

    private static ReadOnlySpan<byte> Bytes(ProtobufSource source, long at, int length, string what)
    {
        long left = Math.Max(0, source.Storage.ByteLength - at);
        return left >= length ? source.Span(at, length) : throw new ModelFormatException(source.File, $"Expected {what} in {length} bytes, found {left} left.", at);
    }
}

/// <summary>What follows the header in a <c>generic</c> layout: a length u64, a <c>ModelDescription</c>, and of pipelines the number of members u64.</summary>
internal readonly record struct CompiledTail(long DescriptionStart, long DescriptionEnd, ulong Members)
{
    public static CompiledTail Read(ProtobufSource source, long at)
    {
        ulong length = CompiledHeader.Number(source, at, "the length of the description");
        long start = at + sizeof(ulong);
        if (length > (ulong)(source.Storage.ByteLength - start)) throw new ModelFormatException(source.File, $"Expected a description of {length} bytes, found {source.Storage.ByteLength - start} left.", at);
        long end = start + (long)length;
        return new(start, end, end <= source.Storage.ByteLength - sizeof(ulong) ? CompiledHeader.Number(source, end, "the number of members") : 0);
    }
}
