namespace TensorLogic.Formats.SafeTensors;

/// <summary>The tensors of one file or of a sharded set. They can be read, not run.</summary>
internal sealed class SafeTensorsModel : Model
{
    private readonly IReadOnlyList<SafeTensorsShard> _shards;

    /// <summary>Takes over the shards.</summary>
    /// <param name="path">The file or the index, for the name.</param>
    /// <param name="shards">No name stands in two of them.</param>
    /// <param name="userDefined">The pairs of the file, or of the index and its shards.</param>
    public SafeTensorsModel(string path, IReadOnlyList<SafeTensorsShard> shards, IReadOnlyDictionary<string, object> userDefined)
    {
        _shards = shards;
        var bytes = new Dictionary<Quantization, long>();
        long parameters = 0;
        var described = new List<ModelTensor>(shards.Sum(shard => shard.Header.Tensors.Count));
        foreach (SafeTensorsShard shard in shards)
            foreach (SafeTensorsEntry entry in shard.Header.Tensors)
            {
                described.Add(shard.Describe(entry));
                parameters += entry.ElementCount;
                if (entry.ByteCount > 0) bytes[entry.Dtype.Storage] = bytes.GetValueOrDefault(entry.Dtype.Storage) + entry.ByteCount;
            }
        if (shards.Count > 1) described.Sort((x, y) => string.CompareOrdinal(x.Name, y.Name));

        var tensors = new OrderedDictionary<string, ModelTensor>(described.Count, StringComparer.Ordinal);
        foreach (ModelTensor tensor in described) tensors.Add(tensor.Name, tensor);
        Tensors = tensors;
        Metadata = new()
        {
            Format = ModelFormat.SafeTensors,
            Name = Path.GetFileName(path),
            Files = shards is [{ Path: var only }] && only == path ? [] : [path, .. shards.Select(shard => shard.Path)],
            WeightBytes = bytes,
            TensorCount = tensors.Count,
            ParameterCount = parameters,
            UserDefined = userDefined,
        };
    }

    public override ModelMetadata Metadata { get; }

    public override IReadOnlyDictionary<string, ModelTensor> Tensors { get; }

    /// <summary>Headers of the files, in the order of the index.</summary>
    public IEnumerable<SafeTensorsHeader> Headers => _shards.Select(shard => shard.Header);

    protected override void Dispose(bool disposing)
    {
        foreach (SafeTensorsShard shard in _shards) shard.Dispose();
    }
}
