using System.Collections;

namespace TensorLogic.Formats.Gguf;

/// <summary>A list of a file's metadata, in the type in which the file has it.</summary>
/// <param name="ElementType">Type of the items, also where there is none.</param>
/// <param name="Items">An array of that type's CLR type; of <see cref="GgufList"/> for lists of lists.</param>
internal sealed record GgufList(GgufValueType ElementType, Array Items)
{
    /// <summary>A metadata value as callers see it: every number as <see cref="long"/>, <see cref="ulong"/> or <see cref="double"/>.</summary>
    public static object Widen(object stored) => stored switch
    {
        byte value => (long)value,
        sbyte value => (long)value,
        ushort value => (long)value,
        short value => (long)value,
        uint value => (long)value,
        int value => (long)value,
        float value => (double)value,
        GgufList list => list.Widen(),
        _ => stored,
    };

    private object Widen() => ElementType switch
    {
        GgufValueType.UInt8 => new WideList<byte, long>((byte[])Items, value => value),
        GgufValueType.Int8 => new WideList<sbyte, long>((sbyte[])Items, value => value),
        GgufValueType.UInt16 => new WideList<ushort, long>((ushort[])Items, value => value),
        GgufValueType.Int16 => new WideList<short, long>((short[])Items, value => value),
        GgufValueType.UInt32 => new WideList<uint, long>((uint[])Items, value => value),
        GgufValueType.Int32 => new WideList<int, long>((int[])Items, value => value),
        GgufValueType.Float32 => new WideList<float, double>((float[])Items, value => value),
        GgufValueType.Bool => new WideList<bool, bool>((bool[])Items, value => value),
        GgufValueType.String => new WideList<string, string>((string[])Items, value => value),
        GgufValueType.UInt64 => new WideList<ulong, ulong>((ulong[])Items, value => value),
        GgufValueType.Int64 => new WideList<long, long>((long[])Items, value => value),
        GgufValueType.Float64 => new WideList<double, double>((double[])Items, value => value),
        _ => new WideList<GgufList, object>((GgufList[])Items, list => list.Widen()),
    };

    /// <summary>A view that widens what is asked for: a vocabulary has hundreds of thousands of items.</summary>
    private sealed class WideList<TStored, TWide>(TStored[] items, Func<TStored, TWide> widen) : IReadOnlyList<TWide>
    {
        public int Count => items.Length;

        public TWide this[int index] => widen(items[index]);

        public IEnumerator<TWide> GetEnumerator() => items.Select(widen).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
