using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;

namespace TensorLogic.Formats.SafeTensors;

/// <summary>Reads and checks a header. Stricter than the reference in one thing: it refuses names given twice, as the format text asks.</summary>
internal ref struct SafeTensorsReader
{
    private readonly string _file;
    private readonly long _dataStart, _dataLength;
    private readonly List<long> _sizes = [];
    private HeaderJson _json;

    private SafeTensorsReader(ReadOnlySpan<byte> header, string file, long fileLength, LoadLimits limits)
    {
        _file = file;
        _dataStart = SafeTensorsLimits.LengthBytes + header.Length;
        _dataLength = fileLength - _dataStart;
        _json = new(header, file, SafeTensorsLimits.LengthBytes, fileLength, limits);
    }

    /// <summary>Reads the header of a file.</summary>
    /// <param name="start">The file from its first byte; the data may be missing.</param>
    /// <param name="fileLength">Length of the whole file.</param>
    /// <param name="file">Path, for messages.</param>
    /// <param name="limits">Bounds.</param>
    /// <exception cref="ModelFormatException">The header is broken or does not describe the file.</exception>
    /// <exception cref="ModelLimitException">The header asks for more than allowed.</exception>
    public static SafeTensorsHeader Read(ReadOnlySpan<byte> start, long fileLength, string file, LoadLimits limits)
    {
        int length = HeaderLength(start, fileLength, file);
        return new SafeTensorsReader(start.Slice(SafeTensorsLimits.LengthBytes, length), file, fileLength, limits).Read();
    }

    private static int HeaderLength(ReadOnlySpan<byte> start, long fileLength, string file)
    {
        if (fileLength < SafeTensorsLimits.LengthBytes)
            throw new ModelFormatException(file, $"Expected a header length of {SafeTensorsLimits.LengthBytes} bytes, found a file of {fileLength}.", 0);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (length > SafeTensorsLimits.HeaderBytes)
            throw new ModelFormatException(file, $"Expected a header of at most {SafeTensorsLimits.HeaderBytes} bytes, found the length {length}.", 0);
        long left = fileLength - SafeTensorsLimits.LengthBytes;
        if ((long)length > left)
            throw new ModelFormatException(file, $"The header has {length} bytes, but {left} bytes follow its length.", 0)
            {
                Remedy = "The file is cut short: fetch it again.",
            };
        return (int)length;
    }

    private SafeTensorsHeader Read()
    {
        _json.RequireUtf8();
        _json.Read(JsonTokenType.StartObject, "a JSON object of tensors");
        var tensors = new List<SafeTensorsEntry>();
        List<KeyValuePair<string, string>>? metadata = null;
        bool hasMetadata = false;
        while (_json.Read() && _json.Token == JsonTokenType.PropertyName)
        {
            if (_json.Is("__metadata__"))
            {
                if (hasMetadata) throw _json.Broken("\"__metadata__\" is given twice.");
                hasMetadata = true;
                metadata = ReadMetadata();
            }
            else
            {
                _json.RequireCount("Number of tensors", tensors.Count + 1);
                tensors.Add(ReadTensor());
            }
            (_json.Outer, _json.Inner) = (null, null);
        }
        _json.Read();   // refuses anything behind the object but white space
        tensors.Sort((x, y) => string.CompareOrdinal(x.Name, y.Name));
        CheckNames(tensors);
        CheckCoverage(tensors);
        return new(_dataStart, metadata, tensors);
    }

    private List<KeyValuePair<string, string>>? ReadMetadata()
    {
        _json.Outer = "__metadata__";
        _json.Read();
        if (_json.Token == JsonTokenType.Null) return null;
        if (_json.Token != JsonTokenType.StartObject) throw _json.Unexpected("an object of strings");
        var pairs = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        while (_json.Read() && _json.Token == JsonTokenType.PropertyName)
        {
            _json.RequireCount("Number of metadata entries", pairs.Count + 1);
            _json.Charge(SafeTensorsLimits.TextCost);
            string key = _json.Name("a metadata key");
            if (pairs.ContainsKey(key)) throw _json.Broken($"The key \"{key}\" is given twice.");
            _json.Inner = key;
            _json.Read(JsonTokenType.String, "a string");
            pairs.Add(key, _json.Text());
            _json.Inner = null;
        }
        return [.. pairs];
    }

    private SafeTensorsEntry ReadTensor()
    {
        _json.Charge(SafeTensorsLimits.TensorCost);
        long place = _json.Position;
        string name = _json.Name("a tensor name");
        _json.Outer = name;
        _json.Read(JsonTokenType.StartObject, "an object with dtype, shape and data_offsets");
        SafeTensorsDtype? dtype = null;
        ImmutableArray<long> shape = default;
        (long Start, long End)? range = null;
        while (_json.Read() && _json.Token == JsonTokenType.PropertyName)
        {
            if (Begins("dtype", dtype is not null)) dtype = ReadDtype();
            else if (Begins("shape", !shape.IsDefault)) shape = ReadShape();
            else if (Begins("data_offsets", range is not null)) range = ReadRange();
            else _json.SkipValue();
            _json.Inner = null;
        }
        if (dtype is null) throw Missing("dtype");
        if (shape.IsDefault) throw Missing("shape");
        if (range is null) throw Missing("data_offsets");
        SafeTensorsEntry entry = new(name, dtype, shape, range.Value.Start, range.Value.End, place);
        CheckSize(entry);
        return entry;
    }

    private bool Begins(string field, bool isGiven)
    {
        if (!_json.Is(field)) return false;
        if (isGiven) throw _json.Broken($"\"{field}\" is given twice.");
        _json.Inner = field;
        return true;
    }

    private readonly ModelFormatException Missing(string field) => _json.Broken($"The tensor has no \"{field}\".");

    private SafeTensorsDtype ReadDtype()
    {
        _json.Read(JsonTokenType.String, "the name of an element type");
        foreach (SafeTensorsDtype dtype in SafeTensorsDtype.All)
            if (_json.Is(dtype.Name))
                return dtype;
        throw _json.Unexpected($"one of {string.Join(", ", SafeTensorsDtype.All)}");
    }

    private ImmutableArray<long> ReadShape()
    {
        _json.Read(JsonTokenType.StartArray, "an array of sizes");
        _sizes.Clear();
        while (_json.Read() && _json.Token != JsonTokenType.EndArray)
        {
            ulong size = _json.UnsignedInteger("a size, a whole number");
            if (size > long.MaxValue) throw new ModelLimitException(_file, $"A size of the tensor '{_json.Outer}'", size, long.MaxValue);
            _json.RequireCount("Number of axes of one tensor", _sizes.Count + 1);
            _json.Charge(SafeTensorsLimits.DimensionCost);
            _sizes.Add((long)size);
        }
        return [.. _sizes];
    }

    private (long Start, long End) ReadRange()
    {
        const string what = "two whole numbers, the first byte and the one past the last";
        _json.Read(JsonTokenType.StartArray, what);
        _json.Read();
        ulong start = _json.UnsignedInteger(what);
        _json.Read();
        ulong end = _json.UnsignedInteger(what);
        if (start > end) throw _json.Broken($"The data start at {start}, behind their end at {end}.");
        if (end > (ulong)_dataLength) throw _json.Broken($"The data end at {end}, but the file has {_dataLength} data bytes.");
        _json.Read(JsonTokenType.EndArray, what);
        return ((long)start, (long)end);
    }

    /// <summary>Multiplies from the left without wrapping, as the reference does: <c>[0, huge]</c> is 0, <c>[huge, huge, 0]</c> is refused.</summary>
    private readonly void CheckSize(SafeTensorsEntry entry)
    {
        UInt128 bits = 1;
        foreach (long size in entry.Dimensions)
        {
            bits *= (ulong)size;
            if (bits > ulong.MaxValue) throw Overflow(entry);
        }
        bits *= (uint)entry.Dtype.ElementType.Bits;
        if (bits > ulong.MaxValue) throw Overflow(entry);
        if (bits % 8 != 0)
            throw Wrong(entry, $"{entry.Dtype} {Sizes(entry)} has {bits} bits, which do not fill whole bytes.");
        if (bits / 8 != (ulong)entry.ByteCount)
            throw Wrong(entry, $"{entry.Dtype} {Sizes(entry)} takes {bits / 8} bytes, but data_offsets [{entry.Start}, {entry.End}] hold {entry.ByteCount}.");
    }

    /// <summary>Every data byte belongs to exactly one tensor, so that nothing can hide between them.</summary>
    private readonly void CheckCoverage(List<SafeTensorsEntry> tensors)
    {
        long covered = 0;
        foreach (SafeTensorsEntry entry in SafeTensorsHeader.InDataOrder(tensors))
        {
            if (entry.Start > covered) throw Wrong(entry, $"The data start at {entry.Start}, but the bytes from {covered} on belong to no tensor.");
            if (entry.Start < covered) throw Wrong(entry, $"The data start at {entry.Start}, inside the tensor that ends at {covered}.");
            covered = entry.End;
        }
        if (covered != _dataLength)
            throw new ModelFormatException(_file, $"The tensors end at data byte {covered}, but the file has {_dataLength} data bytes.", _dataStart + covered);
    }

    private readonly void CheckNames(List<SafeTensorsEntry> tensors)
    {
        for (int i = 1; i < tensors.Count; i++)
            if (tensors[i].Name == tensors[i - 1].Name)
                throw Wrong(tensors[i], $"Two tensors are named \"{tensors[i].Name}\".");
    }

    private readonly ModelFormatException Overflow(SafeTensorsEntry entry) =>
        Wrong(entry, $"The size of {entry.Dtype} {Sizes(entry)} overflows 64 bits.");

    private readonly ModelFormatException Wrong(SafeTensorsEntry entry, string problem) => new(_file, problem, entry.Place, entry.Name);

    private static string Sizes(SafeTensorsEntry entry) =>
        entry.Dimensions.Length <= Shape.MaxRank ? $"[{string.Join(", ", entry.Dimensions)}]" : $"of {entry.Dimensions.Length} axes";
}
