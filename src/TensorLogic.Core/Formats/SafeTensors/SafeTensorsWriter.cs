using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace TensorLogic.Formats.SafeTensors;

/// <summary>Writes a file byte for byte as the reference implementation lays it out.</summary>
/// <remarks>Tensors are sorted by element type (last of <see cref="SafeTensorsDtype.All"/> first, which aligns them), then by the UTF-8 bytes
/// of their names; <c>__metadata__</c> stands first; the header is compact JSON, padded with spaces to a multiple of 8.</remarks>
internal static class SafeTensorsWriter
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private sealed record Entry(byte[] Name, SafeTensorsDtype Dtype, Tensor Tensor);

    public static void Write(
        Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata)
    {
        List<Entry> items = Sorted(tensors);
        ArrayBufferWriter<byte> header = Header(items, metadata);
        Span<byte> length = stackalloc byte[SafeTensorsLimits.LengthBytes];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.WrittenCount);
        stream.Write(length);
        stream.Write(header.WrittenSpan);
        foreach (Entry item in items) TensorData.Write(stream, item.Tensor);
    }

    private static List<Entry> Sorted(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        var items = new List<Entry>();
        foreach ((string name, Tensor tensor) in tensors)
        {
            if (name is null) throw new ArgumentException("A tensor has no name.", nameof(tensors));
            if (tensor is null) throw new ArgumentException($"There is no tensor under the name '{name}'.", nameof(tensors));
            if (name == "__metadata__") throw new ArgumentException("The name '__metadata__' is the format's own; rename the tensor.", nameof(tensors));
            SafeTensorsDtype dtype = SafeTensorsDtype.Of(tensor.ElementType)
                ?? throw new ArgumentException($"SafeTensors has no element type for {tensor.ElementType.Name}. Convert the tensor '{name}' with To.", nameof(tensors));
            if (tensor.ElementCount * tensor.ElementType.Bits % 8 != 0)
                throw new ArgumentException($"The tensor '{name}' {tensor} does not fill whole bytes, which SafeTensors requires.", nameof(tensors));
            items.Add(new(Encoded(name, nameof(tensors)), dtype, tensor));
        }
        items.Sort(Order);
        for (int i = 1; i < items.Count; i++)
            if (Order(items[i - 1], items[i]) == 0)
                throw Twice(items[i].Name, nameof(tensors));
        return items;
    }

    private static int Order(Entry x, Entry y) =>
        x.Dtype.Rank != y.Dtype.Rank ? y.Dtype.Rank.CompareTo(x.Dtype.Rank) : x.Name.AsSpan().SequenceCompareTo(y.Name);

    private static ArrayBufferWriter<byte> Header(List<Entry> items, IEnumerable<KeyValuePair<string, string>>? metadata)
    {
        var header = new ArrayBufferWriter<byte>(1024);
        header.Write("{"u8);
        if (metadata is not null) WriteMetadata(header, metadata);
        var names = new HashSet<string>(StringComparer.Ordinal);
        long start = 0;
        foreach (Entry item in items)
        {
            if (!names.Add(Encoding.UTF8.GetString(item.Name))) throw Twice(item.Name, "tensors");
            long end = start + item.Tensor.ByteCount;
            if (header.WrittenCount > 1) header.Write(","u8);
            WriteString(header, item.Name);
            WriteText(header, $":{{\"dtype\":\"{item.Dtype.Name}\",\"shape\":[{string.Join(',', item.Tensor.Shape)}],\"data_offsets\":[{start},{end}]}}");
            RequireRoom(header);
            start = end;
        }
        header.Write("}"u8);
        while (header.WrittenCount % 8 != 0) header.Write(" "u8);
        RequireRoom(header);
        return header;
    }

    private static void WriteMetadata(ArrayBufferWriter<byte> header, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        header.Write("\"__metadata__\":{"u8);
        foreach ((string key, string value) in metadata)
        {
            if (key is null || value is null) throw new ArgumentException($"A key or value of the metadata is null (key: '{key}').", nameof(metadata));
            if (!keys.Add(key)) throw new ArgumentException($"The metadata key '{key}' is given twice.", nameof(metadata));
            if (keys.Count > 1) header.Write(","u8);
            WriteString(header, Encoded(key, nameof(metadata)));
            header.Write(":"u8);
            WriteString(header, Encoded(value, nameof(metadata)));
            RequireRoom(header);
        }
        header.Write("}"u8);
    }

    /// <summary>Escapes as serde_json does: the two that JSON requires, the five short ones, other control characters by number.</summary>
    private static void WriteString(ArrayBufferWriter<byte> header, ReadOnlySpan<byte> text)
    {
        header.Write("\""u8);
        while (true)
        {
            int plain = text.IndexOfAny(MustEscape);
            header.Write(plain < 0 ? text : text[..plain]);
            if (plain < 0) break;
            switch (text[plain])
            {
                case (byte)'"': header.Write("\\\""u8); break;
                case (byte)'\\': header.Write("\\\\"u8); break;
                case (byte)'\b': header.Write("\\b"u8); break;
                case (byte)'\t': header.Write("\\t"u8); break;
                case (byte)'\n': header.Write("\\n"u8); break;
                case (byte)'\f': header.Write("\\f"u8); break;
                case (byte)'\r': header.Write("\\r"u8); break;
                default: WriteText(header, $"\\u{text[plain]:x4}"); break;
            }
            text = text[(plain + 1)..];
        }
        header.Write("\""u8);
    }

    private static readonly SearchValues<byte> MustEscape = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(code => (byte)code), (byte)'"', (byte)'\\']);

    private static void WriteText(ArrayBufferWriter<byte> header, FormattableString text) =>
        Encoding.UTF8.GetBytes(text.ToString(CultureInfo.InvariantCulture), header);

    private static byte[] Encoded(string text, string parameter)
    {
        try
        {
            return StrictUtf8.GetBytes(text);
        }
        catch (EncoderFallbackException error)
        {
            throw new ArgumentException("A text has half of a surrogate pair and cannot be written as UTF-8.", parameter, error);
        }
    }

    private static ArgumentException Twice(byte[] name, string parameter) =>
        new($"Two tensors are named '{Encoding.UTF8.GetString(name)}'.", parameter);

    private static void RequireRoom(ArrayBufferWriter<byte> header)
    {
        if (header.WrittenCount > SafeTensorsLimits.HeaderBytes)
            throw new ArgumentException($"Names and metadata need a header of more than {SafeTensorsLimits.HeaderBytes} bytes, which the format does not allow.");
    }
}
