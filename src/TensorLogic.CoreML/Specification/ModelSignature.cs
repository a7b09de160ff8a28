using TensorLogic.CoreML.Protobuf;

namespace TensorLogic.CoreML.Specification;

/// <summary>Tells a file of the <c>Model</c> message by its first fields. The format has no magic number.</summary>
internal static class ModelSignature
{
    /// <summary>True if the fields at the start are those of a model, as far as can be seen.</summary>
    /// <param name="start">First bytes of the file.</param>
    /// <param name="length">Length of the file.</param>
    public static bool IsModel(ReadOnlySpan<byte> start, long length)
    {
        long position = 0;
        int known = 0;
        while (position < start.Length)
        {
            if (!TryVarint(start, ref position, out ulong tag)) break;
            ulong field = tag >> 3;
            var wire = (WireType)(tag & 7);
            if (field is 0 or > 0x1FFFFFFF) return known > 1;
            ulong value = 0;
            switch (wire)
            {
                case WireType.Varint:
                    if (!TryVarint(start, ref position, out value)) return known > 0;
                    break;
                case WireType.Fixed64: position += 8; break;
                case WireType.Fixed32: position += 4; break;
                case WireType.Bytes:
                    if (!TryVarint(start, ref position, out value)) return known > 0;
                    // A length past the end is a broken model only where a model has been seen; elsewhere it is another format.
                    if (value > (ulong)Math.Max(0, length - position)) return known > 0;
                    position += (long)value;
                    break;
                case WireType.GroupStart or WireType.GroupEnd: continue;
                default: return known > 1;
            }
            if (IsKnown(field, wire, value)) known++;
        }
        return known > 0;
    }

    private static bool IsKnown(ulong field, WireType wire, ulong value) => (field, wire) switch
    {
        (1, WireType.Varint) => value is > 0 and < 1000,
        (2, WireType.Bytes) => value > 0,
        (>= 200 and <= 3000, WireType.Bytes) => Enum.IsDefined((ModelKind)(int)field),
        _ => false,
    };

    private static bool TryVarint(ReadOnlySpan<byte> bytes, ref long position, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 70 && position < bytes.Length; shift += 7)
        {
            byte part = bytes[(int)position++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return true;
        }
        return false;
    }
}
