using TensorLogic.CoreML.Protobuf;

namespace TensorLogic.CoreML.Specification.Classic;

/// <summary>Gathers the message of a model kind, which may come in parts.</summary>
internal abstract class ClassicReader
{
    private static readonly Dictionary<ModelKind, Func<ClassicReader>> Readers = new()
    {
        [ModelKind.GlmRegressor] = static () => new GlmReader(isClassifier: false),
        [ModelKind.GlmClassifier] = static () => new GlmReader(isClassifier: true),
        [ModelKind.SupportVectorRegressor] = static () => new SupportVectorReader(isClassifier: false),
        [ModelKind.SupportVectorClassifier] = static () => new SupportVectorReader(isClassifier: true),
        [ModelKind.TreeEnsembleRegressor] = static () => new TreeReader(),
        [ModelKind.TreeEnsembleClassifier] = static () => new TreeReader(),
        [ModelKind.KNearestNeighborsClassifier] = static () => new NeighborsReader(),
        [ModelKind.BayesianProbitRegressor] = static () => new ProbitReader(),
        [ModelKind.ItemSimilarityRecommender] = static () => new RecommenderReader(),
        [ModelKind.NonMaximumSuppression] = static () => new SuppressionReader(),
        [ModelKind.FeatureVectorizer] = static () => new VectorizerReader(),
        [ModelKind.DictVectorizer] = static () => new DictVectorizerReader(),
        [ModelKind.OneHotEncoder] = static () => new OneHotReader(),
        [ModelKind.ArrayFeatureExtractor] = static () => new ExtractorReader(),
        [ModelKind.Scaler] = static () => new ScalerReader(),
        [ModelKind.Normalizer] = static () => new NormalizerReader(),
        [ModelKind.Imputer] = static () => new ImputerReader(),
        [ModelKind.CategoricalMapping] = static () => new MappingReader(),
        [ModelKind.LinkedModel] = static () => new LinkedReader(),
        [ModelKind.Identity] = static () => new EmptyReader(),
        [ModelKind.ClassConfidenceThresholding] = static () => new EmptyReader(),
        [ModelKind.CustomModel] = static () => new CustomReader(),
        [ModelKind.VisionFeaturePrint] = static () => new FeaturePrintReader("scene", "objects"),
        [ModelKind.SoundAnalysisPreprocessing] = static () => new FeaturePrintReader("vggish"),
        [ModelKind.AudioFeaturePrint] = static () => new FeaturePrintReader("sound"),
        [ModelKind.SerializedModel] = static () => new SerializedReader(),
    };

    /// <summary>A reader for a kind; null if its message is not read.</summary>
    public static ClassicReader? For(ModelKind kind) => Readers.GetValueOrDefault(kind)?.Invoke();

    /// <summary>Adds a part of the message.</summary>
    public abstract void Read(ProtobufReader reader);

    /// <summary>What was gathered.</summary>
    public abstract ClassicSpecification Build();

    /// <summary>Counts an item that is kept in memory.</summary>
    /// <exception cref="ModelLimitException">There are too many.</exception>
    protected static void Count(ProtobufReader reader, int before, long bytes, string field)
    {
        if (before >= reader.Source.Limits.Count) throw new ModelLimitException(reader.Source.File, $"Number of {reader.Source.Path(reader.Depth, field)}", (Int128)before + 1, reader.Source.Limits.Count);
        reader.Source.Charge(bytes, field);
    }
}
