using System.Collections;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using TensorLogic.Language.Hosting;
using TensorLogic.Language.Values;

namespace TensorLogic.Language;

/// <summary>The types of the language.</summary>
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
    /// <summary>The ints from a first one up to a last, which is not among them.</summary>
    Range,
    /// <summary>A function of the script, the library or the host.</summary>
    Function,
    /// <summary>An element type.</summary>
    Dtype,
    /// <summary>A tensor, learnable or not.</summary>
    Tensor,
    /// <summary>A relation.</summary>
    Relation,
    /// <summary>A model.</summary>
    Model,
    /// <summary>An imported file.</summary>
    Module,
    /// <summary>An optimiser.</summary>
    Optimizer,
    /// <summary>A schedule of learning rates.</summary>
    Schedule,
}

/// <summary>A value of a script. Immutable, but for learnable tensors and optimisers, which are references; the default is <c>none</c>.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public readonly struct Value
{
    // Scalars are their bits with a tag in place of the content, so that they need no object of their own.
    private readonly object? _content;
    private readonly long _bits;

    private Value(object? content, long bits = 0) => (_content, _bits) = (content, bits);

    private sealed class Tag(ValueKind kind)
    {
        public ValueKind Kind => kind;
    }

    private static readonly Tag s_bool = new(ValueKind.Bool), s_int = new(ValueKind.Int), s_float = new(ValueKind.Float), s_dtype = new(ValueKind.Dtype), s_unset = new(ValueKind.None);

    /// <summary>The type.</summary>
    public ValueKind Kind => _content switch
    {
        null => ValueKind.None,
        Tag tag => tag.Kind,
        string => ValueKind.String,
        Tensor => ValueKind.Tensor,
        IContent content => content.Kind,
        _ => ValueKind.None,
    };

    /// <summary><c>none</c>.</summary>
    public static Value None => default;

    /// <summary>No value at all: a variable or argument that has none yet.</summary>
    internal static Value Unset => new(s_unset);

    internal bool IsUnset => ReferenceEquals(_content, s_unset);

    internal bool IsNone => _content is null;

    internal bool IsInt
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ReferenceEquals(_content, s_int);
    }

    internal bool IsFloat
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ReferenceEquals(_content, s_float);
    }

    internal bool IsBool
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ReferenceEquals(_content, s_bool);
    }

    /// <summary>An int or a float.</summary>
    internal bool IsNumber => IsInt || IsFloat;

    /// <summary>The bits of a scalar, to be read where its type is known.</summary>
    internal long Bits => _bits;

    internal double Double => BitConverter.Int64BitsToDouble(_bits);

    internal object? Content => _content;

    internal static Value Of(IContent content) => new(content);

    /// <summary>Something that only the evaluator sees: a box, a declared type.</summary>
    internal static Value Hidden(object content) => new(content);

    internal static Value Of(ElementType type) => new(s_dtype, (long)type);

    internal static Value Of(IEnumerable<Value> items) => new(new ListValue([.. items]));

    internal static Value Of(ListValue list) => new(list);

    internal ElementType Dtype => (ElementType)_bits;

    /// <summary>A bool.</summary>
    public static implicit operator Value(bool value) => new(s_bool, value ? 1 : 0);
    /// <summary>An int.</summary>
    public static implicit operator Value(long value) => new(s_int, value);
    /// <summary>An int.</summary>
    public static implicit operator Value(int value) => new(s_int, value);
    /// <summary>A float.</summary>
    public static implicit operator Value(double value) => new(s_float, BitConverter.DoubleToInt64Bits(value));
    /// <summary>A string, or none for null.</summary>
    public static implicit operator Value(string? value) => new(value);
    /// <summary>A tensor, or none for null. The script takes it as immutable: do not write to it afterwards.</summary>
    public static implicit operator Value(Tensor? value) => new(value);

    /// <summary>Converts bools, numbers, strings, tensors, delegates, null; arrays of numbers or bools to tensors; other sequences to lists;
    /// dictionaries with string keys to records.</summary>
    /// <exception cref="ArgumentException">Another type.</exception>
    public static Value From(object? value) => HostConversion.From(value);

    /// <summary>The int.</summary>
    /// <exception cref="InvalidOperationException">Another type.</exception>
    public long AsInt() => IsInt ? _bits : throw Not("an int");

    /// <summary>The number as a double.</summary>
    /// <exception cref="InvalidOperationException">No number.</exception>
    public double AsFloat() => IsFloat ? Double : IsInt ? _bits : throw Not("a number");

    /// <summary>The string.</summary>
    /// <exception cref="InvalidOperationException">Another type.</exception>
    public string AsString() => _content as string ?? throw Not("a string");

    /// <summary>The bool.</summary>
    /// <exception cref="InvalidOperationException">Another type.</exception>
    public bool AsBool() => IsBool ? _bits != 0 : throw Not("a bool");

    /// <summary>The elements of a list.</summary>
    /// <exception cref="InvalidOperationException">Another type.</exception>
    public IReadOnlyList<Value> AsList() => _content as ListValue ?? throw Not("a list");

    /// <summary>The fields of a record, in order.</summary>
    /// <exception cref="InvalidOperationException">Another type.</exception>
    public IReadOnlyDictionary<string, Value> AsRecord() => _content as RecordValue ?? throw Not("a record");

    /// <summary>The tensor; of a learnable, its present value. It belongs to the script: read it, do not write to it.</summary>
    /// <exception cref="InvalidOperationException">Another type.</exception>
    public Tensor AsTensor() => TensorOrNull ?? throw Not("a tensor");

    internal Tensor? TensorOrNull => _content as Tensor ?? (_content as Learnable)?.Current;

    internal string TypeName => Kind.ToString().ToLowerInvariant();

    private InvalidOperationException Not(string wanted) => new($"The value is of type {TypeName}, not {wanted}.");

    /// <summary>The text that <c>print</c> shows.</summary>
    public override string ToString() => ValueText.Of(this);
}
