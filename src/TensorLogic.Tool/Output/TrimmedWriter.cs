using System.Text;

namespace TensorLogic.Tool.Output;

/// <summary>Drops the spaces at the ends of lines, with which tables fill their last column.</summary>
internal sealed class TrimmedWriter(TextWriter inner) : TextWriter(inner.FormatProvider)
{
    private int _spaces;

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int text = buffer.IndexOfAnyExcept(' ');
            if (text < 0)
            {
                _spaces += buffer.Length;
                return;
            }
            _spaces += text;
            buffer = buffer[text..];
            if (buffer[0] is '\r' or '\n') _spaces = 0;
            for (; _spaces > 0; _spaces--) inner.Write(' ');
            int end = buffer.IndexOf(' ');
            inner.Write(end < 0 ? buffer : buffer[..end]);
            buffer = end < 0 ? [] : buffer[end..];
        }
    }

    public override void Flush() => inner.Flush();
}
