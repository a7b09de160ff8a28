namespace TensorLogic.Models.Classic;

/// <summary>Names of a recommender's features; an empty one is not there.</summary>
internal sealed record RecommenderNames(string Items, string Count, string Restriction, string Exclusion, string List, string Scores);

/// <summary>Items similar to one item.</summary>
/// <param name="Items">Index of each.</param>
/// <param name="Similarities">One for each.</param>
internal readonly record struct SimilarItems(int[] Items, double[] Similarities);

/// <summary>Recommends items that are similar to those given.</summary>
/// <remarks>The score of item k is the sum over the given items i of <c>similarity(k, i) * (score(i) - shift(k))</c>; items of a list have score 1.
/// The best come first, of equal ones the earlier; items that are not known are passed over. Without an exclusion the given items are left out.</remarks>
/// <param name="similar">By item; items without an entry are like no other.</param>
/// <param name="shifts">Adjustment of each item.</param>
/// <param name="ids">What the items are called: strings or <see cref="long"/>.</param>
/// <param name="names">Names of inputs and outputs.</param>
internal sealed class ItemSimilarity(IReadOnlyDictionary<int, SimilarItems> similar, double[] shifts, IReadOnlyList<object> ids, RecommenderNames names) : ClassicEvaluator
{
    private readonly Dictionary<object, int> _indexOf = ids.Select((id, index) => KeyValuePair.Create(id, index)).ToDictionary();

    public override void Evaluate(ClassicCall call)
    {
        List<(int Item, double Score)> observed = Observed(call);
        var scores = new double[ids.Count];
        foreach ((int item, double score) in observed)
        {
            if (!similar.TryGetValue(item, out SimilarItems list)) continue;
            for (int i = 0; i < list.Items.Length; i++) scores[list.Items[i]] += list.Similarities[i] * (score - shifts[list.Items[i]]);
        }

        var isCandidate = new bool[ids.Count];
        if (call.Find(names.Restriction) is { } restriction)
            foreach (int item in Items(call, restriction, names.Restriction)) isCandidate[item] = true;
        else
            Array.Fill(isCandidate, true);
        IEnumerable<int> excluded = call.Find(names.Exclusion) is { } exclusion ? Items(call, exclusion, names.Exclusion) : observed.Select(item => item.Item);
        foreach (int item in excluded) isCandidate[item] = false;

        long count = call.Find(names.Count) is { } given ? given.AsInt64() : ids.Count;
        if (count < 0) throw new FeatureException(names.Count, $"The input '{names.Count}' takes a number of items of 0 or more, not {count}.") { Place = call.Model };
        int[] best = [.. Enumerable.Range(0, ids.Count).Where(item => isCandidate[item]).OrderByDescending(item => scores[item]).Take((int)Math.Min(count, int.MaxValue))];
        if (names.List.Length > 0) call.Set(names.List, Feature.Sequence([.. best.Select(item => ids[item])]));
        if (names.Scores.Length > 0) call.Set(names.Scores, Feature.Dictionary(best.Select(item => KeyValuePair.Create(ids[item], scores[item]))));
    }

    private List<(int Item, double Score)> Observed(ClassicCall call)
    {
        Feature feature = call.Input(names.Items);
        if (feature.Kind != FeatureKind.Dictionary) return [.. Items(call, feature, names.Items).Select(item => (item, 1.0))];
        List<(int, double)> observed = [];
        foreach ((object key, double score) in feature.AsDictionary())
            if (_indexOf.TryGetValue(key, out int item)) observed.Add((item, score));
        return observed;
    }

    private IEnumerable<int> Items(ClassicCall call, Feature feature, string name)
    {
        IEnumerable<object> keys = feature.Kind switch
        {
            FeatureKind.Sequence => feature.AsSequence(),
            FeatureKind.Tensor => TensorConversion.ReadLongs(feature.AsTensor()).Select(item => (object)item),
            _ => throw call.WrongKind(name, feature.Kind, "a list of items"),
        };
        foreach (object key in keys)
            if (_indexOf.TryGetValue(key, out int item)) yield return item;
    }
}
