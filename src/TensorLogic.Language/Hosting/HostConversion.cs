using System.Collections;
using System.Globalization;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Hosting;

/// <summary>Values of C# as values of scripts and back (18.2).</summary>
internal static class HostConversion
{
    /// <exception cref="ArgumentException">A type that scripts do not have.</exception>
    public static Value From(object? value) => value switch
    {
        null => Value.None,
        Value same => same,
        bool b => b,
        int or long or short or byte or sbyte or ushort or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        double d => d,
        float f => (double)f,
        Half h => (double)h,
        string s => s,
        Tensor t => t,
        ElementType type => Value.Of(type),
        Delegate function => Value.Of(new HostFunction(function.Method.Name, function)),
        Array array when ElementOf(array) is not null => OfArray(array),
        IDictionary dictionary => Value.Of(new RecordValue(dictionary.Keys.Cast<object>().Select(key =>
            KeyValuePair.Create(key as string ?? throw new ArgumentException("A dictionary needs string keys.", nameof(value)), From(dictionary[key]))))),
        IEnumerable<KeyValuePair<string, Value>> fields => Value.Of(new RecordValue(fields)),
        IEnumerable items => Value.Of(items.Cast<object?>().Select(From)),
        _ => throw new ArgumentException($"A {value.GetType().Name} is no value of the language. Use numbers, strings, tensors, lists, delegates or dictionaries with string keys.", nameof(value)),
    };

    private static ElementType? ElementOf(Array array) => array switch
    {
        Half[] or Half[,] or Half[,,] or Half[,,,] => ElementType.Float16,
        float[] or float[,] or float[,,] or float[,,,] => ElementType.Float32,
        double[] or double[,] or double[,,] or double[,,,] => ElementType.Float64,
        long[] or long[,] or long[,,] or long[,,,] => ElementType.Int64,
        int[] or int[,] or int[,,] or int[,,,] => ElementType.Int32,
        short[] or short[,] => ElementType.Int16,
        byte[] or byte[,] or byte[,,] or byte[,,,] => ElementType.UInt8,
        bool[] or bool[,] or bool[,,] or bool[,,,] => ElementType.Bool,
        _ => null,
    };

    private static Tensor OfArray(Array array)
    {
        ElementType type = ElementOf(array)!.Value;
        Tensor tensor = Tensor.Create(type, Shape.Create([.. Enumerable.Range(0, array.Rank).Select(array.GetLength)]));
        // Arrays enumerate in row-major order.
        if (type.IsFloat) TensorConversion.Write(tensor, [.. array.Cast<object>().Select(element => element is Half half ? (double)half : Convert.ToDouble(element, CultureInfo.InvariantCulture))]);
        else TensorConversion.Write(tensor, [.. array.Cast<object>().Select(element => element is bool flag ? flag ? 1L : 0L : Convert.ToInt64(element, CultureInfo.InvariantCulture))]);
        return tensor;
    }

    /// <summary>An argument as a parameter of the host takes it.</summary>
    /// <exception cref="ScriptFault">TL3010.</exception>
    public static object? To(Type type, Value value, string function)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(Value)) return value;
        if (value.IsNone && !type.IsValueType) return null;
        long? whole = Evaluation.Tensors.IntOrNull(value);
        double? number = Evaluation.Tensors.NumberOrNull(value);
        try
        {
            if (type == typeof(bool) && value.IsBool) return value.AsBool();
            if (type == typeof(long) && whole is { } l) return l;
            if (type == typeof(int) && whole is { } i) return checked((int)i);
            if (type == typeof(short) && whole is { } s) return checked((short)s);
            if (type == typeof(byte) && whole is { } b) return checked((byte)b);
            if (type == typeof(double) && number is { } d) return d;
            if (type == typeof(float) && number is { } f) return (float)f;
            if (type == typeof(Half) && number is { } h) return (Half)h;
        }
        catch (OverflowException)
        {
            throw new ScriptFault(Messages.Expects(function, $"a {type.Name}", value.TypeName));
        }
        if (type == typeof(string) && value.Content is string text) return text;
        if (type.IsAssignableFrom(typeof(Tensor)) && type != typeof(object) && value.TensorOrNull is { } tensor) return tensor;
        if (value.TensorOrNull is { } typed && type.IsInstanceOfType(typed) && type != typeof(object)) return typed;
        if (type.IsAssignableFrom(typeof(ListValue)) && type != typeof(object) && value.Content is ListValue list) return list;
        if (type.IsAssignableFrom(typeof(RecordValue)) && type != typeof(object) && value.Content is RecordValue record) return record;
        if (type == typeof(double[]) && Numbers(value) is { } doubles) return doubles;
        if (type == typeof(float[]) && Numbers(value) is { } floats) return Array.ConvertAll(floats, element => (float)element);
        if (type == typeof(long[]) && Numbers(value) is { } longs) return Array.ConvertAll(longs, element => (long)element);
        if (type == typeof(int[]) && Numbers(value) is { } ints) return Array.ConvertAll(ints, element => (int)element);
        if (type == typeof(string[]) && value.Content is ListValue strings && strings.All(item => item.Kind == ValueKind.String)) return strings.Select(item => item.AsString()).ToArray();
        if (type == typeof(object)) return Plain(value);
        throw new ScriptFault(Messages.Expects(function, NameOf(type), value.TypeName));
    }

    private static double[]? Numbers(Value value) =>
        value.TensorOrNull is { Rank: <= 1 } tensor ? TensorConversion.ReadDoubles(tensor)
        : value.Content is ListValue list && list.All(item => item.IsNumber) ? [.. list.Select(item => item.AsFloat())] : null;

    private static object? Plain(Value value) =>
        value.IsNone ? null : value.IsBool ? value.AsBool() : value.IsInt ? value.AsInt() : value.IsFloat ? value.AsFloat() : value.Content is string text ? text : value.TensorOrNull ?? (object)value;

    private static string NameOf(Type type) =>
        type == typeof(bool) ? "a bool"
        : type == typeof(string) ? "a string"
        : type == typeof(double) || type == typeof(float) || type == typeof(Half) ? "a number"
        : type == typeof(long) || type == typeof(int) || type == typeof(short) || type == typeof(byte) ? "an int"
        : typeof(Tensor).IsAssignableFrom(type) ? "a tensor" : $"a {type.Name}";
}
