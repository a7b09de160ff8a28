namespace TensorLogic.Formats.SafeTensors;

/// <summary>Opens SafeTensors files and sharded sets.</summary>
internal sealed class SafeTensorsLoader : IModelLoader
{
    public ModelFormat Format => ModelFormat.SafeTensors;

    public string Signature => SafeTensorsFormat.Signature;

    public IReadOnlyList<Device> NativeDevices => [];

    public bool Matches(ModelCandidate candidate)
    {
        if (candidate.IsFolder) return false;
        return SafeTensorsFormat.IsFile(candidate.Start) || IsIndex(candidate);
    }

    public IModel Load(string path, LoadContext context) => Open(path, context.Options.Limits, context.Cancellation);

    /// <summary>Opens a file or a sharded set.</summary>
    public static SafeTensorsModel Open(string path, LoadLimits limits, CancellationToken cancellation = default)
    {
        ModelCandidate candidate = ModelCandidate.Open(path);
        if (candidate.IsFolder) throw new ModelFormatException(path, "Expected a SafeTensors file, found a folder.");
        return IsIndex(candidate) ? SafeTensorsIndex.Open(path, limits, cancellation) : OpenFile(path, limits);
    }

    private static SafeTensorsModel OpenFile(string path, LoadLimits limits)
    {
        SafeTensorsShard shard = SafeTensorsShard.Open(path, limits);
        try
        {
            var pairs = new OrderedDictionary<string, object>(StringComparer.Ordinal);
            foreach ((string key, string value) in shard.Header.Metadata ?? []) pairs.Add(key, value);
            return new(path, [shard], pairs);
        }
        catch
        {
            shard.Dispose();
            throw;
        }
    }

    private static bool IsIndex(ModelCandidate candidate)
    {
        bool isWhole = candidate.Length <= candidate.Start.Length;
        return SafeTensorsFormat.IsIndex(candidate.Start, isWhole)
            ?? candidate.Length <= SafeTensorsLimits.HeaderBytes && IsIndex(candidate.Path);
    }

    private static unsafe bool IsIndex(string path)
    {
        TensorStorage storage = MappedStorage.Open(path);
        try
        {
            // In bounds: the whole mapping, cut to what a span can hold.
            return SafeTensorsFormat.IsIndex(new(storage.Pointer, (int)Math.Min(storage.ByteLength, int.MaxValue)), isWhole: true) == true;
        }
        finally
        {
            storage.Release();
        }
    }
}
