using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace TensorLogic.Formats.Gguf;

/// <summary>Turns numbers of the other byte order.</summary>
internal static class ByteOrder
{
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
}
