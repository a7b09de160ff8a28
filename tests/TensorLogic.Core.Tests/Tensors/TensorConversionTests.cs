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

    private static readonly ElementType[] Computable = [.. Enum.GetValues<ElementType>().Where(type => type.IsFloat || type.IsInteger || type is ElementType.Bool)];

    [Test]
    public void Small_whole_numbers_survive_every_conversion([ValueSource(nameof(Computable))] ElementType from, [ValueSource(nameof(Computable))] ElementType to)
    {
        // More than one chunk, not a whole number of chunks, and only 0 and 1, which every type holds.
        float[] values = [.. Enumerable.Range(0, 2500).Select(i => i % 3 == 1 ? 1f : 0f)];
        using Tensor<float> tensor = Tensor.FromSpan<float>(values, [2500]);
        using Tensor there = tensor.To(from), across = there.To(to), back = across.To(ElementType.Float32);

        Assert.That(back.As<float>().ToArray(), Is.EqualTo(values));
    }

    [TestCase(ElementType.Float64, 18446744073709551615d)]
    [TestCase(ElementType.Float32, 18446744073709551616d)]
    [TestCase(ElementType.BFloat16, 18446744073709551616d)]
    [TestCase(ElementType.Float16, double.PositiveInfinity)]
    public void The_largest_unsigned_integer_stays_positive(ElementType to, double expected)
    {
        using Tensor<ulong> tensor = Tensor.Scalar(ulong.MaxValue);
        using Tensor converted = tensor.To(to), wide = converted.To(ElementType.Float64);

        Assert.That(wide.As<double>()[[]], Is.EqualTo(expected));
    }

    // Just above the tie between two neighbours of the narrow type, by less than a double can see.
    [TestCase(ElementType.Float32, (1L << 62) + (1L << 38) + 1, (1L << 62) + (1L << 39))]
    [TestCase(ElementType.Float32, -(1L << 62) - (1L << 38) - 1, -(1L << 62) - (1L << 39))]
    [TestCase(ElementType.BFloat16, (1L << 62) + (1L << 54) + 1, (1L << 62) + (1L << 55))]
    [TestCase(ElementType.BFloat16, -(1L << 62) - (1L << 54) - 1, -(1L << 62) - (1L << 55))]
    public void Large_integers_are_rounded_once(ElementType to, long value, double expected)
    {
        using Tensor<long> tensor = Tensor.Scalar(value);
        using Tensor converted = tensor.To(to), wide = converted.To(ElementType.Float64);

        Assert.That(wide.As<double>()[[]], Is.EqualTo(expected));
    }

    [TestCase((1UL << 63) + (1UL << 39) + 1, 9223373136366403584d)]
    [TestCase((1UL << 63) + (1UL << 39), 9223372036854775808d)]
    public void Large_unsigned_integers_are_rounded_once(ulong value, double expected)
    {
        using Tensor<ulong> tensor = Tensor.Scalar(value);
        using Tensor converted = tensor.To(ElementType.Float32);

        Assert.That((double)converted.As<float>()[[]], Is.EqualTo(expected));
    }

    [Test]
    public void Any_byte_but_zero_is_true()
    {
        using Tensor truths = Tensor.Create(ElementType.Bool, [4]);
        new byte[] { 0, 1, 2, 255 }.CopyTo(truths.Bytes);
        using Tensor numbers = truths.To(ElementType.UInt8);

        Assert.That(numbers.As<byte>().ToArray(), Is.EqualTo(new byte[] { 0, 1, 1, 1 }));
    }

    [Test]
    public void What_is_not_zero_is_true_NaN_and_the_smallest_fraction_included()
    {
        using Tensor<double> numbers = Tensor.FromSpan([0, -0.0, 1e-320, double.NaN], [4]);
        using Tensor truths = numbers.To(ElementType.Bool);

        Assert.That(truths.As<bool>().ToArray(), Is.EqualTo(new[] { false, false, true, true }));
    }

    [Test]
    public void Every_half_survives_the_way_through_single_and_back()
    {
        ushort[] codes = [.. Enumerable.Range(0, 65536).Select(code => (ushort)code).Where(code => !Half.IsNaN(BitConverter.UInt16BitsToHalf(code)))];
        using Tensor<Half> halves = Tensor.FromSpan<Half>(Array.ConvertAll(codes, BitConverter.UInt16BitsToHalf), [codes.Length]);
        using Tensor single = halves.To(ElementType.Float32), back = single.To(ElementType.Float16);

        Assert.That(back.As<Half>().ToArray().Select(BitConverter.HalfToUInt16Bits), Is.EqualTo(codes));
    }

    [Test]
    public void Every_bfloat16_survives_the_way_through_single_and_back()
    {
        BFloat16[] values = [.. Enumerable.Range(0, 65536).Select(code => BFloat16.FromBits((ushort)code)).Where(value => !float.IsNaN(value))];
        using Tensor<BFloat16> tensor = Tensor.FromSpan<BFloat16>(values, [values.Length]);
        using Tensor single = tensor.To(ElementType.Float32), back = single.To(ElementType.BFloat16);

        Assert.That(back.As<BFloat16>().ToArray(), Is.EqualTo(values));
    }

    [Test]
    public void NaN_stays_NaN_in_every_float([Values(ElementType.Float16, ElementType.BFloat16, ElementType.Float32)] ElementType to)
    {
        using Tensor<double> tensor = Tensor.Scalar(double.NaN);
        using Tensor converted = tensor.To(to), wide = converted.To(ElementType.Float64);

        Assert.That(wide.As<double>()[[]], Is.NaN);
    }

    [TestCase(ElementType.UInt1, 1)]
    [TestCase(ElementType.UInt2, 3)]
    [TestCase(ElementType.UInt3, 7)]
    [TestCase(ElementType.UInt4, 15)]
    [TestCase(ElementType.UInt6, 63)]
    public void Packed_unsigned_integers_are_read_from_the_lowest_bit_on_across_chunks(ElementType type, int mask)
    {
        const int count = 3000;
        using Tensor packed = Tensor.Create(type, [count]);
        for (int i = 0; i < count; i++)
            for (int bit = 0; bit < type.Bits; bit++)
                packed.Bytes[(i * type.Bits + bit) / 8] |= (byte)((i * 7 >> bit & 1) << (i * type.Bits + bit) % 8);
        using Tensor wide = packed.To(ElementType.Int32);

        Assert.That(wide.As<int>().ToArray(), Is.EqualTo(Enumerable.Range(0, count).Select(i => i * 7 & mask)));
    }

    [Test]
    public void A_packed_type_cannot_be_converted_to()
    {
        using Tensor<int> tensor = Tensor.Scalar(1);

        Assert.That(() => tensor.To(ElementType.UInt4), Throws.InstanceOf<NotSupportedException>());
    }

    [Test]
    public void Conversion_of_a_large_tensor_takes_no_memory_but_its_result()
    {
        const int count = 1 << 20;
        using Tensor tensor = Tensor.Create(ElementType.Int16, [count]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        using Tensor converted = tensor.To(ElementType.Float64);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(count * sizeof(double) + 10_000));
    }
}
