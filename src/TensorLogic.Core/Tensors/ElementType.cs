namespace TensorLogic;

/// <summary>The type of one element of a tensor.</summary>
/// <remarks>Names follow .NET and ONNX; the printed form (<c>Name</c>) is the short one of the script:
/// <c>f16</c>, <c>bf16</c>, <c>i32</c>.</remarks>
public enum ElementType : byte
{
    /// <summary>IEEE 754 binary16, <see cref="Half"/>.</summary>
    Float16,
    /// <summary>The upper half of an IEEE 754 binary32, <see cref="TensorLogic.BFloat16"/>.</summary>
    BFloat16,
    /// <summary>IEEE 754 binary32.</summary>
    Float32,
    /// <summary>IEEE 754 binary64.</summary>
    Float64,
    /// <summary>8-bit signed integer.</summary>
    Int8,
    /// <summary>16-bit signed integer.</summary>
    Int16,
    /// <summary>32-bit signed integer.</summary>
    Int32,
    /// <summary>64-bit signed integer.</summary>
    Int64,
    /// <summary>8-bit unsigned integer.</summary>
    UInt8,
    /// <summary>16-bit unsigned integer.</summary>
    UInt16,
    /// <summary>32-bit unsigned integer.</summary>
    UInt32,
    /// <summary>64-bit unsigned integer.</summary>
    UInt64,
    /// <summary>One byte, 0 or 1.</summary>
    Bool,
    /// <summary>Two <see cref="Float32"/>: real, then imaginary part.</summary>
    Complex64,
    /// <summary>OCP FP8 E4M3: no infinity, NaN is 0x7f and 0xff.</summary>
    Float8E4M3,
    /// <summary>OCP FP8 E5M2.</summary>
    Float8E5M2,
    /// <summary>FP8 E4M3 without infinity and negative zero; 0x80 is NaN; exponent bias one higher.</summary>
    Float8E4M3Fnuz,
    /// <summary>FP8 E5M2 without infinity and negative zero; 0x80 is NaN; exponent bias one higher.</summary>
    Float8E5M2Fnuz,
    /// <summary>OCP MX scale: 2^(code - 127); 255 is NaN.</summary>
    Float8E8M0,
    /// <summary>OCP MX FP6, packed.</summary>
    Float6E2M3,
    /// <summary>OCP MX FP6, packed.</summary>
    Float6E3M2,
    /// <summary>OCP MX FP4, packed, low nibble first.</summary>
    Float4E2M1,
    /// <summary>4-bit signed integer, packed, low nibble first.</summary>
    Int4,
    /// <summary>1-bit unsigned integer, packed, lowest bit first.</summary>
    UInt1,
    /// <summary>2-bit unsigned integer, packed, lowest bits first.</summary>
    UInt2,
    /// <summary>3-bit unsigned integer, packed, lowest bits first.</summary>
    UInt3,
    /// <summary>4-bit unsigned integer, packed, low nibble first.</summary>
    UInt4,
    /// <summary>6-bit unsigned integer, packed, lowest bits first.</summary>
    UInt6,
}

/// <summary>Facts about element types.</summary>
public static class ElementTypeExtensions
{
    extension(ElementType type)
    {
        /// <summary>Size of one element in bits.</summary>
        public int Bits => type switch
        {
            ElementType.Float64 or ElementType.Int64 or ElementType.UInt64 or ElementType.Complex64 => 64,
            ElementType.Float32 or ElementType.Int32 or ElementType.UInt32 => 32,
            ElementType.Float16 or ElementType.BFloat16 or ElementType.Int16 or ElementType.UInt16 => 16,
            ElementType.Float6E2M3 or ElementType.Float6E3M2 or ElementType.UInt6 => 6,
            ElementType.Float4E2M1 or ElementType.Int4 or ElementType.UInt4 => 4,
            ElementType.UInt3 => 3,
            ElementType.UInt2 => 2,
            ElementType.UInt1 => 1,
            _ => 8,
        };

        /// <summary>True for types that share bytes with their neighbours: they can be stored and widened, not computed with.</summary>
        public bool IsPacked => type.Bits < 8;

        /// <summary>True for binary16, bfloat16, binary32 and binary64.</summary>
        public bool IsFloat => type is ElementType.Float16 or ElementType.BFloat16 or ElementType.Float32 or ElementType.Float64;

        /// <summary>True for whole-byte integers, signed or not; not for <see cref="ElementType.Bool"/>.</summary>
        public bool IsInteger => type is >= ElementType.Int8 and <= ElementType.UInt64;

        /// <summary>The printed name: <c>f16</c>, <c>bf16</c>, <c>i32</c>, <c>u8</c>, <c>bool</c>, <c>f8_e4m3</c>.</summary>
        public string Name => type switch
        {
            ElementType.Float16 => "f16",
            ElementType.BFloat16 => "bf16",
            ElementType.Float32 => "f32",
            ElementType.Float64 => "f64",
            ElementType.Int8 => "i8",
            ElementType.Int16 => "i16",
            ElementType.Int32 => "i32",
            ElementType.Int64 => "i64",
            ElementType.UInt8 => "u8",
            ElementType.UInt16 => "u16",
            ElementType.UInt32 => "u32",
            ElementType.UInt64 => "u64",
            ElementType.Bool => "bool",
            ElementType.Complex64 => "c64",
            ElementType.Float8E4M3 => "f8_e4m3",
            ElementType.Float8E5M2 => "f8_e5m2",
            ElementType.Float8E4M3Fnuz => "f8_e4m3fnuz",
            ElementType.Float8E5M2Fnuz => "f8_e5m2fnuz",
            ElementType.Float8E8M0 => "f8_e8m0",
            ElementType.Float6E2M3 => "f6_e2m3",
            ElementType.Float6E3M2 => "f6_e3m2",
            ElementType.Float4E2M1 => "f4_e2m1",
            ElementType.Int4 => "i4",
            ElementType.UInt1 => "u1",
            ElementType.UInt2 => "u2",
            ElementType.UInt3 => "u3",
            ElementType.UInt4 => "u4",
            ElementType.UInt6 => "u6",
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "This is not an element type."),
        };

        /// <summary>Bytes that <paramref name="count"/> elements take, packed types rounded up to whole bytes.</summary>
        /// <exception cref="OverflowException">The size exceeds 2^63 - 1.</exception>
        public long ByteCount(long count)
        {
            int bits = type.Bits;
            return bits >= 8 ? checked(count * (bits / 8)) : checked((long)(((Int128)count * bits + 7) / 8));
        }
    }

    /// <summary>Finds an element type by its printed name.</summary>
    public static bool TryParse(string name, out ElementType type)
    {
        foreach (ElementType candidate in Enum.GetValues<ElementType>())
            if (candidate.Name == name)
            {
                type = candidate;
                return true;
            }
        type = default;
        return false;
    }

    /// <summary>The element type of a CLR type.</summary>
    /// <exception cref="NotSupportedException">No element type corresponds to <typeparamref name="T"/>.</exception>
    public static ElementType Of<T>() where T : unmanaged =>
        typeof(T) == typeof(Half) ? ElementType.Float16
        : typeof(T) == typeof(float) ? ElementType.Float32
        : typeof(T) == typeof(double) ? ElementType.Float64
        : typeof(T) == typeof(BFloat16) ? ElementType.BFloat16
        : typeof(T) == typeof(byte) ? ElementType.UInt8
        : typeof(T) == typeof(sbyte) ? ElementType.Int8
        : typeof(T) == typeof(short) ? ElementType.Int16
        : typeof(T) == typeof(ushort) ? ElementType.UInt16
        : typeof(T) == typeof(int) ? ElementType.Int32
        : typeof(T) == typeof(uint) ? ElementType.UInt32
        : typeof(T) == typeof(long) ? ElementType.Int64
        : typeof(T) == typeof(ulong) ? ElementType.UInt64
        : typeof(T) == typeof(bool) ? ElementType.Bool
        : throw new NotSupportedException($"{typeof(T).Name} is not an element type. Use Half, BFloat16, float, double, bool or an integer type.");
}
