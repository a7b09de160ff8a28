using TensorLogic.Core.Tests.Cpu.Kernels;
using TensorLogic.Operators;

namespace TensorLogic.Core.Tests.Operators;

/// <summary>The examples of MIL's definitions (iOS18).</summary>
internal sealed class CompressedWeightsTests
{
    private static readonly Op.VectorAxisAttributes Scalars = new((int?)null);

    [Test]
    public void Each_block_of_indices_has_its_own_table()
    {
        Tensor indices = Packed(ElementType.UInt2, [2, 3, 3, 0, 1, 0, 3, 0, 2, 1, 0, 3], 6, 2);
        Tensor lut = Tensor.FromArray([1f, 5, 9, 13, 2, 10, 18, 26], [2, 1, 4, 1]);

        Tensor y = Reference.Run(Op.ConstexprBlockLutToDense, Scalars, indices, lut)[0];

        Assert.That(Values(y), Is.EqualTo(new double[] { 9, 13, 13, 1, 5, 1, 26, 2, 18, 10, 2, 26 }));
    }

    [TestCase(1, new[] { 1, 1, 2, 2, 3, 3, 4, 1, 5, 2, 6, 3, 4, 4, 5, 5, 6, 6, 1, 1, 2, 2, 3, 3 })]
    [TestCase(2, new[] { 1, 2, 3, 1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6, 4, 5, 6, 1, 2, 3, 1, 2, 3 })]
    [TestCase(-1, new[] { 1, 2, 3, 1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6, 4, 5, 6, 1, 2, 3, 1, 2, 3 })]
    public void Vectors_lie_along_their_axis(int axis, int[] expected)
    {
        Tensor indices = Packed(ElementType.UInt1, [0, 0, 1, 0, 1, 1, 0, 0], 2, 2, 2);
        Tensor lut = Tensor.FromArray(new sbyte[] { 1, 2, 3, 4, 5, 6 }, [1, 1, 1, 2, 3]);

        Tensor y = Reference.Run(Op.ConstexprBlockLutToDense, new Op.VectorAxisAttributes(axis), indices, lut)[0];

        Assert.That(Values(y), Is.EqualTo(Array.ConvertAll(expected, value => (double)value)));
    }

    [TestCase(ElementType.UInt3)]
    [TestCase(ElementType.UInt6)]
    public void Indices_that_cross_bytes_are_read(ElementType type)
    {
        int entries = 1 << type.Bits;
        int[] codes = [.. Enumerable.Range(0, 40).Select(i => i * 7 % entries)];
        Tensor lut = Tensor.FromArray(Enumerable.Range(0, entries).Select(i => (float)(100 + i)).ToArray(), [1, entries, 1]);

        Tensor y = Reference.Run(Op.ConstexprBlockLutToDense, Scalars, Packed(type, codes, 40), lut)[0];

        Assert.That(Values(y), Is.EqualTo(codes.Select(code => 100.0 + code)));
    }

    [Test]
    public void Sparse_elements_of_four_bits_go_to_their_places()
    {
        Tensor y = Reference.Run(Op.ConstexprMaskToDense, NoAttributes.Value, Packed(ElementType.Int4, [-8, 3, 7], 3), Packed(ElementType.UInt1, [0, 1, 0, 1, 1, 0], 2, 3))[0];

        Assert.That(y.ElementType, Is.EqualTo(ElementType.Int4));
        Assert.That(Values(y), Is.EqualTo(new double[] { 0, -8, 0, 3, 7, 0 }));
    }

    [Test]
    public void Tables_serve_sparse_indices_with_vectors()
    {
        Tensor mask = Packed(ElementType.UInt1, [1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0], 4, 6);
        Tensor nonzero = Packed(ElementType.UInt1, [0, 1, 1, 0, 1, 1, 0, 0, 1], 9);
        Tensor lut = Tensor.FromArray([2f, 20f, 3f, 30f], [1, 1, 2, 2]);

        Tensor[] y = Reference.Run(Op.ConstexprLutToSparse, new Op.VectorAxisAttributes(0), mask, nonzero, lut);

        Assert.That(Values(y[0]), Is.EqualTo(new double[]
        {
            1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1,
            0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0,
        }));
        Assert.That(Values(y[1]), Is.EqualTo(new double[] { 2, 3, 20, 30, 3, 2, 3, 30, 20, 30, 3, 2, 2, 30, 20, 20, 3, 30 }));
    }

    [Test]
    public void Sparse_elements_are_scaled_by_their_column()
    {
        Tensor mask = Packed(ElementType.UInt1, [1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 0, 0], 4, 4);
        Tensor data = Tensor.FromArray(new byte[] { 10, 11, 3, 4, 5, 6, 7, 8, 9 }, [9]);
        Tensor scale = Tensor.FromArray([0.1f, 0.2f, 0.3f, 0.4f], [1, 4]), offset = Tensor.FromArray(new byte[] { 1, 2, 3, 4 }, [1, 4]);

        Tensor[] y = Reference.Run(Op.ConstexprSparseBlockwiseShiftScale, NoAttributes.Value, mask, data, scale, offset);

        Assert.That(Values(y[0]), Is.EqualTo(Values(mask)));
        Assert.That(Values(y[1]), Is.EqualTo(new[] { 0.9, 1.8, 0.2, 0.4, 0.6, 0.9, 1.2, 0.7, 1.4 }).Within(1e-6));
    }

    [Test]
    public void Elements_must_be_as_many_as_the_ones_of_the_mask() =>
        Assert.That(() => Reference.Run(Op.ConstexprMaskToDense, NoAttributes.Value, Tensor.FromArray([1f, 2f], [2]), Packed(ElementType.UInt1, [1, 1, 1], 3)), Throws.TypeOf<ShapeException>());

    // Packed by hand, lowest bits first.
    private static Tensor Packed(ElementType type, int[] codes, params int[] sizes)
    {
        Tensor tensor = Tensor.Create(type, Shape.Create(sizes));
        Span<byte> bytes = tensor.Bytes;
        bytes.Clear();
        for (int i = 0; i < codes.Length * type.Bits; i++)
            if ((codes[i / type.Bits] >> i % type.Bits & 1) != 0) bytes[i / 8] |= (byte)(1 << i % 8);
        return tensor;
    }

    private static double[] Values(Tensor tensor) => TensorConversion.ReadDoubles(tensor);
}
