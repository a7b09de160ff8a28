using System.Globalization;

namespace TensorLogic.CoreML.Specification.Classic;

/// <summary>What a classic model is, in one line for people.</summary>
internal static class ClassicSummary
{
    private const int NamesShown = 10;

    /// <summary><c>10 trees, 488 nodes, 1 dimension</c>; empty where the kind says it all.</summary>
    public static string Of(ModelSpecification specification) => specification.Classic switch
    {
        GlmSpecification glm => Joined(Counted(glm.Weights.Length, "row"), Counted(glm.Weights is [var row, ..] ? row.Length : 0, "weight"), GlmTransform(specification.Kind, glm), Labels(glm.Labels)),
        SupportVectorSpecification svm => Joined($"{Kernel(svm.Kernel)} kernel", Counted(svm.Vectors?.Count ?? 0, $"{(svm.Vectors is [{ Indices: not null }, ..] ? "sparse" : "dense")} support vector"),
            specification.Kind == ModelKind.SupportVectorClassifier ? svm.ProbA.Length > 0 ? "with probabilities" : "without probabilities" : "", Labels(svm.Labels)),
        TreeSpecification trees => Joined(Counted(CountTrees(trees), "tree"), Counted(trees.Nodes.Length, "node"), string.Create(CultureInfo.InvariantCulture, $"{trees.Dimensions} {(trees.Dimensions == 1 ? "dimension" : "dimensions")}"), TreeTransform(trees.Transform), Labels(trees.Labels)),
        NeighborsSpecification knn => Joined(Counted(knn.Samples.Count, "sample"), Counted(knn.Dimensions, "dimension"), Counted(knn.Neighbors?.Value ?? 0, "neighbour"),
            knn.Weighting == 210 ? "inverse distance weights" : "uniform weights", knn.Index == 110 ? "k-d tree" : "linear index", Labels(knn.Labels is null ? null : [.. knn.Labels.Distinct()])),
        ProbitSpecification probit => Joined(Counted(probit.Features, "feature"), Counted(probit.Weights.Count, "weight")),
        RecommenderSpecification recommender => Joined(Counted(recommender.Items.Count, "item"), Counted(recommender.Items.Sum(item => (long)item.Similar.Count), "similarity", "similarities"), Named("ids", recommender.StringIds ?? recommender.IntegerIds)),
        SuppressionSpecification suppression => Joined(suppression.PerClass ? "pick top per class" : "pick top",
            string.Create(CultureInfo.InvariantCulture, $"overlap at most {suppression.IouThreshold:G6}"), string.Create(CultureInfo.InvariantCulture, $"confidence at least {suppression.ConfidenceThreshold:G6}"), Labels(suppression.Labels)),
        VectorizerSpecification vectorizer => Joined(Counted(vectorizer.Columns.Count, "column"), Counted((long)Math.Min(vectorizer.Columns.Aggregate(0UL, static (sum, column) => sum + column.Count), long.MaxValue), "value")),
        DictVectorizerSpecification vectorizer => Joined(Counted(vectorizer.Keys?.Count ?? 0, "key"), Named("keys", vectorizer.Keys)),
        OneHotSpecification encoder => Joined(Counted(encoder.Categories?.Count ?? 0, "category", "categories"), encoder.HandleUnknown == 1 ? "unknown ignored" : "unknown refused", Named("categories", encoder.Categories)),
        ExtractorSpecification extractor => Named(extractor.Indices.Count == 1 ? "element" : "elements", [.. extractor.Indices.Take(NamesShown + 1).Select(index => (object)index)]),
        ScalerSpecification scaler => Joined(Counted(scaler.Shift.Length, "shift"), Counted(scaler.Scale.Length, "scale")),
        NormalizerSpecification normalizer => normalizer.Norm switch { 1 => "L1", 2 => "L2", _ => "maximum" },
        ImputerSpecification imputer => $"{Value(imputer.Replaced ?? "missing")} becomes {Value(imputer.Imputed ?? "nothing")}",
        MappingSpecification mapping => Joined($"{Counted(mapping.Map?.Count ?? 0, mapping.FromStrings ? "string" : "integer")} to {(mapping.FromStrings ? "integers" : "strings")}", mapping.Otherwise is null ? "unknown refused" : $"unknown becomes {Value(mapping.Otherwise)}"),
        LinkedSpecification linked => Joined($"file {linked.FileName}", linked.SearchPath.Length > 0 ? $"in {linked.SearchPath}" : ""),
        PrivateSpecification { Detail: var detail } => detail,
        _ => "",
    };

    private static string Joined(params IEnumerable<string> parts) => string.Join(", ", parts.Where(part => part.Length > 0));

    private static string Counted(long count, string one, string? many = null) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many ?? one + "s")}");

    private static string Labels(IReadOnlyList<object>? labels) => labels is null ? "" : $"{Counted(labels.Count, "label")} ({Shown(labels)})";

    private static string Named(string what, IReadOnlyList<object>? names) => names is { Count: > 0 } ? $"{what} {Shown(names)}" : "";

    private static string Shown(IReadOnlyList<object> names) => string.Join(", ", names.Take(NamesShown)) + (names.Count > NamesShown ? ", …" : "");

    private static string Value(object value) => value switch
    {
        double number => number.ToString(CultureInfo.InvariantCulture),
        double[] numbers => Counted(numbers.Length, "number"),
        long[] numbers => Counted(numbers.Length, "integer"),
        Feature dictionary => $"a dictionary of {Counted(dictionary.AsDictionary().Count, "key")}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string GlmTransform(ModelKind kind, GlmSpecification glm) => kind == ModelKind.GlmRegressor
        ? glm.Transform switch { 1 => "logit", 2 => "probit", _ => "" }
        : $"{(glm.Transform == 1 ? "probit" : "logit")}, {(glm.Encoding == 1 ? "one versus rest" : "reference class")}";

    private static string TreeTransform(int transform) => transform switch { 1 => "softmax", 2 => "logistic", 3 => "softmax with reference class", _ => "" };

    private static string Kernel(KernelSpecification kernel) => kernel.Kind switch { 1 => "linear", 2 => "RBF", 3 => $"polynomial (degree {kernel.Degree})", 4 => "sigmoid", _ => "no" };

    private static long CountTrees(TreeSpecification trees)
    {
        HashSet<ulong> seen = [];
        foreach (ref readonly NodeSpecification node in trees.Nodes.AsSpan()) seen.Add(node.Tree);
        return seen.Count;
    }
}
