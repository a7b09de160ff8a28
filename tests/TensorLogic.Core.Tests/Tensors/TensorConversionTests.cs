namespace TensorLogic.Tests.Tensors;

public sealed class TensorConversionTests
{
    [TestCase(1.0009765625f, 1.0009765625)]     // representable
    [TestCase(1.00048828125f, 1.0)]             // tie: to even
    [TestCase(65520f, double.PositiveInfinity)] // overflows
    [TestCase(-1e-9f, -0.0)]
    public void Single_to_half_rounds_to_nearest_even(float value, double expected)
    {
        using Tensor<float> tensor = Tensor.Scalar(value);
        using Tensor half = tensor.To(ElementType.Float16);

        Assert.That((double)half.As<Half>()[[]], Is.EqualTo(expected));
    }

    [TestCase(2.9, 2)]
    [TestCase(-2.9, -2)]
    [TestCase(double.NaN, 0)]
    [TestCase(300, 44)]      // wraps
    public void Float_to_integer_truncates_and_wraps(double value, int expected)
    {
        using Tensor<double> tensor = Tensor.Scalar(value);
        using Tensor bytes = tensor.To(ElementType.Int8);

        Assert.That(bytes.As<sbyte>()[[]], Is.EqualTo((sbyte)expected));
    }

    [Test]
    public void A_double_is_rounded_to_bfloat16_once()
    {
        // 1 + 2^-8 is the tie between 1 and 1 + 2^-7; slightly above it must round up although binary32 cannot see the difference.
        Assert.That((float)(BFloat16)(1 + Math.ScaleB(1, -8) + Math.ScaleB(1, -40)), Is.EqualTo(1 + MathF.ScaleB(1, -7)));
    }

    [Test]
    public void Four_bit_integers_are_read_low_nibble_first_with_sign()
    {
        using Tensor packed = Tensor.Create(ElementType.Int4, [3]);
        packed.Bytes[0] = 0x8f;
        packed.Bytes[1] = 0x07;
        using Tensor wide = packed.To(ElementType.Int32);

        Assert.That(wide.As<int>().ToArray(), Is.EqualTo(new[] { -1, -8, 7 }));
    }
}
