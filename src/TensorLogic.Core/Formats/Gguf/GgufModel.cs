using TensorLogic.Formats.Gguf.Blocks;

namespace TensorLogic.Formats.Gguf;

/// <summary>The tensors of a GGUF file. They can be read, not run.</summary>
internal sealed class GgufModel : Model
{
    private readonly TensorStorage _storage;
    private readonly GgufHeader _header;
    private readonly string _path;
    private bool _disposed;

    private GgufModel(string path, TensorStorage storage, GgufHeader header)
    {
        (_path, _storage, _header) = (path, storage, header);
        Dictionary<Quantization, long> bytes = [];
        OrderedDictionary<string, ModelTensor> tensors = new(StringComparer.Ordinal);
        foreach (GgufEntry entry in header.Tensors)
        {
            Quantization kind = new(entry.Type.Name);
            if (entry.ByteCount > 0) bytes[kind] = bytes.GetValueOrDefault(kind) + entry.ByteCount;
            tensors.Add(entry.Name, new ModelTensor(entry.Name, kind, entry.Type.Plain ?? ElementType.Float32, entry.Dimensions, entry.ByteCount, () => Read(entry)));
        }
        Tensors = tensors;
        Metadata = new()
        {
            Format = ModelFormat.Gguf,
            Name = Path.GetFileName(path),
            Kind = Text("general.architecture"),
            Author = Text("general.author"),
            License = Text("general.license"),
            Description = Text("general.description"),
            Version = Text("general.version"),
            SpecificationVersion = header.Version,
            WeightBytes = bytes,
            TensorCount = tensors.Count,
            ParameterCount = header.Tensors.Sum(entry => entry.ElementCount),
            UserDefined = header.Metadata,
        };
    }

    /// <summary>Maps a file and reads its header.</summary>
    public static unsafe GgufModel Open(string path, LoadLimits limits)
    {
        TensorStorage storage = MappedStorage.Open(path);
        try
        {
            // In bounds: the mapping, cut to what a span can hold; no header is longer.
            return new(path, storage, GgufHeader.Read(new(storage.Pointer, (int)Math.Min(storage.ByteLength, int.MaxValue)), storage.ByteLength, path, limits));
        }
        catch
        {
            storage.Release();
            throw;
        }
    }

    public override ModelMetadata Metadata { get; }

    public override IReadOnlyDictionary<string, ModelTensor> Tensors { get; }

    private string Text(string key) => _header.Metadata.TryGetValue(key, out object? value) && value is string text ? text : "";

    private Tensor Read(GgufEntry entry)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(IModel));
        foreach (long size in entry.Dimensions)
            if (size > int.MaxValue) throw new ModelLimitException(_path, $"A size of the tensor '{entry.Name}'", size, int.MaxValue);
        Shape shape = Shape.Create([.. entry.Dimensions.Select(size => (int)size)]);
        if (entry.Type.Plain is { } plain)
        {
            Tensor view = Tensor.View(_storage, entry.Start, plain, shape);
            return _header.IsBigEndian ? Swapped(view) : view;
        }
        return Decoded(entry, shape);
    }

    private static Tensor Swapped(Tensor view)
    {
        using (view)
        {
            Tensor copy = view.Clone();
            Span<byte> bytes = copy.Bytes;
            int size = copy.ElementType.Bits / 8;
            if (size > 1)
                for (int i = 0; i < bytes.Length; i += size) bytes.Slice(i, size).Reverse();
            return copy;
        }
    }

    private unsafe Tensor Decoded(GgufEntry entry, Shape shape)
    {
        BlockDecoder decode = (_header.IsBigEndian ? BlockDecoders.FindBigEndian(entry.Type) : BlockDecoders.Find(entry.Type)) ?? throw new UnsupportedOperatorException(entry.Type.Name, "blocks of this type are not decoded") { Place = $"{_path} > {entry.Name}" };
        Tensor tensor = Tensor.Create(ElementType.Float32, shape);
        int blockBytes = entry.Type.BlockBytes, elements = entry.Type.BlockElements;
        byte* from = _storage.Pointer + entry.Start;
        float* to = (float*)tensor.Pointer;
        // In bounds: the header's check put all blocks inside the file, and the tensor has elements for each.
        for (long block = 0; block < entry.ByteCount / blockBytes; block++)
            decode(new(from + block * blockBytes, blockBytes), new(to + block * elements, elements));
        GC.KeepAlive(tensor);
        return tensor;
    }

    protected override void Dispose(bool disposing)
    {
        if (_disposed) return;
        _disposed = true;
        _storage.Release();
    }
}
