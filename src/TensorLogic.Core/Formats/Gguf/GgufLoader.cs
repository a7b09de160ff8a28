namespace TensorLogic.Formats.Gguf;

/// <summary>Opens GGUF files and split sets.</summary>
internal sealed class GgufLoader : IModelLoader
{
    public ModelFormat Format => ModelFormat.Gguf;

    public string Signature => GgufFormat.Signature;

    public IReadOnlyList<Device> NativeDevices => [];

    public bool Matches(ModelCandidate candidate) => !candidate.IsFolder && GgufFormat.IsFile(candidate.Start);

    public IModel Load(string path, LoadContext context) => Open(path, context.Options.Limits, context.Cancellation);

    /// <summary>Opens a file; a part of a split set opens the whole set.</summary>
    public static GgufModel Open(string path, LoadLimits limits, CancellationToken cancellation = default)
    {
        GgufPart part = GgufPart.Open(path, limits);
        return GgufSplit.Of(part) is { } split ? split.Open(part, limits, cancellation) : new GgufModel(path, [part], part.Header.Metadata);
    }
}
