using System.Buffers.Binary;

namespace TensorLogic.Formats.Gguf.Blocks;

/// <summary>Decodes one block: its bytes, little-endian, to its elements. The arithmetic is f32, in the reference's order of operations.</summary>
internal delegate void BlockDecoder(ReadOnlySpan<byte> block, Span<float> values);

/// <summary>Numbers of more than one byte inside a block, which big-endian files turn round. Fields declared as bytes stand as they are.</summary>
/// <param name="Start">First byte of the first number.</param>
/// <param name="Size">Bytes of one number.</param>
/// <param name="Count">Numbers in a row.</param>
internal readonly record struct BlockNumbers(int Start, int Size, int Count = 1)
{
    /// <summary>Turns the bytes of each number round.</summary>
    public void Turn(Span<byte> block)
    {
        for (int i = 0; i < Count; i++) block.Slice(Start + i * Size, Size).Reverse();
    }
}

/// <summary>How blocks hold numbers.</summary>
internal static class BlockFields
{
    /// <summary>The IEEE half at a byte, as the scales of most blocks are.</summary>
    public static float Half(ReadOnlySpan<byte> block, int at) => (float)BinaryPrimitives.ReadHalfLittleEndian(block[at..]);

    public static int UInt16(ReadOnlySpan<byte> block, int at) => BinaryPrimitives.ReadUInt16LittleEndian(block[at..]);

    public static uint UInt32(ReadOnlySpan<byte> block, int at) => BinaryPrimitives.ReadUInt32LittleEndian(block[at..]);

    /// <summary>Four of eight bits: the low ones (<paramref name="which"/> 0) or the high ones (1).</summary>
    public static int Nibble(byte pair, int which) => pair >> 4 * which & 15;
}
