using System.Text.Json;

namespace TensorLogic.Formats.SafeTensors;

/// <summary>Opens a sharded set: an index that says in which file of its folder each tensor lies.</summary>
/// <remarks><c>{"metadata": {"total_size": 272}, "weight_map": {"embed.weight": "model-00001-of-00002.safetensors", …}}</c>.
/// <c>total_size</c> is not compared with the shards: files in the wild disagree with it.</remarks>
internal static class SafeTensorsIndex
{
    /// <param name="Metadata">The index's own pairs.</param>
    /// <param name="ShardOf">File name by tensor name.</param>
    /// <param name="Files">File names in the order in which they first occur.</param>
    private sealed record Content(OrderedDictionary<string, object> Metadata, Dictionary<string, string> ShardOf, List<string> Files);

    public static SafeTensorsModel Open(string path, LoadLimits limits, CancellationToken cancellation)
    {
        Content index = Read(path, limits);
        ShardFolder folder = new(path, "weight_map");
        var shards = new List<SafeTensorsShard>(index.Files.Count);
        try
        {
            foreach (string file in index.Files)
            {
                cancellation.ThrowIfCancellationRequested();
                SafeTensorsShard shard = SafeTensorsShard.Open(folder.Find(file), limits);
                shards.Add(shard);
                Match(path, file, shard, index);
                foreach ((string key, string value) in shard.Header.Metadata ?? []) index.Metadata.TryAdd(key, value);
            }
            long found = shards.Sum(shard => (long)shard.Header.Tensors.Count);
            if (found != index.ShardOf.Count) throw Absent(path, shards, index);
            return new(path, shards, index.Metadata);
        }
        catch
        {
            foreach (SafeTensorsShard shard in shards) shard.Dispose();
            throw;
        }
    }

    private static void Match(string path, string file, SafeTensorsShard shard, Content index)
    {
        foreach (SafeTensorsEntry entry in shard.Header.Tensors)
        {
            if (!index.ShardOf.TryGetValue(entry.Name, out string? named))
                throw new ModelFormatException(path, $"The tensor '{entry.Name}' of '{file}' is not in the index.", field: "weight_map");
            if (named != file)
                throw new ModelFormatException(path, $"The tensor '{entry.Name}' is in '{file}', but the index places it in '{named}'.", field: "weight_map");
        }
    }

    private static ModelFormatException Absent(string path, List<SafeTensorsShard> shards, Content index)
    {
        HashSet<string> present = [.. shards.SelectMany(shard => shard.Header.Tensors).Select(entry => entry.Name)];
        (string name, string file) = index.ShardOf.First(pair => !present.Contains(pair.Key));
        return new(path, $"The index places the tensor '{name}' in '{file}', which does not hold it.", field: "weight_map");
    }

    private static unsafe Content Read(string path, LoadLimits limits)
    {
        TensorStorage storage = MappedStorage.Open(path);
        try
        {
            if (storage.ByteLength > SafeTensorsLimits.HeaderBytes)
                throw new ModelLimitException(path, "Bytes of the index", storage.ByteLength, SafeTensorsLimits.HeaderBytes);
            // In bounds: the whole mapping, whose length was just checked.
            return Read(new HeaderJson(new(storage.Pointer, (int)storage.ByteLength), path, 0, storage.ByteLength, limits));
        }
        finally
        {
            storage.Release();
        }
    }

    private static Content Read(HeaderJson json)
    {
        json.RequireUtf8();
        json.Read(JsonTokenType.StartObject, "a JSON object with \"weight_map\"");
        var metadata = new OrderedDictionary<string, object>(StringComparer.Ordinal);
        Dictionary<string, string>? shardOf = null;
        List<string> files = [];
        while (json.Read() && json.Token == JsonTokenType.PropertyName)
        {
            if (json.Is("weight_map"))
            {
                if (shardOf is not null) throw json.Broken("\"weight_map\" is given twice.");
                shardOf = ReadWeightMap(ref json, files);
            }
            else if (json.Is("metadata"))
            {
                ReadMetadata(ref json, metadata);
            }
            else
            {
                json.SkipValue();
            }
            (json.Outer, json.Inner) = (null, null);
        }
        if (shardOf is null) throw json.Broken("The index has no \"weight_map\".");
        json.Read();   // refuses anything behind the object but white space
        return new(metadata, shardOf, files);
    }

    private static Dictionary<string, string> ReadWeightMap(ref HeaderJson json, List<string> files)
    {
        json.Outer = "weight_map";
        json.Read(JsonTokenType.StartObject, "an object of file names");
        var shardOf = new Dictionary<string, string>(StringComparer.Ordinal);
        var known = new HashSet<string>(StringComparer.Ordinal);
        string? file = null;
        while (json.Read() && json.Token == JsonTokenType.PropertyName)
        {
            json.RequireCount("Number of tensors", shardOf.Count + 1);
            json.Charge(SafeTensorsLimits.TextCost);
            string name = json.Name("a tensor name");
            json.Inner = name;
            json.Read(JsonTokenType.String, "a file name");
            // Most tensors lie in the same file as the one before.
            if (file is null || !json.Is(file))
            {
                json.Charge(SafeTensorsLimits.TextCost);
                file = json.Name("a file name");
                if (known.Add(file)) files.Add(file);
            }
            if (!shardOf.TryAdd(name, file)) throw json.Broken("The tensor is named twice.");
            json.Inner = null;
        }
        return shardOf;
    }

    // Free form: texts and numbers are kept as they stand, what is nested is not.
    private static void ReadMetadata(ref HeaderJson json, OrderedDictionary<string, object> metadata)
    {
        json.Outer = "metadata";
        json.Read();
        if (json.Token != JsonTokenType.StartObject) throw json.Unexpected("an object");
        while (json.Read() && json.Token == JsonTokenType.PropertyName)
        {
            json.RequireCount("Number of metadata entries", metadata.Count + 1);
            json.Charge(SafeTensorsLimits.TextCost);
            string key = json.Name("a metadata key");
            json.Inner = key;
            json.Read();
            if (json.IsNested) json.SkipChildren();
            else metadata[key] = json.Literal();
            json.Inner = null;
        }
    }
}
