using TensorLogic.Core.Tests.Cpu.Kernels;
using TensorLogic.Operators;

namespace TensorLogic.Core.Tests.Operators;

internal sealed class NumericOperatorTests
{
    [Test]
    public void Less_compares_floats_as_floats()
    {
        Tensor y = Reference.Run(Op.Less, NoAttributes.Value, Tensor.FromArray([3f, -0.5f], [2]), Tensor.FromArray([3.5f, -0.25f], [2]))[0];

        Assert.That(Values(y), Is.EqualTo(new double[] { 1, 1 }));
    }

    [TestCase(false, false, new double[] { 1, 3, 6, 10 })]
    [TestCase(true, false, new double[] { 0, 1, 3, 6 })]
    [TestCase(false, true, new double[] { 10, 9, 7, 4 })]
    [TestCase(true, true, new double[] { 9, 7, 4, 0 })]
    public void Running_sums_go_both_ways(bool exclusive, bool reverse, double[] expected) =>
        Assert.That(Values(Reference.Run(Op.CumSum, new Op.CumSumAttributes(-1, exclusive, reverse), Tensor.FromArray([1, 2, 3, 4], [1, 4]))[0]), Is.EqualTo(expected));

    [Test]
    public void Quantised_values_round_to_even_and_saturate()
    {
        Tensor x = Tensor.FromArray([0.5f, 1.5f, -2.5f, 1000f, -1000f], [5]), scale = Tensor.FromArray([1f], []), zero = Tensor.FromArray(new sbyte[] { 1 }, []);

        Tensor y = Reference.Run(Op.Quantize, new Op.QuantizeAttributes(ElementType.Int8, 0), x, zero, scale)[0];

        Assert.That(Values(y), Is.EqualTo(new double[] { 1, 3, -1, 127, -128 }));
    }

    [Test]
    public void Dequantised_values_have_the_scale_of_their_index()
    {
        Tensor x = Tensor.FromArray(new byte[] { 1, 2, 3, 4 }, [2, 2]), scale = Tensor.FromArray([2f, 10f], [2]), zero = Tensor.FromArray(new byte[] { 1, 2 }, [2]);

        Assert.That(Values(Reference.Run(Op.Dequantize, new Op.AxisAttributes(-1), x, zero, scale)[0]), Is.EqualTo(new double[] { 0, 0, 4, 20 }));
    }

    [Test]
    public void L2_norm_divides_by_the_length_over_the_last_three_axes()
    {
        Tensor y = Reference.Run(Op.L2Norm, new Op.EpsilonAttributes(0), Tensor.FromArray([3f, 4f, 6f, 8f], [2, 1, 1, 2]))[0];

        Assert.That(Values(y), Is.EqualTo(new[] { 0.6, 0.8, 0.6, 0.8 }).Within(1e-6));
    }

    [Test]
    public void Local_response_norm_looks_further_back_than_ahead()
    {
        // Window of 2: the channel before and the channel itself; k = 0, alpha / size = 1, beta = 1.
        Tensor y = Reference.Run(Op.LocalResponseNorm, new Op.LocalResponseNormAttributes(2, 2, 1, 0), Tensor.FromArray([1f, 2f, 3f], [1, 3, 1, 1]))[0];

        Assert.That(Values(y), Is.EqualTo(new[] { 1, 2 / 5.0, 3 / 13.0 }).Within(1e-6));
    }

    [Test]
    public void Three_axes_of_a_local_response_norm_begin_with_the_channels()
    {
        // The case of MIL's own test: shape [1, 3, 2], size 2, with the answers of Core ML.
        Tensor y = Reference.Run(Op.LocalResponseNorm, new Op.LocalResponseNormAttributes(2, 1e-4, 0.75, 1), Tensor.FromArray([1f, -7, 5, -6, -3, -5], [1, 3, 2]))[0];

        Assert.That(Values(y), Is.EqualTo(new[] { 0.99996257, -6.98716545, 4.99531746, -5.99191284, -2.99898791, -4.99531746 }).Within(1e-6));
    }

    [Test]
    public void Softplus_has_factors_for_each_channel()
    {
        Tensor y = Reference.Run(Op.SoftplusParametric, NoAttributes.Value, Tensor.FromArray([1f, -1f, 2f, 0.5f], [1, 2, 2]), Tensor.FromArray([2f, 3f], [2]), Tensor.FromArray([0.5f, -1f], [2]))[0];

        double[] expected = [2 * Math.Log(1 + Math.Exp(0.5)), 2 * Math.Log(1 + Math.Exp(-0.5)), 3 * Math.Log(1 + Math.Exp(-2)), 3 * Math.Log(1 + Math.Exp(-0.5))];
        Assert.That(Values(y), Is.EqualTo(expected).Within(1e-6));
    }

    [TestCase("ij,jk->ik", new[] { 2, 3 }, new[] { 3, 4 })]
    [TestCase("nchw,nwhu->nchu", new[] { 2, 3, 4, 5 }, new[] { 1, 5, 4, 6 })]
    [TestCase("ij,ij", new[] { 2, 3 }, new[] { 2, 3 })]
    [TestCase("ii,i->i", new[] { 3, 3 }, new[] { 3 })]
    [TestCase("...ij,jk->...ik", new[] { 2, 2, 3 }, new[] { 3, 2 })]
    public void Einsum_sums_the_products_that_its_letters_name(string equation, int[] left, int[] right)
    {
        Tensor x = Reference.Random(1, left), y = Reference.Random(2, right);

        Tensor z = Reference.Run(Op.Einsum, new Op.EinsumAttributes(equation), x, y)[0];

        double[] a = Values(x), b = Values(y), expected = equation switch
        {
            "ij,jk->ik" => [.. from i in R(2) from k in R(4) select R(3).Sum(j => a[i * 3 + j] * b[j * 4 + k])],
            "nchw,nwhu->nchu" => [.. from n in R(2) from c in R(3) from h in R(4) from u in R(6) select R(5).Sum(w => a[((n * 3 + c) * 4 + h) * 5 + w] * b[(w * 4 + h) * 6 + u])],
            "ij,ij" => [R(6).Sum(i => a[i] * b[i])],
            "ii,i->i" => [.. R(3).Select(i => a[i * 4] * b[i])],
            _ => [.. from n in R(2) from i in R(2) from k in R(2) select R(3).Sum(j => a[(n * 2 + i) * 3 + j] * b[j * 2 + k])],
        };
        Assert.That(Values(z), Is.EqualTo(expected).Within(1e-6));

        static IEnumerable<int> R(int count) => Enumerable.Range(0, count);
    }

    [TestCase("ij,jk->iz")]
    [TestCase("ij->i")]
    [TestCase("ij,j k->i->k")]
    [TestCase("ijk,jk->i")]
    [TestCase("i?,jk->i")]
    public void An_equation_that_does_not_fit_is_refused(string equation) =>
        Assert.That(() => Reference.Run(Op.Einsum, new Op.EinsumAttributes(equation), Reference.Random(1, 2, 3), Reference.Random(2, 3, 4)), Throws.TypeOf<ShapeException>());

    [TestCase(PadType.Valid, new int[0], 2, 1)]
    [TestCase(PadType.Custom, new[] { 1, 0, 2, 1 }, 2, 2)]
    [TestCase(PadType.Same, new int[0], 1, 1)]
    public void Transposed_convolution_is_the_gradient_of_convolution(PadType padType, int[] pad, int stride, int dilation)
    {
        // ⟨conv(y), x⟩ = ⟨y, conv_transpose(x)⟩ for every x and y: the definition of the transpose.
        Tensor y = Reference.Random(1, 2, 6, 9, 10), weight = Reference.Random(2, 4, 3, 3, 2);
        Op.ConvAttributes conv = new([stride, stride], padType, [.. pad], [dilation, dilation], 2);
        double[] forward = Values(Reference.Run(Op.Conv, conv, y, weight)[0]);
        Shape shape = Reference.Run(Op.Conv, conv, y, weight)[0].Shape;
        Tensor x = Reference.Random(3, [.. shape]);

        Tensor back = Reference.Run(Op.ConvTranspose, new Op.ConvTransposeAttributes([stride, stride], padType, [.. pad], [dilation, dilation], 2, [2, 6, 9, 10]), x, weight)[0];

        double left = forward.Zip(Values(x), (p, q) => p * q).Sum(), right = Values(back).Zip(Values(y), (p, q) => p * q).Sum();
        Assert.That(right, Is.EqualTo(left).Within(1e-4));
    }

    [Test]
    public void Transposed_convolution_spreads_and_adds_the_kernel()
    {
        Tensor y = Reference.Run(Op.ConvTranspose, new Op.ConvTransposeAttributes([2], PadType.Valid, [], [1], 1, []),
            Tensor.FromArray([1f, 10f], [1, 1, 2]), Tensor.FromArray([1f, 2f, 3f], [1, 1, 3]), Tensor.FromArray([0.5f], [1]))[0];

        Assert.That(Values(y), Is.EqualTo(new[] { 1.5, 2.5, 13.5, 20.5, 30.5 }));
    }

    [Test]
    public void Attention_is_a_mean_of_values_weighted_by_likeness()
    {
        Tensor q = Reference.Random(1, 1, 2, 3), k = Reference.Random(2, 1, 4, 3), v = Reference.Random(3, 1, 4, 5);
        Tensor mask = Tensor.FromArray([true, false, true, true], [4]);
        double[] a = Values(q), b = Values(k), c = Values(v), expected = new double[10];
        for (int l = 0; l < 2; l++)
        {
            double[] e = [.. Enumerable.Range(0, 4).Select(s => s == 1 ? 0 : Math.Exp(Enumerable.Range(0, 3).Sum(i => a[l * 3 + i] * b[s * 3 + i]) / Math.Sqrt(3)))];
            for (int i = 0; i < 5; i++) expected[l * 5 + i] = Enumerable.Range(0, 4).Sum(s => e[s] * c[s * 5 + i]) / e.Sum();
        }

        Assert.That(Values(Reference.Run(Op.ScaledDotProductAttention, NoAttributes.Value, q, k, v, mask)[0]), Is.EqualTo(expected).Within(1e-6));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void The_fast_attention_agrees_with_the_reference(bool masked) =>
        Reference.AssertFastAgrees(Op.ScaledDotProductAttention, NoAttributes.Value, 1e-5, 1, Reference.Random(1, 2, 3, 5, 17), Reference.Random(2, 2, 3, 9, 17), Reference.Random(3, 2, 3, 9, 7),
            masked ? Reference.Random(4, 3, 1, 9) : null);

    [TestCase(new[] { 2, 6, 7 }, new[] { 6, 2, 4 }, new[] { 2 }, new[] { 1 }, PadType.Custom, new[] { 2, 1 }, 3)]
    [TestCase(new[] { 1, 4, 5, 6 }, new[] { 4, 3, 3, 2 }, new[] { 1, 1 }, new[] { 2, 1 }, PadType.Valid, new int[0], 1)]
    [TestCase(new[] { 1, 4, 5, 6 }, new[] { 4, 3, 3, 2 }, new[] { 3, 2 }, new[] { 1, 3 }, PadType.Same, new int[0], 2)]
    [TestCase(new[] { 1, 2, 3, 4, 5 }, new[] { 2, 2, 2, 3, 3 }, new[] { 2, 1, 2 }, new[] { 1, 2, 1 }, PadType.Custom, new[] { 1, 0, 2, 2, 0, 1 }, 1)]
    public void The_fast_transposed_convolution_agrees_with_the_reference(int[] x, int[] weight, int[] strides, int[] dilations, PadType padType, int[] pad, int groups) =>
        Reference.AssertFastAgrees(Op.ConvTranspose, new Op.ConvTransposeAttributes([.. strides], padType, [.. pad], [.. dilations], groups, []), 1e-5, 1,
            Reference.Random(1, x), Reference.Random(2, weight), Reference.Random(3, weight[1] * groups));

    [Test]
    public void Random_numbers_have_the_moments_of_their_distribution_and_repeat_with_their_seed()
    {
        Tensor shape = Tensor.FromArray([100, 200], [2]);
        double[] Draw(Operator @operator, double first, double second, long seed = 7) => Values(Reference.Run(@operator, new Op.RandomAttributes(ElementType.Float32, seed, first, second), shape)[0]);

        // 20,000 draws: the mean's standard error is at most 0.007 of the deviation; five times that.
        double[] normal = Draw(Op.RandomNormal, 3, 2), uniform = Draw(Op.RandomUniform, -1, 3), coin = Draw(Op.RandomBernoulli, 0.3, 0);
        Assert.That(normal.Average(), Is.EqualTo(3).Within(0.07));
        Assert.That(Math.Sqrt(normal.Average(x => (x - 3) * (x - 3))), Is.EqualTo(2).Within(0.07));
        Assert.That(uniform, Has.All.InRange(-1, 3).And.All.LessThan(3));
        Assert.That(uniform.Average(), Is.EqualTo(1).Within(0.05));
        Assert.That(coin.Average(), Is.EqualTo(0.3).Within(0.02));
        Assert.That(coin, Has.All.EqualTo(0).Or.EqualTo(1));
        Assert.That(Draw(Op.RandomNormal, 3, 2), Is.EqualTo(normal));
        Assert.That(Draw(Op.RandomNormal, 3, 2, 8), Is.Not.EqualTo(normal));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Categories_come_by_their_probabilities(bool logits)
    {
        double[] p = [0.1, 0, 0.6, 0.3];
        Tensor x = Tensor.FromArray(Array.ConvertAll(p, value => (float)(logits ? Math.Log(value) : value)), [1, 4]);

        double[] draws = Values(Reference.Run(Op.RandomCategorical, new Op.CategoricalAttributes(logits, 20000, 3), x)[0]);

        for (int i = 0; i < 4; i++) Assert.That(draws.Count(draw => draw == i) / 20000.0, Is.EqualTo(p[i]).Within(0.02));
    }

    private static double[] Values(Tensor tensor) => TensorConversion.ReadDoubles(tensor);
}
