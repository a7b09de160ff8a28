namespace TensorLogic.Formats.Gguf;

/// <summary>Opens GGUF files, versions 1 to 3, of either byte order.</summary>
internal sealed class GgufLoader : IModelLoader
{
    public ModelFormat Format => ModelFormat.Gguf;

    public string Signature => "\"GGUF\" in the first four bytes";

    public IReadOnlyList<Device> NativeDevices => [];

    public bool Matches(ModelCandidate candidate) => candidate.Start.StartsWith("GGUF"u8);

    public IModel Load(string path, LoadContext context) => GgufModel.Open(path, context.Options.Limits);
}
