using System.Buffers.Binary;
using System.Text;

namespace TensorLogic.Formats.Gguf;

/// <summary>Reads numbers, strings and values of a GGUF header: every length is checked before it is used.</summary>
/// <remarks>The format: <see href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md"/>.</remarks>
internal ref struct GgufReader(ReadOnlySpan<byte> bytes, long fileLength, string path, LoadLimits limits)
{
    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private bool _bigEndian;
    private bool _shortLengths;
    private long _budget = limits.AllocationBytes + 2 * fileLength;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>True where numbers have their highest byte first.</summary>
    public readonly bool IsBigEndian => _bigEndian;

    /// <summary>Magic and version; decides the byte order.</summary>
    public uint Version()
    {
        if (!Take(4).SequenceEqual("GGUF"u8)) throw Broken("Expected the magic 'GGUF'.", 0);
        uint version = UInt32();
        // Versions are small: one that is small only when turned round was written the other way round.
        if ((version & 0xFFFF) == 0)
        {
            _bigEndian = true;
            version = BinaryPrimitives.ReverseEndianness(version);
        }
        if (version is < 1 or > 3) throw Broken($"Expected version 1, 2 or 3, found {version}.", 4);
        _shortLengths = version == 1;
        return version;
    }

    public uint UInt32() => _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(Take(4)) : BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => _bigEndian ? BinaryPrimitives.ReadUInt64BigEndian(Take(8)) : BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>A length: 32 bits in version 1, else 64.</summary>
    public ulong Length() => _shortLengths ? UInt32() : UInt64();

    /// <summary>A number of entries, each of at least so many bytes.</summary>
    public int Count(string what, int leastBytes)
    {
        int at = Position;
        ulong count = Length();
        if (count > (ulong)limits.Count) throw new ModelLimitException(path, what, count, limits.Count);
        if ((Int128)count * leastBytes > _bytes.Length - Position) throw Broken($"{what}: {count} do not fit into the {_bytes.Length - Position} bytes that follow.", at);
        return (int)count;
    }

    /// <summary>A string of strict UTF-8.</summary>
    public string Text(string what, int limit = int.MaxValue)
    {
        int at = Position;
        ulong length = Length();
        if (length > (ulong)limit) throw new ModelLimitException(path, $"Bytes of {what}", length, limit);
        if (length > (ulong)(_bytes.Length - Position)) throw Broken($"{what} has {length} bytes; {_bytes.Length - Position} follow.", at);
        Spend(2 * (long)length);
        try
        {
            return s_strict.GetString(Take((int)length));
        }
        catch (DecoderFallbackException)
        {
            throw Broken($"{what} is not valid UTF-8.", at);
        }
    }

    /// <summary>A metadata value: string, bool, long, ulong, double, or a list of these.</summary>
    public object Value(uint type, string key, int depth = 0)
    {
        int at = Position;
        switch (type)
        {
            case 0: return (long)Take(1)[0];
            case 1: return (long)(sbyte)Take(1)[0];
            case 2: return (long)UInt16();
            case 3: return (long)(short)UInt16();
            case 4: return (long)UInt32();
            case 5: return (long)(int)UInt32();
            case 6: return (double)BitConverter.UInt32BitsToSingle(UInt32());
            case 7: return Take(1)[0] switch { 0 => false, 1 => true, var other => throw Broken($"The truth value of '{key}' is {other}.", at) };
            case 8: return Text($"the value of '{key}'");
            case 9: return List(key, depth);
            case 10: return UInt64();
            case 11: return (long)UInt64();
            case 12: return BitConverter.UInt64BitsToDouble(UInt64());
            default: throw Broken($"The value of '{key}' has the unknown type {type}.", at);
        }
    }

    private List<object> List(string key, int depth)
    {
        if (depth >= limits.Depth) throw new ModelLimitException(path, $"Nesting of lists in '{key}'", depth + 1, limits.Depth);
        int at = Position;
        uint type = UInt32();
        if (type > 12) throw Broken($"The list '{key}' has the unknown element type {type}.", at);
        int count = Count($"Elements of '{key}'", type is 8 or 9 ? _shortLengths ? 4 : 8 : type is 0 or 1 or 7 ? 1 : type is 2 or 3 ? 2 : type is 10 or 11 or 12 ? 8 : 4);
        Spend(8L * count);
        List<object> items = [];
        for (int i = 0; i < count; i++)
        {
            if (type is not (8 or 9)) Spend(24);
            items.Add(Value(type, key, depth + 1));
        }
        return items;
    }

    private ushort UInt16() => _bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(Take(2)) : BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    private void Spend(long bytes)
    {
        _budget -= bytes;
        // Small numbers as objects take more than the file does; lists of them are bounded by their own count.
        if (_budget < -(32L * limits.Count)) throw new ModelLimitException(path, "Memory for metadata in bytes", (Int128)limits.AllocationBytes - _budget, limits.AllocationBytes);
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - Position) throw Broken($"The file ends inside its header: {count} bytes expected, {_bytes.Length - Position} left.", Position);
        ReadOnlySpan<byte> taken = _bytes.Slice(Position, count);
        Position += count;
        return taken;
    }

    public readonly ModelFormatException Broken(string problem, long at) => new(path, problem, at);
}
