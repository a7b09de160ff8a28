namespace TensorLogic.Formats.Gguf;

/// <summary>The tensors of one file or of a split set. They can be read, not run.</summary>
internal sealed class GgufModel : Model
{
    private readonly IReadOnlyList<GgufPart> _parts;

    /// <summary>Takes over the parts.</summary>
    /// <param name="path">The file that was opened, for the name.</param>
    /// <param name="parts">No tensor name stands in two of them.</param>
    /// <param name="metadata">The model's own pairs.</param>
    public GgufModel(string path, IReadOnlyList<GgufPart> parts, IReadOnlyDictionary<string, object> metadata)
    {
        _parts = parts;
        Dictionary<Quantization, long> bytes = [];
        long parameters = 0;
        OrderedDictionary<string, ModelTensor> tensors = new(parts.Sum(part => part.Header.Tensors.Count), StringComparer.Ordinal);
        foreach (GgufPart part in parts)
            foreach (GgufEntry entry in part.Header.Tensors)
            {
                tensors.Add(entry.Name, part.Describe(entry));
                parameters += entry.ElementCount;
                if (entry.ByteCount > 0) bytes[entry.Type.Storage] = bytes.GetValueOrDefault(entry.Type.Storage) + entry.ByteCount;
            }
        Tensors = tensors;
        Metadata = new()
        {
            Format = ModelFormat.Gguf,
            Name = Path.GetFileName(path),
            Files = parts.Count > 1 ? [.. parts.Select(part => part.Path)] : [],
            Kind = Text("general.architecture"),
            Author = Text("general.author"),
            License = Text("general.license"),
            Description = Text("general.description"),
            Version = Text("general.version"),
            SpecificationVersion = parts[0].Header.Version,
            WeightBytes = bytes,
            TensorCount = tensors.Count,
            ParameterCount = parameters,
            UserDefined = metadata,
        };

        string Text(string key) => metadata.GetValueOrDefault(key) as string ?? "";
    }

    public override ModelMetadata Metadata { get; }

    public override IReadOnlyDictionary<string, ModelTensor> Tensors { get; }

    protected override void Dispose(bool disposing)
    {
        foreach (GgufPart part in _parts) part.Dispose();
    }
}
