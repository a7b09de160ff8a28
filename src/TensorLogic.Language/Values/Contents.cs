using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace TensorLogic.Language.Values;

/// <summary>What a <see cref="Value"/> refers to, other than strings and tensors.</summary>
internal interface IContent
{
    ValueKind Kind { get; }
}

/// <summary>A list. Never changed once other code can see it.</summary>
/// <remarks>Lists that grow by appending share one buffer: a list sees only the elements up to its own count.</remarks>
internal sealed class ListValue : IContent, IReadOnlyList<Value>
{
    private sealed class Buffer(Value[] items, int used)
    {
        public Value[] Items = items;
        public int Used = used;
    }

    private readonly Buffer _buffer;

    public ListValue(Value[] items) : this(new Buffer(items, items.Length), items.Length)
    {
    }

    private ListValue(Buffer buffer, int count) => (_buffer, Count) = (buffer, count);

    public static ListValue Empty { get; } = new([]);

    public ValueKind Kind => ValueKind.List;

    public int Count { get; }

    public ReadOnlySpan<Value> Span => _buffer.Items.AsSpan(0, Count);

    public Value this[int index] => Span[index];

    public ListValue Append(Value value)
    {
        lock (_buffer)
        {
            if (_buffer.Used == Count)
            {
                if (Count == _buffer.Items.Length) Array.Resize(ref _buffer.Items, Math.Max(8, Count * 2));
                _buffer.Items[Count] = value;
                _buffer.Used++;
                return new ListValue(_buffer, Count + 1);
            }
        }
        var items = new Value[Math.Max(8, Count * 2)];
        Span.CopyTo(items);
        items[Count] = value;
        return new ListValue(new Buffer(items, Count + 1), Count + 1);
    }

    public ListValue With(int index, Value value)
    {
        Value[] items = Span.ToArray();
        items[index] = value;
        return new ListValue(items);
    }

    public IEnumerator<Value> GetEnumerator()
    {
        for (int i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A record: values by key, in the order of insertion. Never changed once other code can see it.</summary>
internal sealed class RecordValue(IEnumerable<KeyValuePair<string, Value>> fields) : IContent, IReadOnlyDictionary<string, Value>
{
    private readonly OrderedDictionary<string, Value> _fields = Collect(fields);

    public ValueKind Kind => ValueKind.Record;

    public int Count => _fields.Count;
    public Value this[string key] => _fields[key];
    public IEnumerable<string> Keys => _fields.Keys;
    public IEnumerable<Value> Values => _fields.Values;
    public bool ContainsKey(string key) => _fields.ContainsKey(key);
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Value value) => _fields.TryGetValue(key, out value);
    public IEnumerator<KeyValuePair<string, Value>> GetEnumerator() => _fields.GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public RecordValue With(string key, Value value) => new(_fields.Append(new(key, value)));

    // A key that is given again keeps its place and takes the later value.
    private static OrderedDictionary<string, Value> Collect(IEnumerable<KeyValuePair<string, Value>> fields)
    {
        OrderedDictionary<string, Value> collected = new(StringComparer.Ordinal);
        foreach ((string key, Value value) in fields) collected[key] = value;
        return collected;
    }
}

/// <summary>The ints from <paramref name="Start"/> up to <paramref name="End"/>, which is not among them.</summary>
internal sealed record RangeValue(long Start, long End) : IContent
{
    public ValueKind Kind => ValueKind.Range;

    public long Count => End > Start ? Math.Min(checked(End - Start), long.MaxValue) : 0;
}

/// <summary>An opened model.</summary>
/// <param name="Model">The model.</param>
/// <param name="Metadata">Its record of 13.3.</param>
internal sealed record ModelValue(IModel Model, RecordValue Metadata) : IContent
{
    public ValueKind Kind => ValueKind.Model;
}

/// <summary>A relation by name; its tuples are the engine's.</summary>
internal sealed record RelationValue(string Name, int Columns) : IContent
{
    public ValueKind Kind => ValueKind.Relation;
}

/// <summary>An imported file.</summary>
internal sealed class ModuleValue(string name, IReadOnlyDictionary<string, Cell> members) : IContent
{
    public ValueKind Kind => ValueKind.Module;

    public string Name => name;

    public IReadOnlyDictionary<string, Cell> Members => members;
}

/// <summary>A schedule of learning rates.</summary>
internal sealed record ScheduleValue(string Name, Func<long, double> Factor) : IContent
{
    public ValueKind Kind => ValueKind.Schedule;
}
