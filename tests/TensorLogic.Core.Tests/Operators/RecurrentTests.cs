using TensorLogic.Core.Tests.Cpu.Kernels;
using TensorLogic.Operators;

namespace TensorLogic.Core.Tests.Operators;

internal sealed class RecurrentTests
{
    [Test]
    public void Rnn_feeds_its_state_back()
    {
        Tensor[] y = Reference.Run(Op.Rnn, new Op.RnnAttributes(Op.RecurrentDirection.Forward, true, Op.RecurrentActivation.Linear),
            Tensor.FromArray([1f, 2f, 3f], [3, 1, 1]), Tensor.FromArray([4f], [1, 1]), Tensor.FromArray([10f], [1, 1]), Tensor.FromArray([2f], [1, 1]), Tensor.FromArray([0.5f], [1]));

        // h = 10 x + 2 h + 0.5, from 4.
        Assert.That(Values(y[0]), Is.EqualTo(new[] { 18.5, 57.5, 145.5 }));
        Assert.That(Values(y[1]), Is.EqualTo(new[] { 145.5 }));
    }

    [Test]
    public void A_reversed_layer_gives_its_sequence_in_the_order_of_processing()
    {
        Tensor[] y = Reference.Run(Op.Rnn, new Op.RnnAttributes(Op.RecurrentDirection.Reverse, true, Op.RecurrentActivation.Linear),
            Tensor.FromArray([1f, 2f, 3f], [3, 1, 1]), Tensor.FromArray([0f], [1, 1]), F64([1], 1, 1), F64([1], 1, 1), null);

        Assert.That(Values(y[0]), Is.EqualTo(new[] { 3.0, 5, 6 }));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Gru_follows_its_formula(bool resetAfter)
    {
        // Gates in the order reset, output, update; one feature, one hidden unit.
        double[] w = [0.3, -0.7, 0.9], r = [-0.4, 0.8, 0.2], b = [0.1, 0.2, -0.3], bi = [0.05, -0.15, 0.25];
        double x = 0.6, h = -0.5;
        double reset = Sigmoid(w[0] * x + r[0] * h + b[0] + bi[0]), update = Sigmoid(w[2] * x + r[2] * h + b[2] + bi[2]);
        double output = Math.Tanh(resetAfter ? w[1] * x + bi[1] + reset * (r[1] * h + b[1]) : w[1] * x + r[1] * (reset * h) + b[1] + bi[1]);
        double expected = (1 - update) * output + update * h;

        Tensor[] y = Reference.Run(Op.Gru, new Op.GruAttributes(Op.RecurrentDirection.Forward, false, Op.RecurrentActivation.Sigmoid, Op.RecurrentActivation.Tanh, resetAfter),
            F64([x], 1, 1, 1), F64([h], 1, 1), F64(w, 3, 1), F64(r, 3, 1), F64(b, 3), F64(bi, 3));

        Assert.That(Values(y[1])[0], Is.EqualTo(expected).Within(1e-14));
    }

    [Test]
    public void Lstm_follows_its_formula_with_peepholes_and_clip()
    {
        // Gates in the order input, forget, output, cell.
        double[] w = [0.3, -0.7, 0.9, 1.4], r = [-0.4, 0.8, 0.2, -0.6], b = [0.1, 0.2, -0.3, 0.4], p = [0.5, -0.25, 0.75];
        double x = 0.6, h = -0.5, c = 0.8, clip = 0.6;
        double input = Sigmoid(w[0] * x + r[0] * h + b[0] + p[0] * c), forget = Sigmoid(w[1] * x + r[1] * h + b[1] + p[1] * c);
        double cell = forget * c + input * Math.Tanh(w[3] * x + r[3] * h + b[3]);
        double clipped = Math.Min(cell, clip);
        double expected = Sigmoid(w[2] * x + r[2] * h + b[2] + p[2] * clipped) * Math.Max(clipped, 0);

        Tensor[] y = Reference.Run(Op.Lstm,
            new Op.LstmAttributes(Op.RecurrentDirection.Forward, false, Op.RecurrentActivation.Sigmoid, Op.RecurrentActivation.Tanh, Op.RecurrentActivation.Relu, clip),
            F64([x], 1, 1, 1), F64([h], 1, 1), F64([c], 1, 1), F64(w, 4, 1), F64(r, 4, 1), F64(b, 4), F64(p, 3));

        Assert.That(cell, Is.GreaterThan(clip), "the clip is felt");
        Assert.That(Values(y[1])[0], Is.EqualTo(expected).Within(1e-14));
        Assert.That(Values(y[2])[0], Is.EqualTo(clip).Within(1e-14));
    }

    [Test]
    public void A_layer_of_two_directions_puts_both_side_by_side_in_the_order_of_time()
    {
        Tensor x = Reference.Random(1, 3, 2, 4), h = Reference.Random(2, 2, 10), c = Reference.Random(3, 2, 10);
        Tensor w = Reference.Random(4, 20, 4), r = Reference.Random(5, 20, 5), wBack = Reference.Random(6, 20, 4), rBack = Reference.Random(7, 20, 5);
        Op.LstmAttributes Way(Op.RecurrentDirection direction) => new(direction, true, Op.RecurrentActivation.Sigmoid, Op.RecurrentActivation.Tanh, Op.RecurrentActivation.Tanh, double.PositiveInfinity);
        Tensor[] ahead = Reference.Run(Op.Lstm, Way(Op.RecurrentDirection.Forward), x, h.Slice(1, 0, 5), c.Slice(1, 0, 5), w, r);
        Tensor[] back = Reference.Run(Op.Lstm, Way(Op.RecurrentDirection.Reverse), x, h.Slice(1, 5, 5), c.Slice(1, 5, 5), wBack, rBack);

        Tensor[] both = Reference.Run(Op.Lstm, Way(Op.RecurrentDirection.Bidirectional), x, h, c, w, r, null, null, wBack, rBack);

        for (int t = 0; t < 3; t++)
        {
            Assert.That(Values(both[0].Slice(0, t, 1).Slice(2, 0, 5)), Is.EqualTo(Values(ahead[0].Slice(0, t, 1))));
            Assert.That(Values(both[0].Slice(0, t, 1).Slice(2, 5, 5)), Is.EqualTo(Values(back[0].Slice(0, 2 - t, 1))));
        }
        Assert.That(Values(both[2].Slice(1, 5, 5)), Is.EqualTo(Values(back[2])));
    }

    [Test]
    public void Weights_of_another_size_are_refused() =>
        Assert.That(() => Reference.Run(Op.Rnn, new Op.RnnAttributes(Op.RecurrentDirection.Forward, true, Op.RecurrentActivation.Tanh),
            Reference.Random(1, 3, 1, 2), Reference.Random(2, 1, 4), Reference.Random(3, 4, 3), Reference.Random(4, 4, 4), null), Throws.TypeOf<ShapeException>());

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static Tensor<double> F64(double[] values, params int[] sizes) => Tensor.FromArray(values, Shape.Create(sizes));

    private static double[] Values(Tensor tensor) => TensorConversion.ReadDoubles(tensor);
}
