using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace TensorLogic.CoreML.Protobuf;

/// <summary>Writes one message; messages inside it are written first and put in as a whole.</summary>
internal sealed class ProtobufWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public ProtobufWriter Integer(int field, long value)
    {
        Tag(field, WireType.Varint);
        Varint(unchecked((ulong)value));
        return this;
    }

    public ProtobufWriter Number(int field, float value)
    {
        Tag(field, WireType.Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(_bytes.GetSpan(sizeof(float)), value);
        _bytes.Advance(sizeof(float));
        return this;
    }

    /// <summary>A repeated field of integers, packed.</summary>
    public ProtobufWriter Integers(int field, params ReadOnlySpan<int> values)
    {
        ProtobufWriter packed = new();
        foreach (int value in values) packed.Varint(unchecked((ulong)(long)value));
        return Bytes(field, packed.Written);
    }

    /// <summary>A repeated field of floats, packed.</summary>
    public ProtobufWriter Numbers(int field, params ReadOnlySpan<float> values)
    {
        Tag(field, WireType.Bytes);
        Varint((ulong)values.Length * sizeof(float));
        foreach (float value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(_bytes.GetSpan(sizeof(float)), value);
            _bytes.Advance(sizeof(float));
        }
        return this;
    }

    public ProtobufWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtobufWriter Message(int field, ProtobufWriter message) => Bytes(field, message.Written);

    public ProtobufWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, WireType.Bytes);
        Varint((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    /// <summary>The message in memory, to be read like one in a file.</summary>
    public unsafe TensorStorage ToStorage()
    {
        TensorStorage storage = TensorStorage.Allocate(Math.Max(Written.Length, 1), zero: false);
        // In bounds: the storage has at least so many bytes.
        Written.CopyTo(new Span<byte>(storage.Pointer, Written.Length));
        return storage;
    }

    private void Tag(int field, WireType wire) => Varint((ulong)field << 3 | (uint)wire);

    private void Varint(ulong value)
    {
        Span<byte> span = _bytes.GetSpan(10);
        int length = 0;
        for (; value >= 0x80; value >>= 7) span[length++] = (byte)(value | 0x80);
        span[length++] = (byte)value;
        _bytes.Advance(length);
    }
}
