using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace TensorLogic.Formats.Gguf;

/// <summary>Writes version 3, little-endian, laid out as the reference writer does: tensors in directory order, each padded to the alignment.</summary>
internal static class GgufWriter
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ArgumentException">Something that the format cannot hold.</exception>
    public static void Write(Stream stream, IReadOnlyList<GgufSource> tensors, IEnumerable<KeyValuePair<string, object>> metadata)
    {
        ArrayBufferWriter<byte> header = new(1024);
        List<KeyValuePair<string, object>> pairs = [.. metadata];
        long alignment = Alignment(pairs);
        header.Write(GgufFormat.Magic);
        Number(header, GgufLimits.Version);
        Number(header, (ulong)tensors.Count);
        Number(header, (ulong)pairs.Count);
        Metadata(header, pairs);
        Directory(header, tensors, alignment);
        stream.Write(header.WrittenSpan);
        if (tensors.Count > 0) Pad(stream, Padding(header.WrittenCount, alignment));
        foreach (GgufSource source in tensors)
        {
            using Tensor bytes = source.Open();
            TensorData.Write(stream, bytes);
            Pad(stream, Padding(source.ByteCount, alignment));
        }
    }

    // In pieces: an alignment may be a gigabyte.
    private static void Pad(Stream stream, long count)
    {
        Span<byte> zeros = stackalloc byte[256];
        zeros.Clear();
        for (; count > 0; count -= Math.Min(count, zeros.Length)) stream.Write(zeros[..(int)Math.Min(count, zeros.Length)]);
    }

    private static long Padding(long length, long alignment) => (alignment - length % alignment) % alignment;

    private static long Alignment(List<KeyValuePair<string, object>> metadata)
    {
        foreach ((string key, object value) in metadata)
            if (key == GgufHeader.AlignmentKey)
                return value is uint alignment && uint.IsPow2(alignment) && alignment <= GgufLimits.GreatestAlignment
                    ? alignment
                    : throw new ArgumentException($"'{GgufHeader.AlignmentKey}' must be a uint and a power of two up to {GgufLimits.GreatestAlignment}, found {value}.", nameof(metadata));
        return GgufLimits.Alignment;
    }

    private static void Metadata(ArrayBufferWriter<byte> header, List<KeyValuePair<string, object>> metadata)
    {
        HashSet<string> keys = new(StringComparer.Ordinal);
        foreach ((string key, object value) in metadata)
        {
            if (!keys.Add(key ?? "")) throw new ArgumentException($"The metadata key '{key}' is given twice.", nameof(metadata));
            Name(header, key, "metadata key", GgufLimits.KeyBytes, nameof(metadata));
            Value(header, key!, value, 0);
        }
    }

    private static void Directory(ArrayBufferWriter<byte> header, IReadOnlyList<GgufSource> tensors, long alignment)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        long offset = 0;
        foreach (GgufSource source in tensors)
        {
            if (!names.Add(source.Name)) throw new ArgumentException($"Two tensors are named '{source.Name}'.", nameof(tensors));
            if (source.Dimensions.Length > GgufLimits.Axes)
                throw new ArgumentException($"GGUF tensors have up to {GgufLimits.Axes} axes; '{source.Name}' has {source.Dimensions.Length}. Reshape it.", nameof(tensors));
            Name(header, source.Name, "tensor name", GgufLimits.NameBytes, nameof(tensors));
            Number(header, (uint)source.Dimensions.Length);
            for (int axis = source.Dimensions.Length - 1; axis >= 0; axis--) Number(header, (ulong)source.Dimensions[axis]);
            Number(header, source.Type.Id);
            Number(header, (ulong)offset);
            offset += source.ByteCount + Padding(source.ByteCount, alignment);
        }
    }

    private static void Name(ArrayBufferWriter<byte> header, string? name, string what, int limit, string parameter)
    {
        if (string.IsNullOrEmpty(name)) throw new ArgumentException($"A {what} is empty.", parameter);
        byte[] bytes = Encoded(name);
        if (bytes.Length > limit) throw new ArgumentException($"The {what} '{name}' takes {bytes.Length} bytes; the format allows {limit}.", parameter);
        Number(header, (ulong)bytes.Length);
        header.Write(bytes);
    }

    private static void Value(ArrayBufferWriter<byte> header, string key, object value, int depth)
    {
        (GgufValueType type, Array? items) = GgufValueTypes.Of(value);
        switch (type)
        {
            case GgufValueType.Array when items is not null && depth < LoadLimits.Default.Depth:
                Number(header, (uint)type);
                List(header, key, items, depth);
                break;
            case GgufValueType.Array:
                throw new ArgumentException(items is null
                    ? $"GGUF has no type for the value of '{key}': {value?.GetType().Name ?? "null"}."
                    : $"The lists in '{key}' are nested more than {LoadLimits.Default.Depth} deep.");
            default:
                Number(header, (uint)type);
                Scalar(header, value);
                break;
        }
    }

    private static void List(ArrayBufferWriter<byte> header, string key, Array items, int depth)
    {
        Number(header, (uint)GgufValueTypes.OfItems(items));
        Number(header, (ulong)items.LongLength);
        foreach (object item in items)
        {
            if (items is not object[] || items is string[])
            {
                Scalar(header, item);
                continue;
            }
            (GgufValueType type, Array? inner) = GgufValueTypes.Of(item);
            if (type != GgufValueType.Array || inner is null || depth + 1 >= LoadLimits.Default.Depth)
                throw new ArgumentException($"A list of objects in '{key}' must hold lists, nested up to {LoadLimits.Default.Depth} deep. Give numbers and texts as a list of their own type.");
            List(header, key, inner, depth + 1);
        }
    }

    private static void Scalar(ArrayBufferWriter<byte> header, object value)
    {
        switch (value)
        {
            case byte number: Number(header, number); break;
            case sbyte number: Number(header, number); break;
            case ushort number: Number(header, number); break;
            case short number: Number(header, number); break;
            case uint number: Number(header, number); break;
            case int number: Number(header, number); break;
            case float number: Number(header, number); break;
            case ulong number: Number(header, number); break;
            case long number: Number(header, number); break;
            case double number: Number(header, number); break;
            case bool truth: Number(header, (byte)(truth ? 1 : 0)); break;
            case string text:
                byte[] bytes = Encoded(text);
                Number(header, (ulong)bytes.Length);
                header.Write(bytes);
                break;
            default: throw new ArgumentException($"A list has an item of type {value?.GetType().Name ?? "null"}.");
        }
    }

    private static byte[] Encoded(string text)
    {
        try
        {
            return StrictUtf8.GetBytes(text);
        }
        catch (EncoderFallbackException error)
        {
            throw new ArgumentException("A text has half of a surrogate pair and cannot be written as UTF-8.", error);
        }
    }

    private static void Number<T>(ArrayBufferWriter<byte> header, T value) where T : unmanaged
    {
        Span<byte> bytes = header.GetSpan(Unsafe.SizeOf<T>())[..Unsafe.SizeOf<T>()];
        MemoryMarshal.Write(bytes, in value);
        if (!BitConverter.IsLittleEndian) bytes.Reverse();
        header.Advance(bytes.Length);
    }
}
