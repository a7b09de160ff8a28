using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace TensorLogic.Formats.Gguf;

/// <summary>Turns numbers of the other byte order.</summary>
internal static class ByteOrder
{
    private const int Piece = 1 << 24;

    /// <summary>Turns every number of <paramref name="size"/> bytes round, in place.</summary>
    public static void Turn(Span<byte> bytes, int size)
    {
        switch (size)
        {
            case 2:
                Span<ushort> shorts = MemoryMarshal.Cast<byte, ushort>(bytes);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 4:
                Span<uint> ints = MemoryMarshal.Cast<byte, uint>(bytes);
                BinaryPrimitives.ReverseEndianness(ints, ints);
                break;
            case 8:
                Span<ulong> longs = MemoryMarshal.Cast<byte, ulong>(bytes);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
        }
    }

    /// <summary>Turns every number of <paramref name="size"/> bytes of a contiguous tensor round, in place.</summary>
    public static unsafe void Turn(Tensor tensor, int size)
    {
        long bytes = tensor.ByteCount;
        // In bounds: ByteCount bytes of a contiguous tensor lie in its storage; a piece is a multiple of every size.
        for (long done = 0; done < bytes; done += Piece) Turn(new Span<byte>(tensor.Pointer + done, (int)Math.Min(Piece, bytes - done)), size);
        GC.KeepAlive(tensor);
    }
}
