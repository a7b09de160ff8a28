using System.Runtime.CompilerServices;

namespace TensorLogic.CoreML.Protobuf;

/// <summary>Reads the fields of one message in place. Unknown fields are stepped over; nothing is copied.</summary>
/// <remarks>
/// <code>
/// while (reader.Next())
///     switch (reader.Field, reader.Wire)
///     {
///         case (1, WireType.Bytes): name = reader.Name("name"); break;
///     }
/// </code>
/// Each access stays inside [start, end), which lies inside the storage: a length is compared with what is left before it is used.
/// </remarks>
internal unsafe ref struct ProtobufReader
{
    private readonly ProtobufSource _source;
    private readonly byte* _bytes;
    private readonly long _end;
    private readonly int _depth;
    private long _position;
    private long _tagStart;
    private ulong _number;

    internal ProtobufReader(ProtobufSource source, long start, long end, int depth)
    {
        _source = source;
        _bytes = source.Storage.Pointer;
        _position = start;
        _end = end;
        _depth = depth;
    }

    /// <summary>Number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>Layout of the current field. A known field in another layout is an unknown field.</summary>
    public WireType Wire { get; private set; }

    /// <summary>Offset in the file of the current field's bytes, without tag and length.</summary>
    public long PayloadStart { get; private set; }

    /// <summary>Length of the current field's bytes.</summary>
    public readonly long PayloadLength => (long)_number;

    public readonly ProtobufSource Source => _source;

    /// <summary>How deep this message lies; 0 for the outermost.</summary>
    public readonly int Depth => _depth;

    /// <summary>Goes to the next field; false at the end of the message.</summary>
    public bool Next()
    {
        if (_position >= _end) return false;
        _tagStart = _position;
        ReadTag();
        switch (Wire)
        {
            case WireType.Varint:
                _number = ReadVarint();
                break;
            case WireType.Fixed64:
                _number = ReadFixed(8);
                break;
            case WireType.Fixed32:
                _number = ReadFixed(4);
                break;
            case WireType.Bytes:
                ulong length = ReadVarint();
                if (length > (ulong)(_end - _position)) throw Broken($"Expected {length} bytes in field {Field}, found {_end - _position} left.", _tagStart);
                _number = length;
                PayloadStart = _position;
                _position += (long)length;
                break;
            case WireType.GroupStart:
                SkipGroup();
                break;
            default:
                throw Broken($"Found the end of group {Field}, which was not opened.", _tagStart);
        }
        return true;
    }

    /// <summary>The fields of the current field's message.</summary>
    /// <param name="name">Name of the field, for errors.</param>
    /// <param name="index">Index in a repeated field, or -1.</param>
    /// <exception cref="ModelLimitException">Messages nest too deep.</exception>
    public readonly ProtobufReader Message(string name, int index = -1)
    {
        if (_depth >= _source.MaxDepth) throw TooDeep();
        _source.Enter(_depth + 1, name, index);
        return new(_source, PayloadStart, PayloadStart + PayloadLength, _depth + 1);
    }

    public readonly long Int64() => (long)_number;

    public readonly ulong UInt64() => _number;

    /// <summary>An int32 or enum: the format takes any varint and keeps the low 32 bits.</summary>
    public readonly int Int32() => (int)_number;

    public readonly bool Bool() => _number != 0;

    public readonly float Float() => BitConverter.UInt32BitsToSingle((uint)_number);

    public readonly double Double() => BitConverter.UInt64BitsToDouble(_number);

    /// <summary>A name, at most <see cref="LoadLimits.NameBytes"/> long.</summary>
    public readonly string Name(string field)
    {
        if (PayloadLength > _source.Limits.NameBytes)
            throw new ModelLimitException(_source.File, $"Bytes of {_source.Path(_depth, field)}", PayloadLength, _source.Limits.NameBytes);
        return Text(field);
    }

    /// <summary>A string.</summary>
    public readonly string Text(string field) =>
        _source.Decode(Bytes(field)) ?? throw Broken("Expected UTF-8 text, found other bytes.", PayloadStart, field);

    /// <summary>The current field's bytes.</summary>
    public readonly ReadOnlySpan<byte> Bytes(string field)
    {
        if (PayloadLength > int.MaxValue) throw new ModelLimitException(_source.File, $"Bytes of {_source.Path(_depth, field)}", PayloadLength, int.MaxValue);
        return _source.Span(PayloadStart, PayloadLength);
    }

    /// <summary>Adds the numbers of a repeated integer field, packed or single.</summary>
    public readonly void AddIntegers(List<long> numbers, string field)
    {
        if (Wire == WireType.Varint)
        {
            Grow(numbers.Count, field);
            numbers.Add(Int64());
            return;
        }
        AddIntegers(PayloadStart, PayloadLength, numbers, field);
    }

    /// <summary>Adds packed integers that an earlier field of this message held.</summary>
    public readonly void AddIntegers(long start, long length, List<long> numbers, string field)
    {
        ProtobufReader packed = new(_source, start, start + length, _depth);
        while (packed._position < packed._end)
        {
            Grow(numbers.Count, field);
            numbers.Add((long)packed.ReadVarint());
        }
    }

    private readonly void Grow(int count, string field)
    {
        if (count >= _source.Limits.Count) throw new ModelLimitException(_source.File, $"Number of {_source.Path(_depth, field)}", (Int128)count + 1, _source.Limits.Count);
        _source.Charge(sizeof(long), field);
    }

    /// <summary>The number of varints in the current field's bytes.</summary>
    public readonly long CountVarints()
    {
        ProtobufReader packed = new(_source, PayloadStart, PayloadStart + PayloadLength, _depth);
        long count = 0;
        for (; packed._position < packed._end; count++) packed.ReadVarint();
        return count;
    }

    /// <summary>An error at the current field.</summary>
    public readonly ModelFormatException Broken(string problem, string? field = null) => Broken(problem, _tagStart, field);

    private readonly ModelFormatException Broken(string problem, long offset, string? field = null) => new(_source.File, problem, offset, _source.Path(_depth, field));

    private readonly ModelLimitException TooDeep() => new(_source.File, $"Nesting depth of {_source.Path(_depth, null)}", (Int128)_depth + 1, _source.MaxDepth);

    private void ReadTag()
    {
        long start = _position;
        ulong tag = ReadVarint();
        Field = (int)(tag >> 3);
        Wire = (WireType)(tag & 7);
        if (tag > uint.MaxValue || Field == 0) throw Broken($"Expected a field number of 1 to 536870911, found {tag >> 3}.", start);
        if (Wire > WireType.Fixed32) throw Broken($"Expected a wire type of 0 to 5, found {(int)Wire}.", start);
    }

    private ulong ReadVarint()
    {
        long start = _position;
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (_position >= _end) throw Broken("Expected a number, found the end of the message.", start);
            byte part = _bytes[_position++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }
        throw Broken("Expected a number of at most ten bytes, found a longer one.", start);
    }

    private ulong ReadFixed(int size)
    {
        if (_end - _position < size) throw Broken($"Expected {size} bytes, found {_end - _position} left.", _position);
        ulong value = size == 8 ? Unsafe.ReadUnaligned<ulong>(_bytes + _position) : Unsafe.ReadUnaligned<uint>(_bytes + _position);
        _position += size;
        return value;
    }

    /// <summary>Steps over a group with the groups in it, without recursion.</summary>
    private void SkipGroup()
    {
        int outer = Field;
        Span<int> open = stackalloc int[Math.Min(_source.MaxDepth, 256)];
        int depth = 0;
        open[depth++] = outer;
        while (depth > 0)
        {
            long start = _position;
            if (_position >= _end) throw Broken($"Expected the end of group {open[depth - 1]}, found the end of the message.", start);
            ReadTag();
            switch (Wire)
            {
                case WireType.Varint:
                    ReadVarint();
                    break;
                case WireType.Fixed64:
                    ReadFixed(8);
                    break;
                case WireType.Fixed32:
                    ReadFixed(4);
                    break;
                case WireType.Bytes:
                    ulong length = ReadVarint();
                    if (length > (ulong)(_end - _position)) throw Broken($"Expected {length} bytes in field {Field}, found {_end - _position} left.", start);
                    _position += (long)length;
                    break;
                case WireType.GroupStart:
                    if (depth >= open.Length || _depth + depth >= _source.MaxDepth) throw TooDeep();
                    open[depth++] = Field;
                    break;
                default:
                    if (Field != open[depth - 1]) throw Broken($"Expected the end of group {open[depth - 1]}, found the end of group {Field}.", start);
                    depth--;
                    break;
            }
        }
        (Field, Wire) = (outer, WireType.GroupStart);
    }
}
