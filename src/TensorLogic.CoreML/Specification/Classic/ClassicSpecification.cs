namespace TensorLogic.CoreML.Specification.Classic;

/// <summary>The message of a model kind that is no program, network or pipeline. Numbers are as the file states them; nothing is checked against anything else.</summary>
internal abstract record ClassicSpecification;

/// <summary><c>GLMRegressor</c> and <c>GLMClassifier</c>.</summary>
internal sealed record GlmSpecification(double[][] Weights, double[] Offsets, int Transform, int Encoding, IReadOnlyList<object>? Labels) : ClassicSpecification;

/// <summary>A kernel by its field number (1 linear, 2 RBF, 3 polynomial, 4 sigmoid; 0 none).</summary>
internal sealed record KernelSpecification(int Kind, double Gamma, double C, int Degree);

/// <summary>A support vector; indices are 1-based, null for a dense one.</summary>
internal readonly record struct VectorSpecification(double[] Values, int[]? Indices);

/// <summary><c>SupportVectorRegressor</c> and <c>SupportVectorClassifier</c>.</summary>
internal sealed record SupportVectorSpecification(
    KernelSpecification Kernel, IReadOnlyList<VectorSpecification>? Vectors, IReadOnlyList<double[]> Coefficients, double[] Rho,
    IReadOnlyList<long> Counts, double[] ProbA, double[] ProbB, IReadOnlyList<object>? Labels) : ClassicSpecification;

/// <summary>A node of a tree; the values of a leaf are a range of <see cref="TreeSpecification.Leaves"/>.</summary>
internal record struct NodeSpecification
{
    public ulong Tree, Node, TrueChild, FalseChild, Feature;
    public double Value;
    public int Behavior, FirstLeaf, LeafCount;
    public bool MissingIsTrue;
}

/// <summary>One value of a leaf.</summary>
internal readonly record struct LeafSpecification(ulong Dimension, double Value);

/// <summary><c>TreeEnsembleRegressor</c> and <c>TreeEnsembleClassifier</c>.</summary>
internal sealed record TreeSpecification(NodeSpecification[] Nodes, LeafSpecification[] Leaves, ulong Dimensions, double[] Base, int Transform, IReadOnlyList<object>? Labels) : ClassicSpecification;

/// <summary>An <c>Int64Parameter</c>: a value, and a range or a set of those allowed.</summary>
internal sealed record Int64Parameter(long Value, (long Least, long Greatest)? Range, IReadOnlyList<long>? Allowed);

/// <summary><c>KNearestNeighborsClassifier</c>. The index is a field number (100 linear, 110 k-d tree; 0 none), the weighting too (200 uniform, 210 inverse distance).</summary>
internal sealed record NeighborsSpecification(
    int Dimensions, IReadOnlyList<float[]> Samples, int Index, int LeafSize, bool HasDistance, Int64Parameter? Neighbors,
    int Weighting, IReadOnlyList<object>? Labels, object? DefaultLabel) : ClassicSpecification;

/// <summary><c>BayesianProbitRegressor</c>; distributions by mean and precision.</summary>
internal sealed record ProbitSpecification(long Features, (double Mean, double Precision) Bias, IReadOnlyList<(long Feature, long Value, double Mean, double Precision)> Weights, IReadOnlyDictionary<int, string> Names) : ClassicSpecification;

/// <summary>Items similar to one item.</summary>
internal sealed record SimilaritySpecification(ulong Item, IReadOnlyList<(ulong Item, double Score)> Similar, double Shift);

/// <summary><c>ItemSimilarityRecommender</c>; names by field number.</summary>
internal sealed record RecommenderSpecification(IReadOnlyList<SimilaritySpecification> Items, IReadOnlyList<object>? StringIds, IReadOnlyList<object>? IntegerIds, IReadOnlyDictionary<int, string> Names) : ClassicSpecification;

/// <summary><c>NonMaximumSuppression</c>; names by field number.</summary>
internal sealed record SuppressionSpecification(bool HasMethod, bool PerClass, double IouThreshold, double ConfidenceThreshold, IReadOnlyList<object>? Labels, IReadOnlyDictionary<int, string> Names) : ClassicSpecification;

/// <summary><c>FeatureVectorizer</c>.</summary>
internal sealed record VectorizerSpecification(IReadOnlyList<(string Name, ulong Count)> Columns) : ClassicSpecification;

/// <summary><c>DictVectorizer</c>.</summary>
internal sealed record DictVectorizerSpecification(IReadOnlyList<object>? Keys) : ClassicSpecification;

/// <summary><c>OneHotEncoder</c>.</summary>
internal sealed record OneHotSpecification(IReadOnlyList<object>? Categories, bool IsSparse, int HandleUnknown) : ClassicSpecification;

/// <summary><c>ArrayFeatureExtractor</c>.</summary>
internal sealed record ExtractorSpecification(IReadOnlyList<long> Indices) : ClassicSpecification;

/// <summary><c>Scaler</c>.</summary>
internal sealed record ScalerSpecification(double[] Shift, double[] Scale) : ClassicSpecification;

/// <summary><c>Normalizer</c>.</summary>
internal sealed record NormalizerSpecification(int Norm) : ClassicSpecification;

/// <summary><c>Imputer</c>: a double, long, string, double[], long[] or dictionary feature, and a double, long or string.</summary>
internal sealed record ImputerSpecification(object? Imputed, object? Replaced) : ClassicSpecification;

/// <summary><c>CategoricalMapping</c>; the unknown value is a string or long.</summary>
internal sealed record MappingSpecification(IReadOnlyDictionary<object, object>? Map, bool FromStrings, object? Otherwise) : ClassicSpecification;

/// <summary><c>LinkedModel</c>.</summary>
internal sealed record LinkedSpecification(string? FileName, string SearchPath) : ClassicSpecification;

/// <summary>A message without fields that matter: <c>Identity</c>, <c>ClassConfidenceThresholding</c>.</summary>
internal sealed record EmptySpecification : ClassicSpecification;

/// <summary><c>CustomModel</c>, and the models of Apple's own.</summary>
/// <param name="Detail">Class name or variant, or empty.</param>
internal sealed record PrivateSpecification(string Detail) : ClassicSpecification;
