using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace TensorLogic.CoreML;

/// <summary>What reading one file may still allocate: twice its size and <see cref="LoadLimits.AllocationBytes"/>.</summary>
/// <param name="file">Path, for errors.</param>
/// <param name="length">Size of the file in bytes.</param>
/// <param name="limits">Bounds.</param>
internal sealed class ReadBudget(string file, long length, LoadLimits limits)
{
    // Short texts are names, which repeat.
    private const int PooledBytes = 64;

    private readonly HashSet<string> _pool = new(StringComparer.Ordinal);
    private long _left = (long)Int128.Min(2 * (Int128)length + limits.AllocationBytes, long.MaxValue);

    /// <summary>Counts memory that reading is about to take.</summary>
    /// <exception cref="ModelLimitException">It is more than is left.</exception>
    public void Charge(long bytes, string what)
    {
        if (bytes > _left) throw new ModelLimitException(file, $"Bytes of memory for {what}", bytes, _left);
        _left -= bytes;
    }

    /// <summary>The text of UTF-8 bytes, one object for equal short texts; null if they are not UTF-8.</summary>
    public string? Decode(ReadOnlySpan<byte> utf8)
    {
        Span<char> characters = stackalloc char[PooledBytes];
        if (utf8.Length > PooledBytes)
        {
            if (!Utf8.IsValid(utf8)) return null;
            Charge(2L * utf8.Length + 32, "text");
            return Encoding.UTF8.GetString(utf8);
        }
        if (Utf8.ToUtf16(utf8, characters, out _, out int count, replaceInvalidSequences: false) != OperationStatus.Done) return null;
        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> pool = _pool.GetAlternateLookup<ReadOnlySpan<char>>();
        if (pool.TryGetValue(characters[..count], out string? known)) return known;
        Charge(2L * count + 64, "text");
        string text = new(characters[..count]);
        _pool.Add(text);
        return text;
    }
}
