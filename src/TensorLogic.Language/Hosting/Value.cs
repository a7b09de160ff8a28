using System.Collections;
using System.Diagnostics;
using TensorLogic.Language.Evaluation;

namespace TensorLogic.Language;

/// <summary>The types of the language (3.1).</summary>
public enum ValueKind
{
    /// <summary><c>none</c>.</summary>
    None,
    /// <summary><c>true</c> or <c>false</c>.</summary>
    Bool,
    /// <summary>A 64-bit integer.</summary>
    Int,
    /// <summary>A double.</summary>
    Float,
    /// <summary>A string.</summary>
    String,
    /// <summary>A list.</summary>
    List,
    /// <summary>A record.</summary>
    Record,
    /// <summary>A function of the library.</summary>
    Function,
    /// <summary>An element type.</summary>
    Dtype,
    /// <summary>A tensor.</summary>
    Tensor,
    /// <summary>A model.</summary>
    Model,
}

/// <summary>A value of a script. Immutable; the default is <c>none</c>.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public readonly struct Value
{
    private readonly object? _content;

    private Value(ValueKind kind, object? content) => (Kind, _content) = (kind, content);

    /// <summary>The type.</summary>
    public ValueKind Kind { get; }

    /// <summary><c>none</c>.</summary>
    public static Value None => default;

    internal object? Content => _content;

    internal static Value Of(RecordValue record) => new(ValueKind.Record, record);
    internal static Value Of(IReadOnlyList<Value> list) => new(ValueKind.List, list);
    internal static Value Of(Function function) => new(ValueKind.Function, function);
    internal static Value Of(ElementType type) => new(ValueKind.Dtype, type);
    internal static Value Of(ModelValue model) => new(ValueKind.Model, model);

    /// <summary>A bool.</summary>
    public static implicit operator Value(bool value) => new(ValueKind.Bool, value);
    /// <summary>An int.</summary>
    public static implicit operator Value(long value) => new(ValueKind.Int, value);
    /// <summary>An int.</summary>
    public static implicit operator Value(int value) => new(ValueKind.Int, (long)value);
    /// <summary>A float.</summary>
    public static implicit operator Value(double value) => new(ValueKind.Float, value);
    /// <summary>A string, or none for null.</summary>
    public static implicit operator Value(string? value) => value is null ? None : new(ValueKind.String, value);
    /// <summary>A tensor, or none for null. The script takes it as immutable: do not write to it afterwards.</summary>
    public static implicit operator Value(Tensor? value) => value is null ? None : new(ValueKind.Tensor, value);

    /// <summary>Converts as 18.2 says: bools, numbers, strings, tensors, lists, dictionaries with string keys, null.</summary>
    /// <exception cref="ArgumentException">Another type.</exception>
    public static Value From(object? value) => value switch
    {
        null => None,
        Value same => same,
        bool b => b,
        int or long or short or byte or sbyte or ushort or uint => Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture),
        double d => d,
        float f => (double)f,
        Half h => (double)h,
        string s => s,
        Tensor t => t,
        IDictionary dictionary => Of(new RecordValue(dictionary.Cast<DictionaryEntry>().Select(entry =>
            KeyValuePair.Create(entry.Key as string ?? throw new ArgumentException("A dictionary needs string keys.", nameof(value)), From(entry.Value))))),
        IEnumerable items => Of([.. items.Cast<object?>().Select(From)]),
        _ => throw new ArgumentException($"A {value.GetType().Name} is no value of the language. Use numbers, strings, tensors, lists or dictionaries with string keys.", nameof(value)),
    };

    /// <summary>The int.</summary>
    /// <exception cref="InvalidOperationException">Another type.</exception>
    public long AsInt() => Kind == ValueKind.Int ? (long)_content! : throw Not("an int");

    /// <summary>The number as a double.</summary>
    /// <exception cref="InvalidOperationException">No number.</exception>
    public double AsFloat() => Kind switch
    {
        ValueKind.Float => (double)_content!,
        ValueKind.Int => (long)_content!,
        _ => throw Not("a number"),
    };

    /// <summary>The string.</summary>
    /// <exception cref="InvalidOperationException">Another type.</exception>
    public string AsString() => _content as string ?? throw Not("a string");

    /// <summary>The bool.</summary>
    /// <exception cref="InvalidOperationException">Another type.</exception>
    public bool AsBool() => Kind == ValueKind.Bool ? (bool)_content! : throw Not("a bool");

    /// <summary>The elements of a list.</summary>
    /// <exception cref="InvalidOperationException">Another type.</exception>
    public IReadOnlyList<Value> AsList() => _content as IReadOnlyList<Value> ?? throw Not("a list");

    /// <summary>The fields of a record, in order.</summary>
    /// <exception cref="InvalidOperationException">Another type.</exception>
    public IReadOnlyDictionary<string, Value> AsRecord() => _content as RecordValue ?? throw Not("a record");

    /// <summary>The tensor. It belongs to the script: read it, do not write to it.</summary>
    /// <exception cref="InvalidOperationException">Another type.</exception>
    public Tensor AsTensor() => _content as Tensor ?? throw Not("a tensor");

    internal string TypeName => Kind.ToString().ToLowerInvariant();

    private InvalidOperationException Not(string wanted) => new($"The value is of type {TypeName}, not {wanted}.");

    /// <summary>The text that <c>print</c> shows.</summary>
    public override string ToString() => ValueText.Of(this);
}
