using System.Numerics.Tensors;

namespace TensorLogic;

/// <summary>Conversion between element types, as <see cref="Tensor.To"/> documents it.</summary>
internal static class TensorConversion
{
    public static Tensor Convert(Tensor source, ElementType elementType)
    {
        if (elementType == source.ElementType) return source.Clone();
        Tensor destination = Tensor.Create(elementType, source.Shape);
        Convert(source, destination);
        return destination;
    }

    public static void Convert(Tensor source, Tensor destination)
    {
        if (source.Shape != destination.Shape)
            throw new ShapeException
            {
                Operator = "cast",
                Node = "",
                Input = "destination",
                Actual = destination.Type.ToString(),
                Expected = new TensorType(destination.ElementType, source.Shape).ToString(),
            };
        if (source.ElementType == destination.ElementType)
        {
            TensorCopy.Copy(source, destination);
            return;
        }
        using Tensor x = source.Contiguous();
        if (destination.IsContiguous)
        {
            Contiguous(x, destination);
            return;
        }
        using Tensor y = Tensor.Create(destination.ElementType, destination.Shape);
        Contiguous(x, y);
        TensorCopy.Copy(y, destination);
    }

    private static void Contiguous(Tensor x, Tensor y)
    {
        switch (x, y)
        {
            case (Tensor<Half> a, Tensor<float> b): TensorPrimitives.ConvertToSingle(a.ReadOnlySpan, b.Span); return;
            case (Tensor<float> a, Tensor<Half> b): TensorPrimitives.ConvertToHalf(a.ReadOnlySpan, b.Span); return;
            case (Tensor<byte> a, Tensor<float> b): Each(a.ReadOnlySpan, b.Span, static v => v); return;
            case (Tensor<float> a, Tensor<int> b): Each(a.ReadOnlySpan, b.Span, static v => (int)ToInteger(v)); return;
        }
        if (x.ElementType.IsInteger || x.ElementType is ElementType.Bool) Write(y, ReadLongs(x));
        else Write(y, ReadDoubles(x));
    }

    private static void Each<TFrom, TTo>(ReadOnlySpan<TFrom> x, Span<TTo> y, Func<TFrom, TTo> convert)
    {
        for (int i = 0; i < x.Length; i++) y[i] = convert(x[i]);
    }

    /// <summary>Every element of a contiguous tensor as a double: exact, but for 64-bit integers beyond 2^53.</summary>
    public static double[] ReadDoubles(Tensor tensor)
    {
        using Tensor x = tensor.Contiguous();
        var y = new double[x.ElementCount];
        switch (x)
        {
            case Tensor<Half> t: Each(t.ReadOnlySpan, y, static v => (double)v); break;
            case Tensor<BFloat16> t: Each(t.ReadOnlySpan, y, static v => (float)v); break;
            case Tensor<float> t: Each(t.ReadOnlySpan, y, static v => v); break;
            case Tensor<double> t: t.ReadOnlySpan.CopyTo(y); break;
            case { ElementType: ElementType.Complex64 }:
                throw new NotSupportedException("Complex tensors can be stored, not converted.");
            case { ElementType: var type } when type.IsInteger || type is ElementType.Bool || IsPackedInteger(type):
                long[] longs = ReadLongs(x);
                for (int i = 0; i < y.Length; i++) y[i] = x.ElementType == ElementType.UInt64 ? (ulong)longs[i] : longs[i];
                break;
            default: SmallFloats.Decode(x.ElementType, x.AsBytes(), y); break;
        }
        return y;
    }

    /// <summary>Every element of an integer or bool tensor; 64-bit unsigned values keep their bits.</summary>
    public static long[] ReadLongs(Tensor tensor)
    {
        using Tensor x = tensor.Contiguous();
        var y = new long[x.ElementCount];
        switch (x)
        {
            case Tensor<sbyte> t: Each(t.ReadOnlySpan, y, static v => v); break;
            case Tensor<short> t: Each(t.ReadOnlySpan, y, static v => v); break;
            case Tensor<int> t: Each(t.ReadOnlySpan, y, static v => v); break;
            case Tensor<long> t: t.ReadOnlySpan.CopyTo(y); break;
            case Tensor<byte> t: Each(t.ReadOnlySpan, y, static v => v); break;
            case Tensor<ushort> t: Each(t.ReadOnlySpan, y, static v => v); break;
            case Tensor<uint> t: Each(t.ReadOnlySpan, y, static v => v); break;
            case Tensor<ulong> t: Each(t.ReadOnlySpan, y, static v => (long)v); break;
            case Tensor<bool> t: Each(t.ReadOnlySpan, y, static v => v ? 1L : 0L); break;
            case { ElementType: var type } when IsPackedInteger(type): ReadPacked(type, x.AsBytes(), y); break;
            default:
                double[] doubles = ReadDoubles(x);
                for (int i = 0; i < y.Length; i++) y[i] = ToInteger(doubles[i]);
                break;
        }
        return y;
    }

    /// <summary>Writes doubles into a contiguous tensor of any computable type.</summary>
    public static void Write(Tensor tensor, ReadOnlySpan<double> values)
    {
        switch (tensor)
        {
            case Tensor<Half> t: Each(values, t.Span, static v => (Half)v); break;
            case Tensor<BFloat16> t: Each(values, t.Span, static v => (BFloat16)v); break;
            case Tensor<float> t: Each(values, t.Span, static v => (float)v); break;
            case Tensor<double> t: values.CopyTo(t.Span); break;
            case Tensor<bool> t: Each(values, t.Span, static v => v != 0); break;
            case Tensor<ulong> t: Each(values, t.Span, static v => v >= 9.2233720368547758e18 ? (ulong)v : (ulong)ToInteger(v)); break;
            default:
                var longs = new long[values.Length];
                Each(values, longs, ToInteger);
                Write(tensor, longs);
                break;
        }
    }

    /// <summary>Writes integers into a contiguous tensor of any computable type; narrower integers wrap.</summary>
    public static void Write(Tensor tensor, ReadOnlySpan<long> values)
    {
        switch (tensor)
        {
            case Tensor<sbyte> t: Each(values, t.Span, static v => (sbyte)v); break;
            case Tensor<short> t: Each(values, t.Span, static v => (short)v); break;
            case Tensor<int> t: Each(values, t.Span, static v => (int)v); break;
            case Tensor<long> t: values.CopyTo(t.Span); break;
            case Tensor<byte> t: Each(values, t.Span, static v => (byte)v); break;
            case Tensor<ushort> t: Each(values, t.Span, static v => (ushort)v); break;
            case Tensor<uint> t: Each(values, t.Span, static v => (uint)v); break;
            case Tensor<ulong> t: Each(values, t.Span, static v => (ulong)v); break;
            case Tensor<bool> t: Each(values, t.Span, static v => v != 0); break;
            case Tensor<Half> t: Each(values, t.Span, static v => (Half)v); break;
            case Tensor<BFloat16> t: Each(values, t.Span, static v => (BFloat16)(double)v); break;
            case Tensor<float> t: Each(values, t.Span, static v => v); break;
            case Tensor<double> t: Each(values, t.Span, static v => v); break;
            default: throw new NotSupportedException($"A tensor of {tensor.ElementType.Name} can be read, not written.");
        }
    }

    /// <summary>Truncates towards zero; NaN gives 0; what no 64-bit integer holds gives the nearest.</summary>
    private static long ToInteger(double value) => double.IsNaN(value) ? 0 : (long)value;

    private static bool IsPackedInteger(ElementType type) => type is ElementType.Int4 or >= ElementType.UInt1 and <= ElementType.UInt6;

    private static void ReadPacked(ElementType type, ReadOnlySpan<byte> bytes, Span<long> y)
    {
        int bits = type.Bits;
        for (int i = 0; i < y.Length; i++)
        {
            long bit = (long)i * bits;
            int at = (int)(bit / 8), shift = (int)(bit % 8);
            int word = bytes[at] | (at + 1 < bytes.Length ? bytes[at + 1] << 8 : 0);
            int code = (word >> shift) & ((1 << bits) - 1);
            y[i] = type == ElementType.Int4 ? (sbyte)(code << 4) >> 4 : code;
        }
    }
}
