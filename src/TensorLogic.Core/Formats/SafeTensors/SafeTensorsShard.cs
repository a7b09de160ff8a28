namespace TensorLogic.Formats.SafeTensors;

/// <summary>One open file: its mapping and its header.</summary>
internal sealed class SafeTensorsShard : IDisposable
{
    private readonly TensorStorage _storage;
    private int _disposed;

    private SafeTensorsShard(string path, TensorStorage storage, SafeTensorsHeader header)
    {
        Path = path;
        _storage = storage;
        Header = header;
    }

    public string Path { get; }

    public SafeTensorsHeader Header { get; }

    /// <summary>Maps a file and reads its header.</summary>
    public static unsafe SafeTensorsShard Open(string path, LoadLimits limits)
    {
        TensorStorage storage = MappedStorage.Open(path);
        try
        {
            // In bounds: no longer than the mapping. The reader looks at the header alone, which a span can hold.
            int visible = (int)Math.Min(storage.ByteLength, SafeTensorsLimits.LengthBytes + SafeTensorsLimits.HeaderBytes);
            SafeTensorsHeader header = SafeTensorsReader.Read(new(storage.Pointer, visible), storage.ByteLength, path, limits);
            return new(path, storage, header);
        }
        catch
        {
            storage.Release();
            throw;
        }
    }

    public ModelTensor Describe(SafeTensorsEntry entry) =>
        new(entry.Name, entry.Dtype.Storage, entry.Dtype.ElementType, entry.Dimensions, entry.ByteCount, () => Read(entry));

    private Tensor Read(SafeTensorsEntry entry)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, typeof(IModel));
        return Tensor.View(_storage, Header.DataStart + entry.Start, entry.Dtype.ElementType, ShapeOf(entry));
    }

    private Shape ShapeOf(SafeTensorsEntry entry)
    {
        if (entry.Dimensions.Length > Shape.MaxRank)
            throw new ModelLimitException(Path, $"Number of axes of the tensor '{entry.Name}'", entry.Dimensions.Length, Shape.MaxRank);
        Span<int> sizes = stackalloc int[entry.Dimensions.Length];
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            long size = entry.Dimensions[axis];
            if (size > int.MaxValue) throw new ModelLimitException(Path, $"Size of axis {axis} of the tensor '{entry.Name}'", size, int.MaxValue);
            sizes[axis] = (int)size;
        }
        return Shape.Create(sizes);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) _storage.Release();
    }
}
