using System.Globalization;
using System.Text;

namespace TensorLogic.CoreML.Protobuf;

/// <summary>Bytes that hold a message, with what reading them may cost.</summary>
/// <param name="file">Path, for errors.</param>
/// <param name="storage">The mapped file. Values that stay there view it.</param>
/// <param name="limits">Bounds.</param>
internal sealed class ProtobufSource(string file, TensorStorage storage, LoadLimits limits)
{
    private readonly (string Name, int Index)[] _path = new (string, int)[Math.Clamp(limits.Depth, 1, 1 << 16) + 1];
    private readonly ReadBudget _budget = new(file, storage.ByteLength, limits);

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

    /// <inheritdoc cref="ReadBudget.Charge"/>
    public void Charge(long bytes, string what) => _budget.Charge(bytes, what);

    /// <inheritdoc cref="ReadBudget.Decode"/>
    public string? Decode(ReadOnlySpan<byte> utf8) => _budget.Decode(utf8);
}
