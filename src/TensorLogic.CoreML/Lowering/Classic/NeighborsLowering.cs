using TensorLogic.CoreML.Specification.Classic;
using TensorLogic.Models.Classic;

namespace TensorLogic.CoreML.Lowering.Classic;

/// <summary>Nearest neighbours, Bayesian probit, recommenders, non-maximum suppression.</summary>
internal static class NeighborsLowering
{
    public static ClassicEvaluator Lower(ClassicScope scope, NeighborsSpecification knn)
    {
        int dimensions = scope.VectorCount() ?? knn.Dimensions;
        if (knn.Dimensions < 1 || knn.Dimensions != dimensions) throw scope.Broken("nearestNeighborsIndex.numberOfDimensions", $"Expected {dimensions}, as many as the inputs have, found {knn.Dimensions}.");
        for (int i = 0; i < knn.Samples.Count; i++)
            if (knn.Samples[i].Length != dimensions) throw scope.Broken($"nearestNeighborsIndex.floatSamples[{i}]", $"Expected {dimensions} values, found {knn.Samples[i].Length}.");
        if (knn.Index == 0) throw scope.Broken("nearestNeighborsIndex.IndexType", "Expected an index, found none.");
        if (knn is { Index: 110, LeafSize: < 1 }) throw scope.Broken("nearestNeighborsIndex.singleKdTreeIndex.leafSize", $"Expected 1 or more, found {knn.LeafSize}.");
        if (!knn.HasDistance) throw scope.Broken("nearestNeighborsIndex.DistanceFunction", "Expected a distance, found none.");
        if (knn.Weighting == 0) throw scope.Broken("WeightingScheme", "Expected a weighting, found none.");
        int neighbors = Neighbors(scope, knn.Neighbors);

        IReadOnlyList<object> labels = knn.Labels ?? [];
        if (labels.Count != knn.Samples.Count) throw scope.Broken("ClassLabels", $"Expected {knn.Samples.Count} labels, one for each sample, found {labels.Count}.");
        if (labels.Count == 0 && knn.DefaultLabel is null) throw scope.Broken("DefaultClassLabel", "Expected a label for a model without samples, found none.");
        if (labels.Count > 0 && knn.DefaultLabel is { } stated && stated is string != labels[0] is string) throw scope.Broken("DefaultClassLabel", $"Expected a label like '{labels[0]}', found '{stated}'.");
        object[] distinct = [.. labels.Count == 0 ? [knn.DefaultLabel!] : labels.Distinct()];
        Array.Sort(distinct, static (a, b) => a is string text ? string.CompareOrdinal(text, (string)b) : ((long)a).CompareTo((long)b));
        Dictionary<object, int> classOf = distinct.Select((label, index) => KeyValuePair.Create(label, index)).ToDictionary();
        return new NearestNeighbors([.. knn.Samples], [.. labels.Select(label => classOf[label])], dimensions, neighbors, knn.Weighting == 210, scope.ClassifierOutputs(distinct), 0);
    }

    private static int Neighbors(ClassicScope scope, Int64Parameter? parameter)
    {
        long count = parameter?.Value ?? 0;
        bool isAllowed = parameter switch
        {
            { Range: (var least, var greatest) } => count >= least && count <= greatest,
            { Allowed: { } set } => set.Contains(count),
            _ => true,
        };
        if (count < 1 || !isAllowed) throw scope.Broken("numberOfNeighbors", $"Expected a number of 1 or more that its range or set allows, found {count}.");
        return (int)Math.Min(count, int.MaxValue);
    }

    public static ClassicEvaluator Lower(ClassicScope scope, ProbitSpecification probit)
    {
        string Name(int field) => probit.Names.GetValueOrDefault(field, "");
        string input = scope.Input("regressionInputFeatureName", Name(10), FeatureKind.Tensor).Name;
        foreach (int field in (ReadOnlySpan<int>)[11, 12, 13])
            if (Name(field).Length > 0) scope.Input("featureName", Name(field), FeatureKind.Double);
        foreach (int field in (ReadOnlySpan<int>)[20, 21, 22, 23])
            if (Name(field).Length > 0) scope.Output("featureName", Name(field), FeatureKind.Double);
        string[] others = [Name(20), Name(21), Name(22), Name(23)];
        string probability = scope.Outputs.Select(output => output.Name).FirstOrDefault(output => !others.Contains(output)) ?? "";
        if (probability.Length > 0) scope.Output("predictedFeatureName", probability, FeatureKind.Double);
        scope.CheckOthers([probability, .. others]);

        Dictionary<(long, long), Gaussian> weights = [];
        foreach ((long feature, long value, double mean, double precision) in probit.Weights)
        {
            if (probit.Features > 0 && feature >= probit.Features) throw scope.Broken("features", $"Expected ids of 0 to {probit.Features - 1}, found {feature}.");
            weights[(feature, value)] = Distribution(scope, mean, precision);
        }
        // A bias that is not stated is zero for certain.
        Gaussian bias = probit.Bias == default ? default : Distribution(scope, probit.Bias.Mean, probit.Bias.Precision);
        return new BayesianProbit(weights, bias, new(input, Name(11), Name(12), Name(13), probability, Name(20), Name(21), Name(22), Name(23)));
    }

    private static Gaussian Distribution(ClassicScope scope, double mean, double precision) =>
        precision > 0 ? new(mean, 1 / precision) : throw scope.Broken("precision", $"Expected a precision above 0, found {precision}.");

    public static ClassicEvaluator Lower(ClassicScope scope, RecommenderSpecification recommender)
    {
        string Name(int field) => recommender.Names.GetValueOrDefault(field, "");
        string items = Name(10).Length > 0 || scope.Inputs.Count != 1 ? Name(10) : scope.Inputs[0].Name;
        bool hasStrings = recommender.StringIds is { Count: > 0 }, hasIntegers = recommender.IntegerIds is { Count: > 0 };
        if (hasStrings && hasIntegers) throw scope.Broken("itemInt64Ids", "Expected strings or integers as ids of the items, found both.");
        ulong last = recommender.Items.Aggregate(0UL, static (most, item) => Math.Max(most, item.Similar.Aggregate(item.Item, static (inner, other) => Math.Max(inner, other.Item))));
        IReadOnlyList<object>? stated = hasStrings ? recommender.StringIds : hasIntegers ? recommender.IntegerIds : null;
        if (stated is not null && last >= (ulong)stated.Count && recommender.Items.Count > 0) throw scope.Broken("itemItemSimilarities", $"Expected items of 0 to {stated.Count - 1}, found {last}.");
        if (last >= (ulong)scope.Limits.Count) throw scope.TooMany("Number of items", last, scope.Limits.Count);
        IReadOnlyList<object> ids = stated ?? [.. Enumerable.Range(0, (int)last + 1).Select(item => (object)(long)item)];
        if (ids.Distinct().Count() != ids.Count) throw scope.Broken(hasStrings ? "itemStringIds" : "itemInt64Ids", "Expected each id once, found one twice.");

        FeatureKind kind = hasStrings ? FeatureKind.String : FeatureKind.Int64;
        CheckItems(scope, scope.Input("itemInputFeatureName", items, FeatureKind.Dictionary, FeatureKind.Sequence, FeatureKind.Tensor), kind);
        if (Name(11).Length > 0) scope.Input("numRecommendationsInputFeatureName", Name(11), FeatureKind.Int64);
        if (Name(12).Length > 0) CheckItems(scope, scope.Input("itemRestrictionInputFeatureName", Name(12), FeatureKind.Sequence, FeatureKind.Tensor), kind);
        if (Name(13).Length > 0) CheckItems(scope, scope.Input("itemExclusionInputFeatureName", Name(13), FeatureKind.Sequence, FeatureKind.Tensor), kind);
        if (Name(20).Length > 0) CheckItems(scope, scope.Output("recommendedItemListOutputFeatureName", Name(20), FeatureKind.Sequence), kind);
        if (Name(21).Length > 0) CheckItems(scope, scope.Output("recommendedItemScoreOutputFeatureName", Name(21), FeatureKind.Dictionary), kind);
        scope.CheckOthers(Name(20), Name(21));

        var shifts = new double[ids.Count];
        Dictionary<int, SimilarItems> similar = [];
        foreach (SimilaritySpecification item in recommender.Items)
        {
            if (item.Shift != 0) shifts[(int)item.Item] = item.Shift;
            SimilarItems before = similar.GetValueOrDefault((int)item.Item, new([], []));
            similar[(int)item.Item] = new([.. before.Items, .. item.Similar.Select(other => (int)other.Item)], [.. before.Similarities, .. item.Similar.Select(other => other.Score)]);
        }
        return new ItemSimilarity(similar, shifts, ids, new(items, Name(11), Name(12), Name(13), Name(20), Name(21)));
    }

    private static void CheckItems(ClassicScope scope, FeatureDescription feature, FeatureKind kind)
    {
        FeatureKind found = feature.Type switch
        {
            DictionaryFeatureType dictionary => dictionary.KeyKind,
            SequenceFeatureType sequence => sequence.ItemKind,
            _ => FeatureKind.Int64,
        };
        if (found != kind) throw scope.BrokenDescription("input", $"Expected items of kind {kind}, as the ids are, found '{feature}'.");
    }

    public static ClassicEvaluator Lower(ClassicScope scope, SuppressionSpecification suppression)
    {
        string Name(int field) => suppression.Names.GetValueOrDefault(field, "");
        if (!(suppression.IouThreshold is >= 0 and <= 1)) throw scope.Broken("iouThreshold", $"Expected a threshold of 0 to 1, found {suppression.IouThreshold}.");
        if (!(suppression.ConfidenceThreshold >= 0)) throw scope.Broken("confidenceThreshold", $"Expected a threshold of 0 or more, found {suppression.ConfidenceThreshold}.");
        scope.Input("confidenceInputFeatureName", Name(200), FeatureKind.Tensor);
        scope.Input("coordinatesInputFeatureName", Name(201), FeatureKind.Tensor);
        FeatureDescription confidence = scope.Output("confidenceOutputFeatureName", Name(210), FeatureKind.Tensor);
        FeatureDescription coordinates = scope.Output("coordinatesOutputFeatureName", Name(211), FeatureKind.Tensor);
        scope.CheckOthers(confidence.Name, coordinates.Name);
        (long least, long most) = Rows(confidence);
        if ((least, most) == (0, long.MaxValue)) (least, most) = Rows(coordinates);
        if (least > scope.Limits.Count) throw scope.TooMany("Number of boxes", least, scope.Limits.Count);
        return new BoxSuppression(suppression.PerClass, suppression.IouThreshold, suppression.ConfidenceThreshold, (int)least, (int)Math.Min(most, int.MaxValue),
            new(Name(200), Name(201), Name(202), Name(203), confidence.Name, coordinates.Name));
    }

    /// <summary>How many boxes an output declares, at least and at most.</summary>
    private static (long Least, long Most) Rows(FeatureDescription output) => (TensorFeatureType)output.Type switch
    {
        { Ranges: [var (least, greatest), _] } => (least, greatest < 0 ? long.MaxValue : greatest),
        { EnumeratedShapes.IsEmpty: true, Tensor: { Rank: 2, IsStatic: true } type } => (type.Shape[0], type.Shape[0]),
        _ => (0, long.MaxValue),
    };
}
