using System.Runtime.InteropServices;
using TensorLogic.CoreML.Protobuf;
using static TensorLogic.CoreML.Protobuf.WireType;

namespace TensorLogic.CoreML.Specification;

/// <summary>Reads the <c>WeightParams</c> messages of neural networks. The elements stay in the file.</summary>
internal static class WeightReader
{
    private const int RecordBytes = 256;

    /// <summary>The weights of a message, or null if it has none.</summary>
    public static WeightSpecification? Read(ProtobufReader reader, string field)
    {
        (long Start, long Length)? floats = null, halves = null, raw = null, signed = null;
        List<float>? gathered = null;
        QuantizationParams? quantization = null;
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Bytes) when floats is null && gathered is null:
                    if (reader.PayloadLength % sizeof(float) != 0) throw reader.Broken($"Expected whole 32-bit floats, found {reader.PayloadLength} bytes.", "floatValue");
                    if (reader.PayloadLength > 0) floats = (reader.PayloadStart, reader.PayloadLength);
                    break;
                case (1, Bytes or Fixed32):
                    gathered ??= Floats(reader, floats);
                    floats = null;
                    AddFloats(gathered, reader, "floatValue");
                    break;
                case (2, Bytes): halves = Payload(reader); break;
                case (30, Bytes): raw = Payload(reader); break;
                case (31, Bytes): signed = Payload(reader); break;
                case (40, Bytes): quantization = Quantization(reader.Message("quantization")); break;
            }
        reader.Source.Charge(RecordBytes, "weights");
        ProtobufSource source = reader.Source;
        if (gathered is not null) return new(field, new("F32"), gathered.Count * 4L, gathered.Count, () => Tensor.FromSpan<float>(CollectionsMarshal.AsSpan(gathered), [gathered.Count]));
        if (floats is { } f) return Plain(source, field, ElementType.Float32, f);
        if (halves is { } h)
        {
            if (h.Length % 2 != 0) throw reader.Broken($"Expected whole 16-bit floats, found {h.Length} bytes.", "float16Value");
            return Plain(source, field, ElementType.Float16, h);
        }
        if (raw is { } codes) return Quantized(reader, field, codes, quantization ?? throw reader.Broken("Expected how the raw values are quantised, found nothing.", "quantization"));
        if (signed is not { } bytes) return null;
        return quantization is { Table: null } scaled ? Quantized(reader, field, bytes, scaled with { Bits = 8, IsSigned = true }) : Plain(source, field, ElementType.Int8, bytes);
    }

    private sealed record QuantizationParams(int Bits, List<float>? Scale, List<float>? Bias, List<float>? Table, bool IsSigned = false);

    private static (long, long)? Payload(ProtobufReader reader) => reader.PayloadLength == 0 ? null : (reader.PayloadStart, reader.PayloadLength);

    private static WeightSpecification Plain(ProtobufSource source, string field, ElementType type, (long Start, long Length) place)
    {
        long count = place.Length * 8 / type.Bits;
        return new(field, TensorLogic.Quantization.Of(type), place.Length, count, () => Tensor.View(source.Storage, place.Start, type, [Size(source, count)]));
    }

    private static int Size(ProtobufSource source, long count) =>
        count <= int.MaxValue ? (int)count : throw new ModelLimitException(source.File, "Size of an axis", count, int.MaxValue);

    private static WeightSpecification Quantized(ProtobufReader reader, string field, (long Start, long Length) place, QuantizationParams how)
    {
        if (how.Table is { } table && table.Count != 1 << how.Bits) throw reader.Broken($"Expected a table of {1 << how.Bits} values for {how.Bits} bits, found {table.Count}.", "quantization.lookupTableQuantization");
        long count = place.Length * 8 / how.Bits;
        long bytes = place.Length + sizeof(float) * ((how.Table?.Count ?? 0) + (how.Scale?.Count ?? 0) + (how.Bias?.Count ?? 0));
        Quantization storage = new(how.Table is not null ? $"Palettized{how.Bits}" : how.IsSigned ? "Int8" : $"UInt{how.Bits}");
        ProtobufSource source = reader.Source;
        // Scales and biases are given once, or once for each of as many equal blocks (output channels).
        int blocks = Math.Max(Math.Max(how.Scale?.Count ?? 0, how.Bias?.Count ?? 0), 1);
        return new(field, storage, bytes, count, () => Decompress(source, place, how, count, 1, blocks, Math.Max(1, (count + blocks - 1) / blocks)))
        {
            Decompress = layout => Decompress(source, place, how, (long)layout.Outer * layout.Channels * layout.Inner, layout.Outer, layout.Channels, layout.Inner),
        };
    }

    private static Tensor<float> Decompress(ProtobufSource source, (long Start, long Length) place, QuantizationParams how, long count, int outer, int channels, long inner)
    {
        if (count > place.Length * 8 / how.Bits || outer < 1) throw new ModelFormatException(source.File, $"Expected {count} codes of {how.Bits} bits, found {place.Length} bytes.");
        foreach (List<float>? list in (List<float>?[])[how.Scale, how.Bias])
            if (list is { Count: > 1 } && list.Count != channels) throw new ModelFormatException(source.File, $"Expected one scale and bias, or one for each of {channels} channels, found {list.Count}.");
        Tensor<float> result = Tensor<float>.Create([Size(source, count)]);
        source.Storage.AddReference();
        try
        {
            ReadOnlySpan<byte> codes = source.Span(place.Start, Math.Min(place.Length, int.MaxValue));
            Span<float> values = result.Span;
            float[] scales = PerChannel(how.Scale, channels, 1), biases = PerChannel(how.Bias, channels, 0);
            for (long i = 0; i < count; i++)
            {
                int code = how.IsSigned ? (sbyte)codes[(int)i] : Code(codes, i * how.Bits, how.Bits);
                int channel = (int)(i / inner % channels);
                values[(int)i] = how.Table is { } table ? table[code] : code * scales[channel] + biases[channel];
            }
            return result;
        }
        finally
        {
            source.Storage.Release();
        }
    }

    private static float[] PerChannel(List<float>? given, int channels, float otherwise)
    {
        if (given is { Count: > 1 }) return [.. given];
        var all = new float[channels];
        Array.Fill(all, given is [var only] ? only : otherwise);
        return all;
    }

    /// <summary>A code of 1 to 8 bits; codes follow one another from the highest bit of each byte.</summary>
    private static int Code(ReadOnlySpan<byte> codes, long bit, int bits)
    {
        int at = (int)(bit >> 3);
        int two = codes[at] << 8 | (at + 1 < codes.Length ? codes[at + 1] : 0);
        return two >> (16 - (int)(bit & 7) - bits) & ((1 << bits) - 1);
    }

    private static QuantizationParams Quantization(ProtobufReader reader)
    {
        ulong bits = 0;
        List<float>? scale = null, bias = null, table = null;
        while (reader.Next())
            switch (reader.Field, reader.Wire)
            {
                case (1, Varint): bits = reader.UInt64(); break;
                case (101, Bytes):
                    ProtobufReader linear = reader.Message("linearQuantization");
                    table = null;
                    while (linear.Next())
                        if (linear.Field is 1 or 2 && linear.Wire is Bytes or Fixed32)
                            AddFloats(linear.Field == 1 ? scale ??= [] : bias ??= [], linear, linear.Field == 1 ? "scale" : "bias");
                    break;
                case (102, Bytes):
                    ProtobufReader lookup = reader.Message("lookupTableQuantization");
                    table ??= [];
                    while (lookup.Next())
                        if (lookup.Field == 1 && lookup.Wire is Bytes or Fixed32)
                            AddFloats(table, lookup, "floatValue");
                    break;
            }
        if (bits is < 1 or > 8) throw reader.Broken($"Expected 1 to 8 bits, found {bits}.", "numberOfBits");
        return new((int)bits, scale, bias, table);
    }

    private static List<float> Floats(ProtobufReader reader, (long Start, long Length)? earlier)
    {
        List<float> gathered = [];
        if (earlier is not (long start, long length)) return gathered;
        reader.Source.Charge(length, "weights");
        gathered.AddRange(MemoryMarshal.Cast<byte, float>(reader.Source.Span(start, length)));
        return gathered;
    }

    public static void AddFloats(List<float> floats, ProtobufReader reader, string field)
    {
        if (reader.Wire == Fixed32)
        {
            reader.Source.Charge(sizeof(float), field);
            floats.Add(reader.Float());
            return;
        }
        if (reader.PayloadLength % sizeof(float) != 0) throw reader.Broken($"Expected whole 32-bit floats, found {reader.PayloadLength} bytes.", field);
        reader.Source.Charge(reader.PayloadLength, field);
        floats.AddRange(MemoryMarshal.Cast<byte, float>(reader.Bytes(field)));
    }
}
