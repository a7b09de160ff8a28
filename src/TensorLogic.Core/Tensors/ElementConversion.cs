using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace TensorLogic;

/// <summary>Converts runs of elements between types, by way of double or of a 64-bit integer, whichever is exact for the source.</summary>
internal static class ElementConversion
{
    /// <summary>Elements converted at a time. A multiple of 8, so that packed elements begin at a whole byte.</summary>
    public const int Chunk = 1024;

    /// <summary>Converts up to <see cref="Chunk"/> elements.</summary>
    /// <exception cref="NotSupportedException">A complex source, or a destination that is packed or an 8-bit float.</exception>
    public static void Convert(ElementType from, ReadOnlySpan<byte> x, ElementType to, Span<byte> y, int count)
    {
        switch (from, to)
        {
            case (ElementType.Float16, ElementType.Float32): TensorPrimitives.ConvertToSingle(As<Half>(x), Of<float>(y)); return;
            case (ElementType.Float32, ElementType.Float16): TensorPrimitives.ConvertToHalf(As<float>(x), Of<Half>(y)); return;
            case (ElementType.BFloat16, ElementType.Float32): Each(As<BFloat16>(x), Of<float>(y), static v => v); return;
            case (ElementType.Float32, ElementType.BFloat16): Each(As<float>(x), Of<BFloat16>(y), static v => (BFloat16)v); return;
            case (ElementType.UInt8, ElementType.Float32): Each(x, Of<float>(y), static v => v); return;
            case (ElementType.UInt64, ElementType.Float16 or ElementType.BFloat16 or ElementType.Float32 or ElementType.Float64):
                WriteUnsigned(to, As<ulong>(x), y);
                return;
        }
        if (IsWhole(from))
        {
            Span<long> longs = stackalloc long[Chunk];
            Read(from, x, longs[..count]);
            Write(to, longs[..count], y);
        }
        else
        {
            Span<double> doubles = stackalloc double[Chunk];
            Read(from, x, doubles[..count]);
            Write(to, doubles[..count], y);
        }
    }

    /// <summary>Elements as doubles: exact, but for 64-bit integers beyond 2^53.</summary>
    public static void Read(ElementType type, ReadOnlySpan<byte> x, Span<double> y)
    {
        switch (type)
        {
            case ElementType.Float16: Each(As<Half>(x), y, static v => (double)v); break;
            case ElementType.BFloat16: Each(As<BFloat16>(x), y, static v => (float)v); break;
            case ElementType.Float32: Each(As<float>(x), y, static v => v); break;
            case ElementType.Float64: As<double>(x).CopyTo(y); break;
            case ElementType.UInt64: Each(As<ulong>(x), y, static v => v); break;
            case ElementType.Complex64: throw new NotSupportedException("Complex tensors can be stored, not converted.");
            case var _ when IsWhole(type):
                Span<long> longs = y.Length <= Chunk ? stackalloc long[Chunk] : new long[y.Length];
                Read(type, x, longs[..y.Length]);
                Each(longs[..y.Length], y, static v => v);
                break;
            default: SmallFloats.Decode(type, x, y); break;
        }
    }

    /// <summary>Elements as integers: floats truncated, 64-bit unsigned ones with their bits.</summary>
    public static void Read(ElementType type, ReadOnlySpan<byte> x, Span<long> y)
    {
        switch (type)
        {
            case ElementType.Int8: Each(As<sbyte>(x), y, static v => v); break;
            case ElementType.Int16: Each(As<short>(x), y, static v => v); break;
            case ElementType.Int32: Each(As<int>(x), y, static v => v); break;
            case ElementType.Int64 or ElementType.UInt64: As<long>(x).CopyTo(y); break;
            case ElementType.UInt8: Each(x, y, static v => v); break;
            case ElementType.UInt16: Each(As<ushort>(x), y, static v => v); break;
            case ElementType.UInt32: Each(As<uint>(x), y, static v => v); break;
            // As bytes: a file may hold other values than 0 and 1, for which the language's own bool is not made.
            case ElementType.Bool: Each(x, y, static v => v != 0 ? 1L : 0L); break;
            case var _ when IsPackedInteger(type): Unpack(type, x, y); break;
            default:
                Span<double> doubles = y.Length <= Chunk ? stackalloc double[Chunk] : new double[y.Length];
                Read(type, x, doubles[..y.Length]);
                Each(doubles[..y.Length], y, ToInteger);
                break;
        }
    }

    /// <summary>Rounds doubles to a type.</summary>
    /// <exception cref="NotSupportedException">The type can only be read.</exception>
    public static void Write(ElementType type, ReadOnlySpan<double> x, Span<byte> y)
    {
        switch (type)
        {
            case ElementType.Float16: Each(x, Of<Half>(y), static v => (Half)v); break;
            case ElementType.BFloat16: Each(x, Of<BFloat16>(y), static v => (BFloat16)v); break;
            case ElementType.Float32: Each(x, Of<float>(y), static v => (float)v); break;
            case ElementType.Float64: x.CopyTo(Of<double>(y)); break;
            case ElementType.Bool: Each(x, y, static v => v != 0 ? (byte)1 : (byte)0); break;
            case ElementType.UInt64: Each(x, Of<ulong>(y), static v => v >= 9.2233720368547758e18 ? (ulong)v : (ulong)ToInteger(v)); break;
            default:
                Span<long> longs = x.Length <= Chunk ? stackalloc long[Chunk] : new long[x.Length];
                Each(x, longs[..x.Length], ToInteger);
                Write(type, longs[..x.Length], y);
                break;
        }
    }

    /// <summary>Brings integers to a type; narrower integers wrap.</summary>
    /// <exception cref="NotSupportedException">The type can only be read.</exception>
    public static void Write(ElementType type, ReadOnlySpan<long> x, Span<byte> y)
    {
        switch (type)
        {
            case ElementType.Int8: Each(x, Of<sbyte>(y), static v => (sbyte)v); break;
            case ElementType.Int16: Each(x, Of<short>(y), static v => (short)v); break;
            case ElementType.Int32: Each(x, Of<int>(y), static v => (int)v); break;
            case ElementType.Int64 or ElementType.UInt64: x.CopyTo(Of<long>(y)); break;
            case ElementType.UInt8: Each(x, y, static v => (byte)v); break;
            case ElementType.UInt16: Each(x, Of<ushort>(y), static v => (ushort)v); break;
            case ElementType.UInt32: Each(x, Of<uint>(y), static v => (uint)v); break;
            case ElementType.Bool: Each(x, y, static v => v != 0 ? (byte)1 : (byte)0); break;
            case ElementType.Float16: Each(x, Of<Half>(y), static v => (Half)v); break;
            case ElementType.BFloat16: Each(x, Of<BFloat16>(y), static v => v < 0 ? (BFloat16)(-(float)ToBFloat16((ulong)-v)) : ToBFloat16((ulong)v)); break;
            case ElementType.Float32: Each(x, Of<float>(y), static v => v); break;
            case ElementType.Float64: Each(x, Of<double>(y), static v => v); break;
            default: throw new NotSupportedException($"A tensor of {type.Name} can be read, not written.");
        }
    }

    private static void WriteUnsigned(ElementType type, ReadOnlySpan<ulong> x, Span<byte> y)
    {
        switch (type)
        {
            case ElementType.Float16: Each(x, Of<Half>(y), static v => (Half)(double)v); break;
            case ElementType.BFloat16: Each(x, Of<BFloat16>(y), ToBFloat16); break;
            // Halved with the lost bit kept, a large number is a signed one, which converts with one rounding.
            case ElementType.Float32: Each(x, Of<float>(y), static v => v <= long.MaxValue ? (long)v : 2 * (float)(long)(v >> 1 | v & 1)); break;
            default: Each(x, Of<double>(y), static v => v <= long.MaxValue ? (long)v : 2 * (double)(long)(v >> 1 | v & 1)); break;
        }
    }

    /// <summary>Rounds once: of what a double cannot hold, one bit is kept that tells whether anything was lost.</summary>
    private static BFloat16 ToBFloat16(ulong value)
    {
        const int low = 11;
        if (value >> (64 - low) == 0) return (BFloat16)(double)value;
        ulong lost = value & ((1 << low) - 1);
        return (BFloat16)Math.ScaleB((double)(value >> low | (lost != 0 ? 1u : 0u)), low);
    }

    /// <summary>Truncates towards zero; NaN gives 0; what no 64-bit integer holds gives the nearest.</summary>
    private static long ToInteger(double value) => double.IsNaN(value) ? 0 : (long)value;

    private static bool IsWhole(ElementType type) => type.IsInteger || type is ElementType.Bool || IsPackedInteger(type);

    private static bool IsPackedInteger(ElementType type) => type is ElementType.Int4 or >= ElementType.UInt1 and <= ElementType.UInt6;

    private static void Unpack(ElementType type, ReadOnlySpan<byte> bytes, Span<long> y)
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

    private static void Each<TFrom, TTo>(ReadOnlySpan<TFrom> x, Span<TTo> y, Func<TFrom, TTo> convert)
    {
        for (int i = 0; i < x.Length; i++) y[i] = convert(x[i]);
    }

    private static ReadOnlySpan<T> As<T>(ReadOnlySpan<byte> bytes) where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes);

    private static Span<T> Of<T>(Span<byte> bytes) where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes);
}
