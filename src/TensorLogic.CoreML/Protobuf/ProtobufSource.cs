using System.Globalization;
using System.Text;

namespace TensorLogic.CoreML.Protobuf;

/// <summary>Bytes that hold a message, with what reading them may cost.</summary>
/// <param name="file">Path, for errors.</param>
/// <param name="storage">The mapped file. Values that stay there view it.</param>
/// <param name="limits">Bounds.</param>
internal sealed class ProtobufSource(string file, TensorStorage storage, LoadLimits limits)
{
    private const int PooledBytes = 64;

    private readonly (string Name, int Index)[] _path = new (string, int)[Math.Clamp(limits.Depth, 1, 1 << 16) + 1];
    private readonly HashSet<string> _pool = new(StringComparer.Ordinal);
    private long _allocatable = (long)Int128.Min(2 * (Int128)storage.ByteLength + limits.AllocationBytes, long.MaxValue);

    public string File { get; } = file;

    public TensorStorage Storage { get; } = storage;

    public LoadLimits Limits { get; } = limits;

    /// <summary>Greatest nesting of messages.</summary>
    public int MaxDepth => _path.Length - 1;

    /// <summary>A reader of the message in a part of the storage.</summary>
    /// <param name="start">First byte.</param>
    /// <param name="end">Byte after the last.</param>
    /// <param name="message">Name of the message, the root of the paths in errors.</param>
    public ProtobufReader Read(long start, long end, string message)
    {
        if (start < 0 || end < start || end > Storage.ByteLength)
            throw new ArgumentOutOfRangeException(nameof(start), $"The bytes {start} to {end} are outside the file.");
        Enter(0, message, -1);
        return new(this, start, end, 0);
    }

    /// <summary>Some bytes of the file.</summary>
    public unsafe ReadOnlySpan<byte> Span(long start, long length)
    {
        if (start < 0 || length is < 0 or > int.MaxValue || length > Storage.ByteLength - start)
            throw new ArgumentOutOfRangeException(nameof(start), $"{length} bytes at {start} are outside the file.");
        return new(Storage.Pointer + start, (int)length);
    }

    /// <summary>Notes which field the reader at a depth reads.</summary>
    public void Enter(int depth, string name, int index) => _path[depth] = (name, index);

    /// <summary>Where a reader is: <c>Model.description.input[0].name</c>.</summary>
    public string Path(int depth, string? field)
    {
        StringBuilder text = new();
        for (int i = 0; i <= depth; i++)
        {
            if (i > 0) text.Append('.');
            text.Append(_path[i].Name);
            if (_path[i].Index >= 0) text.Append(CultureInfo.InvariantCulture, $"[{_path[i].Index}]");
        }
        return field is null ? text.ToString() : text.Append('.').Append(field).ToString();
    }

    /// <summary>Counts memory that reading is about to take.</summary>
    /// <exception cref="ModelLimitException">Reading would take more than twice the file and <see cref="LoadLimits.AllocationBytes"/>.</exception>
    public void Charge(long bytes, string what)
    {
        if (bytes > _allocatable)
            throw new ModelLimitException(File, $"Bytes of memory for {what}", bytes, _allocatable);
        _allocatable -= bytes;
    }

    /// <summary>The text of UTF-8 bytes, one object for equal short texts; null if they are not UTF-8.</summary>
    public string? Decode(ReadOnlySpan<byte> utf8)
    {
        Span<char> characters = stackalloc char[PooledBytes];
        if (utf8.Length > PooledBytes)
        {
            if (!System.Text.Unicode.Utf8.IsValid(utf8)) return null;
            Charge(2L * utf8.Length + 32, "text");
            return Encoding.UTF8.GetString(utf8);
        }
        if (System.Text.Unicode.Utf8.ToUtf16(utf8, characters, out _, out int count, replaceInvalidSequences: false) != System.Buffers.OperationStatus.Done) return null;
        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> pool = _pool.GetAlternateLookup<ReadOnlySpan<char>>();
        if (pool.TryGetValue(characters[..count], out string? known)) return known;
        Charge(2L * count + 64, "text");
        string text = new(characters[..count]);
        _pool.Add(text);
        return text;
    }
}
