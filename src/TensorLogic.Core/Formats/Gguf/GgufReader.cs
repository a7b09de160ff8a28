using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace TensorLogic.Formats.Gguf;

/// <summary>Reads numbers, texts and values of a header, under a budget of memory and depth, with the position in every error.</summary>
internal ref struct GgufReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly long _fileLength;
    private readonly string _file;
    private readonly LoadLimits _limits;
    private bool _hasShortLengths;
    private long _budget;

    /// <param name="bytes">The file from its first byte, as much of it as a span can hold.</param>
    /// <param name="fileLength">Length of the whole file.</param>
    /// <param name="file">Path, for messages.</param>
    /// <param name="limits">Bounds.</param>
    public GgufReader(ReadOnlySpan<byte> bytes, long fileLength, string file, LoadLimits limits)
    {
        _bytes = bytes;
        (_fileLength, _file, _limits) = (fileLength, file, limits);
        _budget = (long)Int128.Min(2 * (Int128)fileLength + limits.AllocationBytes, long.MaxValue);
    }

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>True where numbers have their highest byte first.</summary>
    public bool IsBigEndian { get; private set; }

    /// <summary>What is being read, for messages: a metadata key or a tensor's name.</summary>
    public string? Field { get; set; }

    /// <summary>Bytes of a length: 4 in version 1, else 8.</summary>
    public readonly int LengthBytes => _hasShortLengths ? sizeof(uint) : sizeof(ulong);

    private readonly int Left => _bytes.Length - Position;

    /// <summary>Magic and version, which decides the byte order.</summary>
    public int Version()
    {
        if (!Take(GgufFormat.Magic.Length, "the magic number").SequenceEqual(GgufFormat.Magic))
            throw Broken("Expected \"GGUF\" in the first four bytes.", 0, "This is another format, or the file has bytes in front: fetch it again.");
        int at = Position;
        uint version = UInt32("the version");
        // Versions are small numbers: one that is small only when turned round was written the other way round.
        if ((version & 0xffff) == 0)
        {
            IsBigEndian = true;
            version = BinaryPrimitives.ReverseEndianness(version);
        }
        if (version is < 1 or > GgufLimits.Version)
            throw Broken($"Expected version 1 to {GgufLimits.Version}, found {version}.", at, "A newer release of the library may read it; else the file is damaged.");
        _hasShortLengths = version == 1;
        return (int)version;
    }

    public uint UInt32(string what)
    {
        ReadOnlySpan<byte> bytes = Take(sizeof(uint), what);
        return IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public ulong UInt64(string what)
    {
        ReadOnlySpan<byte> bytes = Take(sizeof(ulong), what);
        return IsBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>A length, count or size.</summary>
    public ulong Length(string what) => _hasShortLengths ? UInt32(what) : UInt64(what);

    /// <summary>A number of things of which each takes so many bytes of the file at least.</summary>
    public int Count(string what, int leastBytes, int limit)
    {
        int at = Position;
        ulong count = Length(what);
        if (count > (ulong)(Left / leastBytes))
            throw Broken($"{what}: {count}, which take {(UInt128)count * (uint)leastBytes} bytes or more, but {Left} bytes are left.", at, CutShort);
        if (count > (ulong)limit) throw Limit(what, count, limit);
        return (int)count;
    }

    /// <summary>A text of valid UTF-8.</summary>
    public string Text(string what, int limit)
    {
        int at = Position;
        ulong length = Length("a length");
        if (length > (ulong)Left) throw Broken($"Expected {what} of {length} bytes, but {Left} bytes are left.", at, CutShort);
        if (length > (ulong)limit) throw Limit($"Bytes of {what}", length, limit);
        ReadOnlySpan<byte> text = Take((int)length, what);
        if (!Utf8.IsValid(text)) throw Broken($"Expected {what} in UTF-8, found bytes that are none.", at);
        Charge(GgufLimits.TextCost + sizeof(char) * (long)text.Length);
        return Encoding.UTF8.GetString(text);
    }

    /// <summary>A metadata value in the file's own type: a number, bool or text, or a list: <see cref="ImmutableArray{T}"/> of that type, of <see cref="object"/> for lists of lists.</summary>
    public object Value(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 => Take(1, "a value")[0],
        GgufValueType.Int8 => (sbyte)Take(1, "a value")[0],
        GgufValueType.UInt16 => UInt16(),
        GgufValueType.Int16 => (short)UInt16(),
        GgufValueType.UInt32 => UInt32("a value"),
        GgufValueType.Int32 => (int)UInt32("a value"),
        GgufValueType.Float32 => BitConverter.UInt32BitsToSingle(UInt32("a value")),
        GgufValueType.Bool => Bools(1)[0],
        GgufValueType.String => Text("a value", int.MaxValue),
        GgufValueType.Array => List(1),
        GgufValueType.UInt64 => UInt64("a value"),
        GgufValueType.Int64 => (long)UInt64("a value"),
        GgufValueType.Float64 => BitConverter.UInt64BitsToDouble(UInt64("a value")),
        _ => throw Broken($"Expected a value type up to {(uint)GgufValueType.Float64}, found {(uint)type}.", Position - sizeof(uint)),
    };

    private object List(int depth)
    {
        if (depth > _limits.Depth) throw Limit($"Depth of the lists in '{Field}'", depth, _limits.Depth);
        int at = Position;
        GgufValueType type = (GgufValueType)UInt32("the element type of a list");
        if (!GgufValueTypes.IsKnown(type)) throw Broken($"Expected an element type up to {(uint)GgufValueType.Float64}, found {(uint)type}.", at);
        int count = Count("Number of items of a list", GgufValueTypes.LeastBytes(type, LengthBytes), int.MaxValue);
        Charge(GgufLimits.ListCost);
        return type switch
        {
            GgufValueType.UInt8 => Numbers<byte>(count),
            GgufValueType.Int8 => Numbers<sbyte>(count),
            GgufValueType.UInt16 => Numbers<ushort>(count),
            GgufValueType.Int16 => Numbers<short>(count),
            GgufValueType.UInt32 => Numbers<uint>(count),
            GgufValueType.Int32 => Numbers<int>(count),
            GgufValueType.Float32 => Numbers<float>(count),
            GgufValueType.Bool => ImmutableCollectionsMarshal.AsImmutableArray(Bools(count)),
            GgufValueType.String => Texts(count),
            GgufValueType.Array => Lists(count, depth + 1),
            GgufValueType.UInt64 => Numbers<ulong>(count),
            GgufValueType.Int64 => Numbers<long>(count),
            _ => Numbers<double>(count),
        };
    }

    private ImmutableArray<string> Texts(int count)
    {
        Charge((long)count * IntPtr.Size);
        var items = new string[count];
        for (int i = 0; i < count; i++) items[i] = Text("a text of a list", int.MaxValue);
        return ImmutableCollectionsMarshal.AsImmutableArray(items);
    }

    private ImmutableArray<object> Lists(int count, int depth)
    {
        Charge((long)count * IntPtr.Size);
        var items = new object[count];
        for (int i = 0; i < count; i++) items[i] = List(depth);
        return ImmutableCollectionsMarshal.AsImmutableArray(items);
    }

    private bool[] Bools(int count)
    {
        int at = Position;
        ReadOnlySpan<byte> bytes = Take(count, "a truth value");
        int wrong = bytes.IndexOfAnyExceptInRange<byte>(0, 1);
        if (wrong >= 0) throw Broken($"Expected a truth value of 0 or 1, found {bytes[wrong]}.", at + wrong);
        Charge(count);
        return MemoryMarshal.Cast<byte, bool>(bytes).ToArray();
    }

    // Whole elements: Count has compared the number with what is left.
    private ImmutableArray<T> Numbers<T>(int count) where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        Charge((long)count * size);
        T[] items = MemoryMarshal.Cast<byte, T>(Take(count * size, "a list")).ToArray();
        if (IsBigEndian == BitConverter.IsLittleEndian) ByteOrder.Turn(MemoryMarshal.AsBytes(items.AsSpan()), size);
        return ImmutableCollectionsMarshal.AsImmutableArray(items);
    }

    private ushort UInt16()
    {
        ReadOnlySpan<byte> bytes = Take(sizeof(ushort), "a value");
        return IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    /// <summary>Takes memory from the budget before it is allocated.</summary>
    public void Charge(long bytes)
    {
        _budget -= bytes;
        if (_budget < 0)
            throw Limit("Bytes of memory to describe the file", _limits.AllocationBytes - (Int128)_budget, _limits.AllocationBytes);
    }

    private ReadOnlySpan<byte> Take(int count, string what)
    {
        if (count > Left)
        {
            if (_bytes.Length < _fileLength) throw Limit("Bytes of the header", _fileLength, _bytes.Length);
            throw Broken($"Expected {what} of {count} bytes, but {Left} bytes are left.", Position, CutShort);
        }
        ReadOnlySpan<byte> taken = _bytes.Slice(Position, count);
        Position += count;
        return taken;
    }

    /// <summary>What to do about a file that ends too early.</summary>
    public const string CutShort = "The file is cut short or a length in it is damaged: fetch it again.";

    public readonly ModelFormatException Broken(string problem, long at, string remedy = "The file is damaged, or its writer is at fault: fetch it again, or convert the model anew.") =>
        new(_file, problem, at, Field) { Remedy = remedy };

    public readonly ModelLimitException Limit(string what, Int128 found, Int128 limit) => new($"{_file}{(Field is null ? "" : $" > {Field}")}, byte {Position}", what, found, limit)
    {
        Remedy = "The file is damaged or hostile; if it is to be trusted, raise LoadLimits.",
    };
}
