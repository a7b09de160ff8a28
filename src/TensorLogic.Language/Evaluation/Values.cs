using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace TensorLogic.Language.Evaluation;

/// <summary>A record: values by key, in the order of insertion. Never written once other code can see it.</summary>
internal sealed class RecordValue(IEnumerable<KeyValuePair<string, Value>> fields) : IReadOnlyDictionary<string, Value>
{
    private readonly OrderedDictionary<string, Value> _fields = Collect(fields);

    public int Count => _fields.Count;
    public Value this[string key] => _fields[key];
    public IEnumerable<string> Keys => _fields.Keys;
    public IEnumerable<Value> Values => _fields.Values;
    public bool ContainsKey(string key) => _fields.ContainsKey(key);
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Value value) => _fields.TryGetValue(key, out value);
    public IEnumerator<KeyValuePair<string, Value>> GetEnumerator() => _fields.GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // A key that is given again keeps its place and takes the later value.
    private static OrderedDictionary<string, Value> Collect(IEnumerable<KeyValuePair<string, Value>> fields)
    {
        OrderedDictionary<string, Value> collected = new(StringComparer.Ordinal);
        foreach ((string key, Value value) in fields) collected[key] = value;
        return collected;
    }
}

/// <summary>An opened model.</summary>
/// <param name="Model">The model.</param>
/// <param name="Metadata">Its record of 13.3.</param>
internal sealed record ModelValue(IModel Model, RecordValue Metadata);

/// <summary>A function of the library.</summary>
/// <param name="Name">As scripts call it.</param>
/// <param name="Parameters">In order; a variadic function takes any number of values before them.</param>
/// <param name="IsVariadic">Takes any number of values by position; its parameters are given by name.</param>
/// <param name="Body">The call: the run, the values by position where variadic, the parameters.</param>
internal sealed record Function(string Name, IReadOnlyList<Parameter> Parameters, bool IsVariadic, Func<RunState, IReadOnlyList<Value>, Value[], Value> Body)
{
    public override string ToString() => $"<fn {Name}>";
}

/// <summary>A parameter; without a default it must be given.</summary>
internal sealed record Parameter(string Name, Value? Default = null);
