using TensorLogic.CoreML.Packages;
using TensorLogic.CoreML.Specification;

namespace TensorLogic.CoreML;

/// <summary>Opens Core ML models in any of their layouts.</summary>
/// <param name="customLayers">What makes the implementations of custom layers, by class name.</param>
internal sealed class CoreMLLoader(IReadOnlyDictionary<string, CustomLayerFactory> customLayers) : IModelLoader
{
    public ModelFormat Format => ModelFormat.CoreML;

    // Packages of Apple's Core AI, which came after Core ML; what is in them is not public.
    private const string CoreAI = ".aimodel";

    public string Signature => "a folder with Manifest.json or coremldata.bin, a zip file of one, or a file of the fields of Core ML's Model message";

    public IReadOnlyList<Device> NativeDevices => [];

    public bool Matches(ModelCandidate candidate) => IsCoreAI(candidate.Path) || (candidate.IsFolder
        ? candidate.HasFile(PackageManifest.FileName) || CoreMLPackage.IsCompiled(candidate.Path)
        : ZippedPackage.IsZip(candidate.Start) || ModelSignature.IsModel(candidate.Start, candidate.Length));

    private static bool IsCoreAI(string path) => Path.GetExtension(Path.TrimEndingDirectorySeparator(path)).Equals(CoreAI, StringComparison.OrdinalIgnoreCase);

    public IModel Load(string path, LoadContext context)
    {
        if (IsCoreAI(path))
            throw new UnsupportedOperatorException(CoreAI, "models of Apple's Core AI are not read: their format is not public") { Place = path, Remedy = "Convert the source model to Core ML (.mlpackage) with coremltools." };
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
