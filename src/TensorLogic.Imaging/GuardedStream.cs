namespace TensorLogic;

/// <summary>Bytes of a file for a decoder that may ask for more for ever: reading past the end is an error after a while.</summary>
/// <remarks>The decoder treats the end as zeros, and a JPEG file without a frame header keeps it searching. A few reads past the end
/// are its normal way to fill its bit buffer.</remarks>
internal sealed class GuardedStream(ReadOnlyMemory<byte> file) : Stream
{
    private const int ReadsPastEnd = 4096;
    private int _position;
    private int _past;

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length => file.Length;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override int Read(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, file.Length - _position);
        if (count == 0 && buffer.Length > 0 && ++_past > ReadsPastEnd) throw new EndOfStreamException("The file ends too early.");
        file.Span.Slice(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        return Read(one) == 0 ? -1 : one[0];
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        long target = offset + origin switch { SeekOrigin.Begin => 0, SeekOrigin.Current => _position, _ => (long)file.Length };
        if (target < 0 || target > file.Length) throw new EndOfStreamException("The file points outside itself.");
        _position = (int)target;
        return target;
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
