using System.Numerics;

namespace TensorLogic.Operators;

/// <summary>Decompression of stored weights. Sources: MIL <c>constexpr_ops</c> (iOS16) and <c>compression</c> (iOS18).</summary>
internal static class Dequantization
{
    /// <summary>scale · (data - zeroPoint), both one value or one for each index of an axis; the element type is the scale's.</summary>
    public static Tensor Affine(Tensor data, Tensor zeroPoint, Tensor scale, int axis)
    {
        double[] values = TensorConversion.ReadDoubles(data), zeros = TensorConversion.ReadDoubles(zeroPoint), scales = TensorConversion.ReadDoubles(scale);
        (_, int size, int inner) = data.Rank == 0 ? (1, 1, 1) : Reduction.Split(data.Shape, data.Shape.Axis(axis));
        for (int i = 0; i < values.Length; i++)
        {
            int k = i / inner % size;
            values[i] = scales[scales.Length == 1 ? 0 : k] * (values[i] - zeros[zeros.Length == 1 ? 0 : k]);
        }
        return Written(scale.ElementType, data.Shape, values);
    }

    /// <summary>scale · (data - offset), where a scale serves a block of data.shape / scale.shape elements.</summary>
    public static Tensor Blockwise(Tensor data, Tensor scale, Tensor? offset)
    {
        double[] values = TensorConversion.ReadDoubles(data), scales = TensorConversion.ReadDoubles(scale);
        double[]? offsets = offset is null ? null : TensorConversion.ReadDoubles(offset);
        long[] strides = data.Shape.RowMajorStrides(), scaleStrides = scale.Shape.RowMajorStrides();
        for (long i = 0; i < values.Length; i++)
        {
            long at = 0, rest = i;
            for (int axis = 0; axis < data.Rank; axis++)
            {
                at += rest / strides[axis] / (data.Shape[axis] / scale.Shape[axis]) * scaleStrides[axis];
                rest %= strides[axis];
            }
            values[i] = scales[at] * (values[i] - (offsets?[at] ?? 0));
        }
        return Written(scale.ElementType, data.Shape, values);
    }

    /// <summary>Table entries by indices of log₂(entries) bits each, packed from the lowest bit of each byte upwards.</summary>
    /// <param name="indices">u8 vector of ⌈bits · elements / 8⌉ bytes.</param>
    /// <param name="table">2, 4, 16, 64 or 256 entries.</param>
    /// <param name="shape">Shape of the result.</param>
    public static unsafe Tensor Lookup(Tensor indices, Tensor table, Shape shape)
    {
        using Tensor packed = indices.Contiguous(), entries = table.Contiguous();
        ReadOnlySpan<byte> bytes = packed.AsBytes();
        int bits = BitOperations.Log2((uint)entries.ElementCount), mask = (1 << bits) - 1, size = entries.ElementType.Bits / 8;
        Tensor y = Tensor.Create(entries.ElementType, shape);
        long count = shape.ElementCount;
        for (long i = 0; i < count; i++)
        {
            long bit = i * bits;
            int index = (int)(bit >> 3), word = bytes[index] | (index + 1 < bytes.Length ? bytes[index + 1] << 8 : 0);
            // In bounds: the masked index is below the number of entries, and i below the number of elements.
            Buffer.MemoryCopy(entries.Pointer + (word >> (int)(bit & 7) & mask) * size, y.Pointer + i * size, size, size);
        }
        return y;
    }

    /// <summary>The given elements where a bit of the mask is set, else 0; bits are taken from the lowest of each byte upwards.</summary>
    /// <param name="nonzero">As many elements as bits are set.</param>
    /// <param name="mask">u8 vector of ⌈elements / 8⌉ bytes.</param>
    /// <param name="shape">Shape of the result.</param>
    public static Tensor Sparse(Tensor nonzero, Tensor mask, Shape shape)
    {
        double[] given = TensorConversion.ReadDoubles(nonzero);
        long[] bytes = TensorConversion.ReadLongs(mask);
        var values = new double[shape.ElementCount];
        int next = 0;
        for (int i = 0; i < values.Length; i++)
            if ((bytes[i >> 3] >> (i & 7) & 1) != 0) values[i] = given[next++];
        return Written(nonzero.ElementType, shape, values);
    }

    /// <summary>Number of set bits.</summary>
    public static long BitCount(Tensor mask) => TensorConversion.ReadLongs(mask).Sum(value => (long)BitOperations.PopCount((ulong)(value & 0xFF)));

    private static Tensor Written(ElementType type, Shape shape, double[] values)
    {
        Tensor y = Tensor.Create(type, shape);
        TensorConversion.Write(y, values);
        return y;
    }
}
