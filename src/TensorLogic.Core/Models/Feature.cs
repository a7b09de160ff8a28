using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace TensorLogic;

/// <summary>Kind of a feature.</summary>
public enum FeatureKind
{
    /// <summary>A <see cref="TensorLogic.Tensor"/>.</summary>
    Tensor,
    /// <summary>An <see cref="TensorLogic.Image"/>.</summary>
    Image,
    /// <summary>A string.</summary>
    String,
    /// <summary>A 64-bit integer.</summary>
    Int64,
    /// <summary>A double.</summary>
    Double,
    /// <summary>Numbers by string or integer key, in the model's order.</summary>
    Dictionary,
    /// <summary>A list of strings or integers.</summary>
    Sequence,
}

/// <summary>One named input or output value of a model.</summary>
public sealed class Feature
{
    private readonly object _value;

    private Feature(FeatureKind kind, object value) => (Kind, _value) = (kind, value);

    /// <summary>What it holds.</summary>
    public FeatureKind Kind { get; }

    /// <summary>A tensor feature. Borrowed, not copied.</summary>
    public static implicit operator Feature(Tensor tensor) => new(FeatureKind.Tensor, tensor ?? throw new ArgumentNullException(nameof(tensor)));
    /// <summary>An image feature. Borrowed, not copied.</summary>
    public static implicit operator Feature(Image image) => new(FeatureKind.Image, image ?? throw new ArgumentNullException(nameof(image)));
    /// <summary>A string feature.</summary>
    public static implicit operator Feature(string text) => new(FeatureKind.String, text ?? throw new ArgumentNullException(nameof(text)));
    /// <summary>An integer feature.</summary>
    public static implicit operator Feature(long number) => new(FeatureKind.Int64, number);
    /// <summary>A number feature.</summary>
    public static implicit operator Feature(double number) => new(FeatureKind.Double, number);

    /// <summary>A dictionary feature; enumeration keeps the order given. Keys are strings or <see cref="long"/>.</summary>
    public static Feature Dictionary(IEnumerable<KeyValuePair<object, double>> entries) => new(FeatureKind.Dictionary, new FeatureDictionary(entries));

    /// <summary>A sequence feature of strings or <see cref="long"/>.</summary>
    public static Feature Sequence(IReadOnlyList<object> items) => new(FeatureKind.Sequence, items);

    /// <summary>The tensor.</summary>
    /// <exception cref="InvalidOperationException">Another kind.</exception>
    public Tensor AsTensor() => As<Tensor>(FeatureKind.Tensor);
    /// <summary>The image.</summary>
    /// <exception cref="InvalidOperationException">Another kind.</exception>
    public Image AsImage() => As<Image>(FeatureKind.Image);
    /// <summary>The string.</summary>
    /// <exception cref="InvalidOperationException">Another kind.</exception>
    public string AsString() => As<string>(FeatureKind.String);
    /// <summary>The integer.</summary>
    /// <exception cref="InvalidOperationException">Another kind.</exception>
    public long AsInt64() => As<long>(FeatureKind.Int64);
    /// <summary>The number.</summary>
    /// <exception cref="InvalidOperationException">Another kind.</exception>
    public double AsDouble() => As<double>(FeatureKind.Double);
    /// <summary>The dictionary, in the model's order.</summary>
    /// <exception cref="InvalidOperationException">Another kind.</exception>
    public FeatureDictionary AsDictionary() => As<FeatureDictionary>(FeatureKind.Dictionary);
    /// <summary>The sequence.</summary>
    /// <exception cref="InvalidOperationException">Another kind.</exception>
    public IReadOnlyList<object> AsSequence() => As<IReadOnlyList<object>>(FeatureKind.Sequence);

    private T As<T>(FeatureKind kind) => Kind == kind ? (T)_value : throw new InvalidOperationException($"The feature is a {Kind}, not a {kind}.");

    /// <inheritdoc/>
    public override string ToString() => Convert.ToString(_value, CultureInfo.InvariantCulture) ?? "";
}

/// <summary>Numbers by key, in the order of the model's labels. Keys are strings or <see cref="long"/>.</summary>
public sealed class FeatureDictionary : IReadOnlyCollection<KeyValuePair<object, double>>
{
    private readonly List<KeyValuePair<object, double>> _entries;
    private readonly Dictionary<object, double> _byKey;

    internal FeatureDictionary(IEnumerable<KeyValuePair<object, double>> entries)
    {
        _entries = [.. entries];
        _byKey = new(_entries.Count);
        foreach ((object key, double value) in _entries)
        {
            if (key is not (string or long)) throw new ArgumentException($"A dictionary key is a string or a long, not {key.GetType().Name}.", nameof(entries));
            _byKey[key] = value;
        }
    }

    /// <summary>Number of entries.</summary>
    public int Count => _entries.Count;

    /// <summary>The value of a string key.</summary>
    public double this[string key] => _byKey[key];

    /// <summary>The value of an integer key.</summary>
    public double this[long key] => _byKey[key];

    /// <summary>Looks a key up; it is a string or a <see cref="long"/>.</summary>
    public bool TryGetValue(object key, out double value) => _byKey.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<object, double>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary><c>{one: 0.9, two: 0.1}</c>.</summary>
    public override string ToString() =>
        $"{{{string.Join(", ", _entries.Select(entry => $"{entry.Key}: {entry.Value.ToString(CultureInfo.InvariantCulture)}"))}}}";
}

/// <summary>Features by name, in order: what goes into a model and what comes out.</summary>
/// <remarks>Write <c>new Features { ["x"] = tensor, ["label"] = "zero" }</c>. Disposing it disposes the tensors of a model's outputs.</remarks>
public sealed class Features : IReadOnlyDictionary<string, Feature>, IDisposable
{
    private readonly OrderedDictionary<string, Feature> _byName = new(StringComparer.Ordinal);

    /// <summary>The feature of a name.</summary>
    /// <exception cref="FeatureException">On reading, if there is none.</exception>
    public Feature this[string name]
    {
        get => _byName.TryGetValue(name, out Feature? feature)
            ? feature
            : throw new FeatureException(name, $"There is no feature '{name}'. There are: {string.Join(", ", _byName.Keys)}.");
        set => _byName[name] = value;
    }

    /// <inheritdoc/>
    public int Count => _byName.Count;
    /// <inheritdoc/>
    public IEnumerable<string> Keys => _byName.Keys;
    /// <inheritdoc/>
    public IEnumerable<Feature> Values => _byName.Values;
    /// <inheritdoc/>
    public bool ContainsKey(string key) => _byName.ContainsKey(key);
    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Feature value) => _byName.TryGetValue(key, out value);
    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Feature>> GetEnumerator() => _byName.GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Disposes the tensors among the features.</summary>
    public void Dispose()
    {
        foreach (Feature feature in _byName.Values)
            if (feature.Kind == FeatureKind.Tensor) feature.AsTensor().Dispose();
    }
}
