using System.Runtime.InteropServices;
using TensorLogic.CoreML.Protobuf;
using static TensorLogic.CoreML.Protobuf.WireType;

namespace TensorLogic.CoreML.Specification.Classic;

/// <summary>Gathers a repeated field of doubles or floats, packed or single.</summary>
/// <typeparam name="T"><see cref="double"/> or <see cref="float"/>.</typeparam>
internal sealed class PackedNumbers<T> where T : unmanaged
{
    private T[] _numbers = [];
    private int _count;

    private static unsafe int Width => sizeof(T);

    public bool IsEmpty => _count == 0;

    /// <summary>Adds the numbers of the current field; true if it holds such numbers.</summary>
    public bool TryAdd(ProtobufReader reader, string field)
    {
        if (reader.Wire == Bytes)
        {
            if (reader.PayloadLength % Width != 0) throw reader.Broken($"Expected whole numbers of {Width} bytes, found {reader.PayloadLength} bytes.", field);
            Reserve(reader, reader.PayloadLength / Width, field, exact: true);
            MemoryMarshal.Cast<byte, T>(reader.Bytes(field)).CopyTo(_numbers.AsSpan(_count));
            _count += (int)(reader.PayloadLength / Width);
            return true;
        }
        if (reader.Wire != (Width == sizeof(double) ? Fixed64 : Fixed32)) return false;
        Reserve(reader, 1, field, exact: false);
        ulong bits = typeof(T) == typeof(double) ? BitConverter.DoubleToUInt64Bits(reader.Double()) : BitConverter.SingleToUInt32Bits(reader.Float());
        _numbers[_count++] = MemoryMarshal.Cast<ulong, T>([bits])[0];
        return true;
    }

    private void Reserve(ProtobufReader reader, long more, string field, bool exact)
    {
        if (_count + more <= _numbers.Length) return;
        if (_count + more > Array.MaxLength) throw new ModelLimitException(reader.Source.File, $"Number of {reader.Source.Path(reader.Depth, field)}", _count + more, Array.MaxLength);
        long size = exact ? _count + more : Math.Min(Math.Max(2L * _numbers.Length, 4), Array.MaxLength);
        reader.Source.Charge(size * Width, field);
        Array.Resize(ref _numbers, (int)size);
    }

    /// <summary>The numbers; nothing is added after.</summary>
    public T[] ToArray()
    {
        Array.Resize(ref _numbers, _count);
        return _numbers;
    }
}
