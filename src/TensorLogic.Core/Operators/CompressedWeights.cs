using System.Numerics;

namespace TensorLogic.Operators;

/// <summary>Tables, masks and packed elements of compressed weights, element by element without wide copies.</summary>
internal static unsafe class CompressedWeights
{
    /// <summary>Entries of tables. A table serves a block of indices.shape / lut.shape indices; its vectors lie along an axis of the result.</summary>
    // indices: [i…]   lut: [blocks…, 2^bits, vector]   result: as indices, the axis times vector
    public static Tensor Lookup(Tensor indices, Tensor lut, Shape result, int? axis)
    {
        using Tensor packed = indices.Contiguous(), tables = lut.Contiguous();
        Shape shape = indices.Shape;
        int rank = shape.Rank, vector = lut.Shape[-1], bits = indices.ElementType.Bits, size = lut.ElementType.Bits / 8, along = vector > 1 ? shape.Axis(axis!.Value) : 0;
        long[] steps = lut.Shape.RowMajorStrides(), strides = result.RowMajorStrides();
        Tensor y = Tensor.Create(lut.ElementType, result);
        int last = rank - 1, columns = shape[last], block = columns / Math.Max(lut.Shape[last], 1);
        long rows = columns == 0 ? 0 : shape.ElementCount / columns;
        for (long row = 0; row < rows; row++)
        {
            // Where the row begins, in the tables and in the result.
            long table = 0, to = 0, rest = row;
            for (int k = last - 1; k >= 0; k--)
            {
                int i = (int)(rest % shape[k]);
                rest /= shape[k];
                table += i / (shape[k] / lut.Shape[k]) * steps[k];
                to += i * strides[k] * (vector > 1 && k == along ? vector : 1);
            }
            int stretch = vector > 1 && last == along ? vector : 1;
            for (int column = 0; column < columns; column++)
            {
                // In bounds: an index of so many bits is below the number of entries, and the place follows from the shapes.
                byte* from = tables.Pointer + (table + column / block * steps[last] + (long)Code(packed.Pointer, row * columns + column, bits) * vector) * size;
                byte* at = y.Pointer + (to + (long)column * stretch) * size;
                for (int v = 0; v < vector; v++) Buffer.MemoryCopy(from + v * size, at + v * (vector > 1 ? strides[along] : 0) * size, size, size);
            }
        }
        GC.KeepAlive(packed);
        GC.KeepAlive(tables);
        return y;
    }

    /// <summary>The elements in their places where the mask is 1, else 0. There are as many elements as ones.</summary>
    public static Tensor Scatter(Tensor nonzero, Tensor mask)
    {
        using Tensor given = nonzero.Contiguous(), bits = mask.Contiguous();
        Tensor y = Zeros(nonzero.ElementType, mask.Shape);
        int width = nonzero.ElementType.Bits;
        long next = 0, count = mask.ElementCount;
        // In bounds: the ones of the mask were counted against the elements.
        for (long i = 0; i < count; i++)
            if (Code(bits.Pointer, i, 1) != 0) Copy(given.Pointer, next++, y.Pointer, i, width);
        GC.KeepAlive(given);
        GC.KeepAlive(bits);
        return y;
    }

    /// <summary>The elements where the mask, of the same shape, is 1.</summary>
    public static Tensor Gather(Tensor dense, Tensor mask)
    {
        using Tensor x = dense.Contiguous(), bits = mask.Contiguous();
        Tensor y = Zeros(dense.ElementType, Shape.Create(checked((int)Count(mask))));
        int width = dense.ElementType.Bits;
        long next = 0, count = mask.ElementCount;
        // In bounds: y has as many elements as the mask has ones.
        for (long i = 0; i < count; i++)
            if (Code(bits.Pointer, i, 1) != 0) Copy(x.Pointer, i, y.Pointer, next++, width);
        GC.KeepAlive(x);
        GC.KeepAlive(bits);
        return y;
    }

    /// <summary>The mask with each element repeated along an axis, as often as the shape is longer there.</summary>
    public static Tensor Repeat(Tensor mask, Shape shape, int? axis)
    {
        if (shape == mask.Shape) return mask.Clone();
        using Tensor bits = mask.Contiguous();
        Tensor y = Zeros(mask.ElementType, shape);
        (int outer, int size, int inner) = Reduction.Split(shape, shape.Axis(axis!.Value));
        int times = size / mask.Shape[axis.Value];
        // In bounds: the mask is [outer, size / times, inner].
        for (long o = 0; o < outer; o++)
        for (long k = 0; k < size; k++)
        for (long i = 0; i < inner; i++)
            Copy(bits.Pointer, (o * (size / times) + k / times) * inner + i, y.Pointer, (o * size + k) * inner + i, 1);
        GC.KeepAlive(bits);
        return y;
    }

    /// <summary>Number of ones of a mask of u1.</summary>
    public static long Count(Tensor mask)
    {
        using Tensor bits = mask.Contiguous();
        long count = 0;
        ReadOnlySpan<byte> bytes = bits.AsBytes();
        int tail = (int)(mask.ElementCount & 7);
        for (int i = 0; i < bytes.Length; i++) count += BitOperations.PopCount(i == bytes.Length - 1 && tail > 0 ? (uint)(bytes[i] & (1 << tail) - 1) : bytes[i]);
        return count;
    }

    private static Tensor Zeros(ElementType type, Shape shape)
    {
        Tensor y = Tensor.Create(type, shape);
        y.Bytes.Clear();
        return y;
    }

    // Element i of packed elements of up to 8 bits, lowest bits first.
    private static int Code(byte* bytes, long i, int bits)
    {
        long bit = i * bits;
        byte* at = bytes + (bit >> 3);
        int shift = (int)(bit & 7), word = *at >> shift;
        if (shift + bits > 8) word |= at[1] << (8 - shift);
        return word & (1 << bits) - 1;
    }

    private static void Copy(byte* from, long i, byte* to, long k, int bits)
    {
        if (bits >= 8)
        {
            int size = bits / 8;
            Buffer.MemoryCopy(from + i * size, to + k * size, size, size);
            return;
        }
        int code = Code(from, i, bits);
        long bit = k * bits;
        byte* at = to + (bit >> 3);
        int shift = (int)(bit & 7);
        *at |= (byte)(code << shift);
        if (shift + bits > 8) at[1] |= (byte)(code >> (8 - shift));
    }
}
