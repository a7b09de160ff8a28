namespace TensorLogic.Formats.Gguf;

/// <summary>Tensors in memory, in the bytes of a little-endian file.</summary>
internal static class GgufStored
{
    /// <exception cref="ArgumentException">The bytes are none of such a tensor.</exception>
    public static ModelTensor Describe(string name, Quantization storage, Shape shape, ReadOnlyMemory<byte> bytes)
    {
        GgufType type = GgufType.Of(storage) ?? throw new ArgumentException(
            $"GGUF has no type '{storage}'. Its types are {string.Join(", ", GgufType.All.Select(known => known.Storage))}.", nameof(storage));
        if (shape.Rank > GgufLimits.Axes) throw new ArgumentException($"GGUF tensors have up to {GgufLimits.Axes} axes; '{name}' has {shape.Rank}. Reshape it.", nameof(shape));
        int row = shape.Rank == 0 ? 1 : shape[-1];
        if (row % type.BlockElements != 0)
            throw new ArgumentException($"A row of '{name}' has {row} elements, which blocks of {type.BlockElements} ({storage}) do not fill.", nameof(shape));
        Int128 expected = (Int128)shape.ElementCountOf(nameof(shape)) / type.BlockElements * type.BlockBytes;
        if (bytes.Length != expected) throw new ArgumentException($"{storage}{shape} takes {expected} bytes; '{name}' has {bytes.Length}.", nameof(bytes));
        return new(name, storage, type.Plain ?? ElementType.Float32, [.. shape.Select(size => (long)size)], bytes.Length, () => Read(type, shape, bytes.Span))
        {
            ReadStored = () => Tensor.FromSpan(bytes.Span, [bytes.Length]),
        };
    }

    private static unsafe Tensor Read(GgufType type, Shape shape, ReadOnlySpan<byte> bytes)
    {
        if (type.Plain is not { } plain)
        {
            // In bounds: the pinned bytes are as many as the shape's blocks take.
            fixed (byte* from = bytes) return GgufDecoder.Decode(type, from, bytes.Length, isBigEndian: false, shape);
        }
        Tensor tensor = Tensor.Create(plain, shape);
        bytes.CopyTo(tensor.Bytes);
        if (!BitConverter.IsLittleEndian) ByteOrder.Turn(tensor, plain.Bits / 8);
        return tensor;
    }
}
