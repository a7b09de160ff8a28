using TensorLogic.CoreML.Specification;
using TensorLogic.CoreML.Specification.Classic;
using TensorLogic.Models.Classic;

namespace TensorLogic.CoreML.Lowering.Classic;

/// <summary>Makes evaluators of the kinds that are no graph.</summary>
internal static class ClassicLowering
{
    // What runs only in Apple's frameworks, and why.
    private static readonly Dictionary<ModelKind, string> Private = new()
    {
        [ModelKind.TextClassifier] = "text classifiers compute in private code of Apple's Natural Language framework",
        [ModelKind.WordTagger] = "word taggers compute in private code of Apple's Natural Language framework",
        [ModelKind.Gazetteer] = "gazetteers are looked up by private code of Apple's Natural Language framework",
        [ModelKind.WordEmbedding] = "word embeddings are looked up by private code of Apple's Natural Language framework",
        [ModelKind.VisionFeaturePrint] = "the feature extractor is private to Apple's Vision framework",
        [ModelKind.SoundAnalysisPreprocessing] = "the preprocessing is private to Apple's Sound Analysis framework",
        [ModelKind.AudioFeaturePrint] = "the feature extractor is private to Apple's Sound Analysis framework",
        [ModelKind.SerializedModel] = "the message inside is private to Apple",
        [ModelKind.CustomModel] = "its class is part of the application that the model was made for",
    };

    /// <exception cref="UnsupportedOperatorException">The arithmetic is private.</exception>
    /// <exception cref="ModelFormatException">The model is broken.</exception>
    public static ModelBody Lower(LoweringScope lowering, ModelSpecification specification, FunctionDescription function)
    {
        ClassicScope scope = new(specification, function, lowering.Place, lowering.Limits);
        ClassicEvaluator evaluator = specification.Classic switch
        {
            GlmSpecification glm => LinearLowering.Lower(scope, glm),
            SupportVectorSpecification svm => LinearLowering.Lower(scope, svm),
            TreeSpecification trees => TreeLowering.Lower(scope, trees),
            NeighborsSpecification neighbors => NeighborsLowering.Lower(scope, neighbors),
            ProbitSpecification probit => NeighborsLowering.Lower(scope, probit),
            RecommenderSpecification recommender => NeighborsLowering.Lower(scope, recommender),
            SuppressionSpecification suppression => NeighborsLowering.Lower(scope, suppression),
            VectorizerSpecification vectorizer => FeatureLowering.Lower(scope, vectorizer),
            DictVectorizerSpecification vectorizer => FeatureLowering.Lower(scope, vectorizer),
            OneHotSpecification encoder => FeatureLowering.Lower(scope, encoder),
            ExtractorSpecification extractor => FeatureLowering.Lower(scope, extractor),
            ScalerSpecification scaler => FeatureLowering.Lower(scope, scaler),
            NormalizerSpecification normalizer => FeatureLowering.Lower(scope, normalizer),
            ImputerSpecification imputer => FeatureLowering.Lower(scope, imputer),
            MappingSpecification mapping => FeatureLowering.Lower(scope, mapping),
            EmptySpecification when specification.Kind == ModelKind.Identity => FeatureLowering.LowerIdentity(scope),
            EmptySpecification => FeatureLowering.LowerThresholding(scope),
            _ => throw Unsupported(lowering, specification),
        };
        return new ClassicBody(lowering.Name, evaluator, ClassicSummary.Of(specification), function.Inputs, function.Outputs);
    }

    private static UnsupportedOperatorException Unsupported(LoweringScope lowering, ModelSpecification specification)
    {
        string detail = specification.Classic is PrivateSpecification { Detail: { Length: > 0 } text } ? $" ({text})" : "";
        return new(ModelKinds.NameOf(specification.Kind), $"{Private.GetValueOrDefault(specification.Kind, "models of this kind can be described, not run")}{detail}")
        {
            Place = $"{specification.File} > {lowering.Place}",
            Remedy = specification.Kind == ModelKind.CustomModel ? "Run the model in its application on macOS." : "Run the model on macOS through Core ML.",
        };
    }
}
