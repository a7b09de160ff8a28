namespace TensorLogic.CoreML.Specification;

/// <summary>Kind of a Core ML model: the field numbers of the <c>Type</c> oneof in Model.proto, which <c>coremldata.bin</c> uses too.</summary>
internal enum ModelKind
{
    None = 0,
    PipelineClassifier = 200,
    PipelineRegressor = 201,
    Pipeline = 202,
    GlmRegressor = 300,
    SupportVectorRegressor = 301,
    TreeEnsembleRegressor = 302,
    NeuralNetworkRegressor = 303,
    BayesianProbitRegressor = 304,
    GlmClassifier = 400,
    SupportVectorClassifier = 401,
    TreeEnsembleClassifier = 402,
    NeuralNetworkClassifier = 403,
    KNearestNeighborsClassifier = 404,
    NeuralNetwork = 500,
    ItemSimilarityRecommender = 501,
    MlProgram = 502,
    CustomModel = 555,
    LinkedModel = 556,
    ClassConfidenceThresholding = 560,
    OneHotEncoder = 600,
    Imputer = 601,
    FeatureVectorizer = 602,
    DictVectorizer = 603,
    Scaler = 604,
    CategoricalMapping = 606,
    Normalizer = 607,
    ArrayFeatureExtractor = 609,
    NonMaximumSuppression = 610,
    Identity = 900,
    TextClassifier = 2000,
    WordTagger = 2001,
    VisionFeaturePrint = 2002,
    SoundAnalysisPreprocessing = 2003,
    Gazetteer = 2004,
    WordEmbedding = 2005,
    AudioFeaturePrint = 2006,
    SerializedModel = 3000,
}

internal static class ModelKinds
{
    /// <summary>The oneof field's name, as the format spells it: <c>mlProgram</c>, <c>neuralNetworkClassifier</c>.</summary>
    public static string NameOf(ModelKind kind)
    {
        string name = kind.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    public static bool IsNeuralNetwork(ModelKind kind) =>
        kind is ModelKind.NeuralNetwork or ModelKind.NeuralNetworkClassifier or ModelKind.NeuralNetworkRegressor;

    public static bool IsPipeline(ModelKind kind) =>
        kind is ModelKind.Pipeline or ModelKind.PipelineClassifier or ModelKind.PipelineRegressor;
}
