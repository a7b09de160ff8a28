using TensorLogic.Language.Values;

namespace TensorLogic.Language.Hosting;

/// <summary>Copies what is a reference in values: learnables, optimisers, and the captured variables of functions. Each is copied once.</summary>
internal sealed class ValueCopy
{
    private readonly Dictionary<object, object> _copies = new(ReferenceEqualityComparer.Instance);

    public Cell Of(Cell cell) => Once(cell, () => new Cell(cell.Name) { Type = cell.Type }, copy => copy.Value = Of(cell.Value));

    private Value Of(Value value) => value.Content switch
    {
        Learnable learnable => Value.Of(Of(learnable)),
        OptimizerValue optimizer => Value.Of(Once(optimizer, () => optimizer.Copy(Of))),
        ListValue list => Value.Of(Once(list, () => NeedsCopy(list) ? new ListValue([.. list.Select(Of)]) : list)),
        RecordValue record => Value.Of(Once(record, () => NeedsCopy(record.Values) ? new RecordValue(record.Select(field => KeyValuePair.Create(field.Key, Of(field.Value)))) : record)),
        ScriptFunction { Captures.Length: > 0 } function => Value.Of(Closure(function)),
        ModuleValue module => Value.Of(Once(module, () => new ModuleValue(module.Name, module.Members.ToDictionary(pair => pair.Key, pair => Of(pair.Value), StringComparer.Ordinal)))),
        Box box => Value.Hidden(Of(box)),
        _ => value,
    };

    private static bool NeedsCopy(IEnumerable<Value> values) => values.Any(value => value.Content is Learnable or OptimizerValue or ListValue or RecordValue or ScriptFunction or ModuleValue);

    private Learnable Of(Learnable learnable) => Once(learnable, learnable.Copy);

    private Box Of(Box box) => Once(box, () => new Box(), copy => copy.Value = Of(box.Value));

    // A function may be captured by itself: its boxes are made before they are filled.
    private ScriptFunction Closure(ScriptFunction function)
    {
        if (_copies.TryGetValue(function, out object? known)) return (ScriptFunction)known;
        var captures = new Box[function.Captures.Length];
        ScriptFunction copy = new(function.Code, captures);
        _copies[function] = copy;
        for (int i = 0; i < captures.Length; i++) captures[i] = Of(function.Captures[i]);
        return copy;
    }

    private T Once<T>(T original, Func<T> make, Action<T>? fill = null) where T : class
    {
        if (_copies.TryGetValue(original, out object? known)) return (T)known;
        T copy = make();
        _copies[original] = copy;
        fill?.Invoke(copy);
        return copy;
    }
}
