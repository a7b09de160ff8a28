namespace TensorLogic.Formats.Gguf;

/// <summary>Opens Gguf files.</summary>
internal sealed class GgufLoader : IModelLoader
{
    public ModelFormat Format => ModelFormat.Gguf;

    public string Signature => "";

    public IReadOnlyList<Device> NativeDevices => [];

    public bool Matches(ModelCandidate candidate) => false;

    public IModel Load(string path, LoadContext context) => throw new UnsupportedOperatorException("Gguf");
}
