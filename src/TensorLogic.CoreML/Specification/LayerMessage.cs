using System.Runtime.InteropServices;
using TensorLogic.CoreML.Protobuf;
using static TensorLogic.CoreML.Protobuf.WireType;

namespace TensorLogic.CoreML.Specification;

/// <summary>The fields of a layer's message by number: what a layer is told besides its inputs and weights.</summary>
/// <remarks>A field in another layout than asked for counts as absent, and an absent one has the format's default: 0, false or empty.</remarks>
internal sealed class LayerMessage
{
    private const int PartBytes = 48;

    private readonly ProtobufSource? _source;
    private readonly string _path;
    private readonly Dictionary<int, List<Part>> _fields = [];
    private int _count;

    private LayerMessage(ProtobufSource? source, string path) => (_source, _path) = (source, path);

    private readonly record struct Part(int Order, WireType Wire, ulong Number, long Start);

    /// <summary>Reads the parts of one message.</summary>
    public static LayerMessage Read(LayerContent? content, string path)
    {
        LayerMessage message = new(content?.Source, path);
        foreach ((long start, long length) in content?.Parts ?? []) message.Add(start, length);
        return message;
    }

    private void Add(long start, long length)
    {
        ProtobufReader reader = _source!.Read(start, start + length, _path);
        while (reader.Next())
        {
            if (reader.Wire is GroupStart) continue;
            _source.Charge(PartBytes, "layer parameters");
            if (!_fields.TryGetValue(reader.Field, out List<Part>? parts)) _fields[reader.Field] = parts = [];
            parts.Add(new(_count++, reader.Wire, reader.UInt64(), reader.PayloadStart));
        }
    }

    public bool Has(int field) => _fields.ContainsKey(field);

    /// <summary>The field of a oneof that is set, which is the one that came last; 0 if none is.</summary>
    public int OneOf(params ReadOnlySpan<int> fields)
    {
        (int found, int order) = (0, -1);
        foreach (int field in fields)
            if (_fields.TryGetValue(field, out List<Part>? parts) && parts[^1].Order > order) (found, order) = (field, parts[^1].Order);
        return found;
    }

    public float Number(int field) => Last(field, Fixed32) is { } part ? BitConverter.UInt32BitsToSingle((uint)part.Number) : 0;

    /// <summary>A number for which 0 stands for another value.</summary>
    public float Number(int field, float zero) => Number(field) is var number && number == 0 ? zero : number;

    public double Double(int field) => Last(field, Fixed64) is { } part ? BitConverter.UInt64BitsToDouble(part.Number) : 0;

    public long Integer(int field) => (long)(Last(field, Varint)?.Number ?? 0);

    /// <summary>An integer that fits 32 bits.</summary>
    /// <exception cref="ModelFormatException">It does not.</exception>
    public int Int32(int field, string name) => Narrow(Integer(field), name);

    public bool Flag(int field) => Integer(field) != 0;

    public string Text(int field) => Last(field, Bytes) is { } part ? _source!.Decode(Span(part)) ?? throw Broken("Expected UTF-8 text, found other bytes.") : "";

    /// <summary>The integers of a repeated field, packed or not; those beyond 32 bits are cut to the nearest.</summary>
    public int[] Integers(int field, string name)
    {
        List<long> numbers = [];
        foreach (Part part in Parts(field))
        {
            ProtobufReader reader = _source!.Read(0, 0, _path);
            if (part.Wire == Varint) numbers.Add((long)part.Number);
            else if (part.Wire == Bytes) reader.AddIntegers(part.Start, (long)part.Number, numbers, name);
        }
        return [.. numbers.Select(number => (int)Math.Clamp(number, int.MinValue, int.MaxValue))];
    }

    /// <summary>The floats of a repeated field, packed or not.</summary>
    public float[] Numbers(int field, string name)
    {
        List<float> numbers = [];
        foreach (Part part in Parts(field))
        {
            if (part.Wire == Fixed32) numbers.Add(BitConverter.UInt32BitsToSingle((uint)part.Number));
            if (part.Wire != Bytes) continue;
            if (part.Number % sizeof(float) != 0) throw Broken($"Expected whole 32-bit floats in '{name}', found {part.Number} bytes.");
            _source!.Charge((long)part.Number, name);
            numbers.AddRange(MemoryMarshal.Cast<byte, float>(Span(part)));
        }
        return [.. numbers];
    }

    /// <summary>A message in this one, its parts as one; without fields if it is absent.</summary>
    public LayerMessage Message(int field, string name)
    {
        LayerMessage message = new(_source, $"{_path}.{name}");
        foreach (Part part in Parts(field))
            if (part.Wire == Bytes) message.Add(part.Start, (long)part.Number);
        return message;
    }

    /// <summary>The messages of a repeated field.</summary>
    public IReadOnlyList<LayerMessage> Messages(int field, string name)
    {
        List<LayerMessage> messages = [];
        foreach (Part part in Parts(field).Where(part => part.Wire == Bytes))
        {
            LayerMessage message = new(_source, $"{_path}.{name}[{messages.Count}]");
            message.Add(part.Start, (long)part.Number);
            messages.Add(message);
        }
        return messages;
    }

    private int Narrow(long number, string name) => number is >= int.MinValue and <= int.MaxValue ? (int)number : throw Broken($"Expected a 32-bit integer as '{name}', found {number}.");

    private List<Part> Parts(int field) => _fields.TryGetValue(field, out List<Part>? parts) ? parts : [];

    private Part? Last(int field, WireType wire)
    {
        List<Part> parts = Parts(field);
        for (int i = parts.Count - 1; i >= 0; i--)
            if (parts[i].Wire == wire) return parts[i];
        return null;
    }

    private ReadOnlySpan<byte> Span(Part part) => part.Number <= int.MaxValue
        ? _source!.Span(part.Start, (long)part.Number)
        : throw new ModelLimitException(_source!.File, $"Bytes of {_path}", part.Number, int.MaxValue);

    private ModelFormatException Broken(string problem) => new(_source?.File ?? "", problem, field: _path);
}
