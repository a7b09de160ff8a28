using System.Globalization;

namespace TensorLogic;

/// <summary>A 16-bit float with the exponent range of <see cref="float"/> and 8 bits of precision.</summary>
/// <remarks>A storage type: compute in <see cref="float"/>. Conversion rounds to nearest, ties to even; NaN stays NaN.
/// Equality compares the bits: 0 and -0 differ, a NaN equals itself. Convert to <see cref="float"/> to compare as numbers.</remarks>
public readonly record struct BFloat16 : IComparable<BFloat16>
{
    private BFloat16(ushort bits) => Bits = bits;

    /// <summary>The stored bits: the upper half of the binary32 value.</summary>
    public ushort Bits { get; }

    /// <summary>The value with exactly these bits.</summary>
    public static BFloat16 FromBits(ushort bits) => new(bits);

    /// <summary>Rounds to nearest, ties to even.</summary>
    public static explicit operator BFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value)) return new((ushort)((bits >> 16) | 0x40));
        return new((ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16));
    }

    /// <summary>Rounds to nearest, ties to even, once: a double is not rounded to binary32 on the way.</summary>
    public static explicit operator BFloat16(double value)
    {
        float rounded = (float)value;
        // Rounding twice is wrong only where the first rounding lands exactly on a tie: step back towards the exact value there.
        uint bits = BitConverter.SingleToUInt32Bits(rounded);
        if ((bits & 0xffff) == 0x8000 && rounded != value && double.IsFinite(value))
            bits = Math.Abs((double)rounded) > Math.Abs(value) ? bits - 1 : bits + 1;
        return (BFloat16)BitConverter.UInt32BitsToSingle(bits);
    }

    /// <summary>Exact.</summary>
    public static implicit operator float(BFloat16 value) => BitConverter.UInt32BitsToSingle((uint)value.Bits << 16);

    /// <inheritdoc/>
    public int CompareTo(BFloat16 other) => ((float)this).CompareTo((float)other);

    /// <inheritdoc/>
    public override string ToString() => ((float)this).ToString(CultureInfo.InvariantCulture);

    /// <summary>Compares as numbers.</summary>
    public static bool operator <(BFloat16 left, BFloat16 right) => (float)left < (float)right;
    /// <summary>Compares as numbers.</summary>
    public static bool operator >(BFloat16 left, BFloat16 right) => (float)left > (float)right;
    /// <summary>Compares as numbers.</summary>
    public static bool operator <=(BFloat16 left, BFloat16 right) => (float)left <= (float)right;
    /// <summary>Compares as numbers.</summary>
    public static bool operator >=(BFloat16 left, BFloat16 right) => (float)left >= (float)right;
}
