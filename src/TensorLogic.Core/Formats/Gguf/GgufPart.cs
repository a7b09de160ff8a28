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

    private unsafe Tensor Read(GgufEntry entry)
    {
        ThrowIfDisposed();
        Shape shape = ShapeOf(entry);
        if (entry.Type.Plain is not { } plain)
        {
            // The view keeps the mapping while it is read, and is all of the blocks.
            using Tensor blocks = Tensor.View(_storage, Start(entry), ElementType.UInt8, StoredShape(entry));
            return GgufDecoder.Decode(entry.Type, blocks.Pointer, blocks.ByteCount, Header.IsBigEndian, shape);
        }
        Tensor view = Tensor.View(_storage, Start(entry), plain, shape);
        if (!MustTurn || plain.Bits == 8) return view;
        using (view)
        {
            Tensor turned = view.Clone();
            ByteOrder.Turn(turned, plain.Bits / 8);
            return turned;
        }
    }

    /// <summary>The bytes of the tensor as a little-endian file has them.</summary>
    private Tensor ReadStored(GgufEntry entry)
    {
        ThrowIfDisposed();
        Tensor view = Tensor.View(_storage, Start(entry), ElementType.UInt8, StoredShape(entry));
        if (!Header.IsBigEndian) return view;
        using (view)
        {
            Tensor turned = view.Clone();
            if (entry.Type.Plain is { } plain) ByteOrder.Turn(turned, plain.Bits / 8);
            else GgufDecoder.TurnNumbers(entry.Type, turned);
            return turned;
        }
    }

    private long Start(GgufEntry entry) => entry.ByteCount == 0 ? 0 : Header.DataStart + (long)entry.Offset;

    private Shape ShapeOf(GgufEntry entry)
    {
        Span<int> sizes = stackalloc int[GgufLimits.Axes];
        for (int axis = 0; axis < entry.Dimensions.Length; axis++) sizes[axis] = Size(entry, $"Size of axis {axis}", entry.Dimensions[axis]);
        return Shape.Create(sizes[..entry.Dimensions.Length]);
    }

    // Rows of bytes, since one axis could not count those of a large tensor.
    private Shape StoredShape(GgufEntry entry)
    {
        if (entry.ByteCount == 0) return [0];
        long row = (entry.Dimensions.IsEmpty ? 1 : entry.Dimensions[^1]) / entry.Type.BlockElements * entry.Type.BlockBytes;
        return [Size(entry, "Number of rows", entry.ByteCount / row), Size(entry, "Bytes of a row", row)];
    }

    private int Size(GgufEntry entry, string what, long size) =>
        size <= int.MaxValue ? (int)size : throw new ModelLimitException(Path, $"{what} of the tensor '{entry.Name}'", size, int.MaxValue);

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, typeof(IModel));

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) _storage.Release();
    }
}
