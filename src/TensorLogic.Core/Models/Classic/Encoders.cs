using System.Globalization;

namespace TensorLogic.Models.Classic;

/// <summary>One category as an array with a single one, or as a dictionary with one entry.</summary>
/// <param name="categories">Strings or <see cref="long"/>.</param>
/// <param name="ignoresUnknown">True: an unknown category gives zeros; false: an error.</param>
/// <param name="input">Name of the input.</param>
/// <param name="output">Name of the output; a dictionary from positions or an array, as it is declared.</param>
internal sealed class OneHotEncoder(IReadOnlyList<object> categories, bool ignoresUnknown, string input, FeatureDescription output) : ClassicEvaluator
{
    // Of a category that is listed twice the first counts.
    private readonly Dictionary<object, int> _positions = categories.Select((category, position) => (category, position)).DistinctBy(pair => pair.category).ToDictionary();

    public override void Evaluate(ClassicCall call)
    {
        object category = Category(call, input, categories[0]);
        bool isKnown = _positions.TryGetValue(category, out int position);
        if (!isKnown && !ignoresUnknown)
            throw new FeatureException(input, $"The input '{input}' has the category '{category}', which the encoder does not know.") { Place = call.Model, Remedy = $"Its categories: {string.Join(", ", categories.Take(20))}." };
        if (output.Type is DictionaryFeatureType)
        {
            call.Set(output.Name, Feature.Dictionary(isKnown ? [new((long)position, 1.0)] : []));
            return;
        }
        var values = new double[categories.Count];
        if (isKnown) values[position] = 1;
        call.Set(output.Name, values);
    }

    /// <summary>The value of an input as a category of the kind of an example.</summary>
    internal static object Category(ClassicCall call, string name, object example)
    {
        Feature feature = call.Input(name);
        if (feature.Kind == FeatureKind.String && example is string) return feature.AsString();
        if (example is long && feature.Kind is FeatureKind.Int64 or FeatureKind.Double or FeatureKind.Tensor && call.NumbersOf(feature, name) is [var number])
            return feature.Kind == FeatureKind.Int64 ? feature.AsInt64() : ClassicCall.ToInteger(number) ?? (object)number;
        throw call.WrongKind(name, feature.Kind, example is string ? "a string" : "an integer");
    }
}

/// <summary>Exchanges categories for others.</summary>
/// <param name="map">From strings to <see cref="long"/> or back.</param>
/// <param name="fromStrings">True: the keys are strings.</param>
/// <param name="otherwise">What an unknown category gives; null: an error.</param>
/// <param name="input">Name of the input.</param>
/// <param name="output">Name of the output.</param>
internal sealed class CategoricalMapping(IReadOnlyDictionary<object, object> map, bool fromStrings, object? otherwise, string input, string output) : ClassicEvaluator
{
    public override void Evaluate(ClassicCall call)
    {
        object key = OneHotEncoder.Category(call, input, fromStrings ? "" : 0L);
        object? value = map.GetValueOrDefault(key, otherwise!);
        call.SetLabel(output, value ?? throw new FeatureException(input, $"The input '{input}' has the category '{key}', which the mapping does not know.") { Place = call.Model });
    }
}

/// <summary>The values of a dictionary at the positions of its keys; keys that are not known are passed over, as scikit-learn's <c>DictVectorizer</c> does.</summary>
/// <param name="keys">Strings or <see cref="long"/>, in the order of the output.</param>
/// <param name="input">Name of the input.</param>
/// <param name="output">Name of the output; a dictionary from positions or an array, as it is declared.</param>
internal sealed class DictVectorizer(IReadOnlyList<object> keys, string input, FeatureDescription output) : ClassicEvaluator
{
    private readonly Dictionary<object, int> _positions = keys.Select((key, position) => (key, position)).DistinctBy(pair => pair.key).ToDictionary();

    // Converters declare string keys for vectorizers of integers.
    public override bool TakesAnyKey => true;

    public override void Evaluate(ClassicCall call)
    {
        SortedDictionary<int, double> found = [];
        foreach ((object key, double value) in call.Input(input).AsDictionary())
            if (_positions.TryGetValue(key, out int position) || Other(key) is { } other && _positions.TryGetValue(other, out position)) found[position] = value;
        if (output.Type is DictionaryFeatureType)
        {
            call.Set(output.Name, Feature.Dictionary(found.Select(entry => KeyValuePair.Create((object)(long)entry.Key, entry.Value))));
            return;
        }
        var values = new double[keys.Count];
        foreach ((int position, double value) in found) values[position] = value;
        call.Set(output.Name, values);
    }

    /// <summary>The key as the other kind.</summary>
    private static object? Other(object key) =>
        key is long number ? number.ToString(CultureInfo.InvariantCulture)
        : long.TryParse((string)key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long parsed) ? parsed : null;
}
