using TensorLogic.Formats.Gguf.Blocks;

namespace TensorLogic.Formats.Gguf;

/// <summary>One open file: its mapping and its header.</summary>
internal sealed class GgufPart : IDisposable
{
    private readonly TensorStorage _storage;
    private int _disposed;

    private GgufPart(string path, TensorStorage storage, GgufHeader header) => (Path, _storage, Header) = (path, storage, header);

    public string Path { get; }

    public GgufHeader Header { get; }

    // Memory has the byte order of this machine.
    private bool MustTurn => Header.IsBigEndian == BitConverter.IsLittleEndian;

    /// <summary>Maps a file and reads its header.</summary>
    /// <exception cref="ModelFormatException">The file is broken.</exception>
    /// <exception cref="ModelLimitException">The file asks for more than allowed.</exception>
    public static unsafe GgufPart Open(string path, LoadLimits limits)
    {
        TensorStorage storage = MappedStorage.Open(path);
        try
        {
            // In bounds: the mapping, cut to what a span can hold; the reader says so where a header is longer.
            ReadOnlySpan<byte> visible = new(storage.Pointer, (int)Math.Min(storage.ByteLength, int.MaxValue));
            return new(path, storage, GgufHeaderReader.Read(visible, storage.ByteLength, path, limits));
        }
        catch
        {
            storage.Release();
            throw;
        }
    }

    public ModelTensor Describe(GgufEntry entry) =>
        new(entry.Name, entry.Type.Storage, entry.Type.Plain ?? ElementType.Float32, entry.Dimensions, entry.ByteCount, () => Read(entry))
        {
            ReadStored = () => ReadStored(entry),
        };

    private Tensor Read(GgufEntry entry)
    {
        ThrowIfDisposed();
        Shape shape = ShapeOf(entry);
        if (entry.Type.Plain is not { } plain) return Decoded(entry, shape);
        Tensor view = Tensor.View(_storage, Start(entry), plain, shape);
        if (!MustTurn || plain.Bits == 8) return view;
        using (view)
        {
            Tensor turned = view.Clone();
            ByteOrder.Turn(turned.Bytes, plain.Bits / 8);
            return turned;
        }
    }

    /// <summary>The bytes of the tensor as a little-endian file has them.</summary>
    private Tensor ReadStored(GgufEntry entry)
    {
        ThrowIfDisposed();
        if (entry.ByteCount > int.MaxValue) throw new ModelLimitException(Path, $"Stored bytes of the tensor '{entry.Name}'", entry.ByteCount, int.MaxValue);
        Tensor view = Tensor.View(_storage, Start(entry), ElementType.UInt8, Shape.Create([(int)entry.ByteCount]));
        if (!Header.IsBigEndian) return view;
        using (view)
        {
            Tensor turned = view.Clone();
            if (entry.Type.Plain is { } plain) ByteOrder.Turn(turned.Bytes, plain.Bits / 8);
            else
                for (int at = 0; at < entry.ByteCount; at += entry.Type.BlockBytes)
                    TurnNumbers(entry.Type, turned.Bytes.Slice(at, entry.Type.BlockBytes));
            return turned;
        }
    }

    private unsafe Tensor Decoded(GgufEntry entry, Shape shape)
    {
        GgufType type = entry.Type;
        Tensor tensor = Tensor.Create(ElementType.Float32, shape);
        byte* from = _storage.Pointer + Start(entry);
        float* to = (float*)tensor.Pointer;
        Span<byte> turned = stackalloc byte[Header.IsBigEndian ? type.BlockBytes : 0];
        // In bounds: the header's check put all blocks inside the file, and the tensor has the elements of each.
        for (long block = 0; block < entry.ByteCount / type.BlockBytes; block++)
        {
            scoped ReadOnlySpan<byte> stored = new(from + block * type.BlockBytes, type.BlockBytes);
            if (Header.IsBigEndian)
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

    private static void TurnNumbers(GgufType type, Span<byte> block)
    {
        foreach (BlockNumbers numbers in type.Numbers) numbers.Turn(block);
    }

    private long Start(GgufEntry entry) => entry.ByteCount == 0 ? 0 : Header.DataStart + (long)entry.Offset;

    private Shape ShapeOf(GgufEntry entry)
    {
        Span<int> sizes = stackalloc int[GgufLimits.Axes];
        for (int axis = 0; axis < entry.Dimensions.Length; axis++)
        {
            long size = entry.Dimensions[axis];
            if (size > int.MaxValue) throw new ModelLimitException(Path, $"Size of axis {axis} of the tensor '{entry.Name}'", size, int.MaxValue);
            sizes[axis] = (int)size;
        }
        return Shape.Create(sizes[..entry.Dimensions.Length]);
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, typeof(IModel));

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) _storage.Release();
    }
}
