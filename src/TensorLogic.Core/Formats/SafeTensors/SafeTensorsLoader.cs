namespace TensorLogic.Formats.SafeTensors;

/// <summary>Opens SafeTensors files.</summary>
internal sealed class SafeTensorsLoader : IModelLoader
{
    public ModelFormat Format => ModelFormat.SafeTensors;

    public string Signature => "";

    public IReadOnlyList<Device> NativeDevices => [];

    public bool Matches(ModelCandidate candidate) => false;

    public IModel Load(string path, LoadContext context) => throw new UnsupportedOperatorException("SafeTensors");
}
