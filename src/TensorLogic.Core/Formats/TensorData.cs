namespace TensorLogic.Formats;

/// <summary>Elements of tensors as bytes of a file.</summary>
internal static class TensorData
{
    private const int Piece = 1 << 24;

    /// <summary>Writes the elements in row-major order as they lie in memory.</summary>
    public static unsafe void Write(Stream stream, Tensor tensor)
    {
        using Tensor whole = tensor.Contiguous();
        long bytes = whole.ByteCount;
        // In bounds: ByteCount bytes of a contiguous tensor lie in its storage, which the using keeps.
        for (long done = 0; done < bytes; done += Piece)
            stream.Write(new ReadOnlySpan<byte>(whole.Pointer + done, (int)Math.Min(Piece, bytes - done)));
    }
}
