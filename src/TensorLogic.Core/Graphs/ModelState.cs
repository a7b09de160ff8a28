namespace TensorLogic;

/// <summary>Values that survive from one prediction to the next, by name.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class ModelState : IDisposable
{
    private readonly Dictionary<string, Tensor> _tensors;

    internal ModelState(IEnumerable<KeyValuePair<string, Tensor>> tensors) => _tensors = new(tensors, StringComparer.Ordinal);

    /// <summary>Names of the states.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>The value of a state. Writing into it changes the state.</summary>
    /// <exception cref="FeatureException">There is no such state.</exception>
    public Tensor this[string name] => _tensors.TryGetValue(name, out Tensor? tensor)
        ? tensor
        : throw new FeatureException(name, $"The model has no state '{name}'. It has: {string.Join(", ", _tensors.Keys)}.");

    /// <summary>Frees the values.</summary>
    public void Dispose()
    {
        foreach (Tensor tensor in _tensors.Values) tensor.Dispose();
    }
}
