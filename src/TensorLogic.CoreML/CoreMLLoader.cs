using TensorLogic.CoreML.Packages;
using TensorLogic.CoreML.Specification;

namespace TensorLogic.CoreML;

/// <summary>Opens Core ML models in any of their layouts.</summary>
/// <param name="customLayers">What makes the implementations of custom layers, by class name.</param>
internal sealed class CoreMLLoader(IReadOnlyDictionary<string, CustomLayerFactory> customLayers) : IModelLoader
{
    public ModelFormat Format => ModelFormat.CoreML;

    public string Signature => "a folder with Manifest.json or coremldata.bin, or a file of the fields of Core ML's Model message";

    public IReadOnlyList<Device> NativeDevices => [];

    public bool Matches(ModelCandidate candidate) => candidate.IsFolder
        ? candidate.HasFile(PackageManifest.FileName) || CoreMLPackage.IsCompiled(candidate.Path)
        : ModelSignature.IsModel(candidate.Start, candidate.Length);

    public IModel Load(string path, LoadContext context)
    {
        CoreMLPackage package = CoreMLPackage.Open(path, context.Options.Limits);
        try
        {
            ModelSpecification specification = SpecificationReader.Read(package, context.Options.Limits);
            return new CoreMLModel(path, package, specification, context, customLayers);
        }
        catch
        {
            package.Dispose();
            throw;
        }
    }
}
