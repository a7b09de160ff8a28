namespace TensorLogic.Language.Logic;

/// <summary>The constants of relations as numbers: equal constants have equal numbers. An int and a float of equal value are one constant.</summary>
internal sealed class ConstantTable
{
    private readonly record struct Key(ValueKind Kind, long Bits, string? Text);

    private readonly Dictionary<Key, int> _ids = [];
    private readonly List<Value> _values = [];

    public Value this[int id] => _values[id];

    /// <summary>The number of a constant, which is a bool, int, float or string.</summary>
    public int IdOf(Value value)
    {
        Key key = KeyOf(value);
        if (_ids.TryGetValue(key, out int id)) return id;
        _values.Add(value);
        _ids.Add(key, _values.Count - 1);
        return _values.Count - 1;
    }

    private static Key KeyOf(Value value)
    {
        if (value.Content is string text) return new(ValueKind.String, 0, text);
        if (value.IsFloat && value.AsFloat() is var number && number == Math.Floor(number) && number is >= -9223372036854775808.0 and < 9223372036854775808.0)
            return new(ValueKind.Int, (long)number, null);
        return new(value.Kind, value.Bits, null);
    }

    public ConstantTable Copy()
    {
        ConstantTable copy = new();
        foreach (Value value in _values) copy.IdOf(value);
        return copy;
    }
}
