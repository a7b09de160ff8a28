using TensorLogic.Formats.Gguf.Blocks;

namespace TensorLogic.Formats.Gguf;

/// <summary>Blocks as elements, one after the other.</summary>
internal static class GgufDecoder
{
    /// <summary>Decodes blocks to a tensor of f32.</summary>
    /// <param name="type">A type of blocks.</param>
    /// <param name="from">The first of <paramref name="byteCount"/> readable bytes.</param>
    /// <param name="byteCount">All blocks together.</param>
    /// <param name="isBigEndian">The byte order inside blocks.</param>
    /// <param name="shape">The shape, with as many elements as the blocks.</param>
    public static unsafe Tensor Decode(GgufType type, byte* from, long byteCount, bool isBigEndian, Shape shape)
    {
        Tensor tensor = Tensor.Create(ElementType.Float32, shape);
        float* to = (float*)tensor.Pointer;
        Span<byte> turned = stackalloc byte[isBigEndian ? type.BlockBytes : 0];
        // In bounds: the caller answers for the bytes, and the tensor has the elements of each block.
        for (long block = 0; block < byteCount / type.BlockBytes; block++)
        {
            scoped ReadOnlySpan<byte> stored = new(from + block * type.BlockBytes, type.BlockBytes);
            if (isBigEndian)
            {
                stored.CopyTo(turned);
                TurnNumbers(type, turned);
                stored = turned;
            }
            type.Decode!(stored, new(to + block * type.BlockElements, type.BlockElements));
        }
        GC.KeepAlive(tensor);
        return tensor;
    }

    /// <summary>Turns the numbers inside every block of a contiguous tensor of bytes round, in place.</summary>
    public static unsafe void TurnNumbers(GgufType type, Tensor blocks)
    {
        // In bounds: the tensor holds whole blocks.
        for (long at = 0; at < blocks.ByteCount; at += type.BlockBytes) TurnNumbers(type, new Span<byte>(blocks.Pointer + at, type.BlockBytes));
        GC.KeepAlive(blocks);
    }

    private static void TurnNumbers(GgufType type, Span<byte> block)
    {
        foreach (BlockNumbers numbers in type.Numbers) numbers.Turn(block);
    }
}
