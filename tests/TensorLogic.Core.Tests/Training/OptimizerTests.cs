namespace TensorLogic.Tests.Training;

/// <summary>Optimisers against their update rules, written out once more for one number in f64.</summary>
public sealed class OptimizerTests
{
    private const int Steps = 100;

    // The gradient of Σ c (w - a)² / 2 + sin w, a problem without symmetry.
    private static readonly double[] s_start = [1.5, -2, 0.3], s_curvature = [1, 0.5, 2], s_aim = [0.2, 1, -1];

    private static double Gradient(int i, double w) => s_curvature[i] * (w - s_aim[i]) + Math.Cos(w);

    public sealed record Rule(string Name, Func<Tensor[], Optimizer> Make, Func<int, double[]> Reference)
    {
        public override string ToString() => Name;
    }

    private static IEnumerable<Rule> Rules()
    {
        yield return new("sgd", p => new Sgd(p, 0.05), i => Follow(i, (w, g, t, s) => w - 0.05 * g));
        yield return new("sgd with decay", p => new Sgd(p, 0.05, weightDecay: 0.1), i => Follow(i, (w, g, t, s) => w - 0.05 * (g + 0.1 * w)));
        yield return new("momentum", p => new Sgd(p, 0.02, momentum: 0.9, dampening: 0.2), i => Follow(i, (w, g, t, s) =>
        {
            s[0] = t == 1 ? g : 0.9 * s[0] + 0.8 * g;
            return w - 0.02 * s[0];
        }));
        yield return new("nesterov", p => new Sgd(p, 0.02, momentum: 0.9, nesterov: true), i => Follow(i, (w, g, t, s) =>
        {
            s[0] = t == 1 ? g : 0.9 * s[0] + g;
            return w - 0.02 * (g + 0.9 * s[0]);
        }));
        yield return new("adam", p => new Adam(p, 0.03, weightDecay: 0.05), i => Follow(i, (w, g, t, s) => AdamStep(w, g + 0.05 * w, t, s, 0.03)));
        yield return new("adamw", p => new AdamW(p, 0.03, weightDecay: 0.05), i => Follow(i, (w, g, t, s) => AdamStep(w - 0.03 * 0.05 * w, g, t, s, 0.03)));
        yield return new("rmsprop", p => new RmsProp(p, 0.01, momentum: 0.5), i => Follow(i, (w, g, t, s) =>
        {
            s[0] = 0.99 * s[0] + 0.01 * g * g;
            s[1] = 0.5 * s[1] + g / (Math.Sqrt(s[0]) + 1e-8);
            return w - 0.01 * s[1];
        }));
        yield return new("adagrad", p => new Adagrad(p, 0.1), i => Follow(i, (w, g, t, s) =>
        {
            s[0] += g * g;
            return w - 0.1 * g / (Math.Sqrt(s[0]) + 1e-10);
        }));
    }

    private static double AdamStep(double w, double g, int t, double[] s, double rate)
    {
        s[0] = 0.9 * s[0] + 0.1 * g;
        s[1] = 0.999 * s[1] + 0.001 * g * g;
        return w - rate * (s[0] / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(s[1] / (1 - Math.Pow(0.999, t))) + 1e-8);
    }

    private static double[] Follow(int i, Func<double, double, int, double[], double> step)
    {
        double w = s_start[i];
        double[] state = new double[2], path = new double[Steps];
        for (int t = 1; t <= Steps; t++) path[t - 1] = w = step(w, Gradient(i, w), t, state);
        return path;
    }

    [TestCaseSource(nameof(Rules))]
    public void An_optimiser_follows_its_rule(Rule rule)
    {
        Tensor<double> w = Tensor.FromSpan<double>(s_start, [3]);
        w.RequiresGrad = true;
        Optimizer optimizer = rule.Make([w]);
        double[][] expected = [.. Enumerable.Range(0, 3).Select(rule.Reference)];

        for (int step = 0; step < Steps; step++)
        {
            w.Grad = Tensor.FromArray(Enumerable.Range(0, 3).Select(i => Gradient(i, w.Span[i])).ToArray(), [3]);
            optimizer.Step();
            for (int i = 0; i < 3; i++) Assert.That(w.Span[i], Is.EqualTo(expected[i][step]).Within(1e-6), $"step {step + 1}, parameter {i}");
        }
    }

    [Test]
    public void Small_steps_of_a_16_bit_parameter_are_not_lost()
    {
        Tensor<Half> w = Tensor.FromSpan([(Half)1], [1]);
        w.RequiresGrad = true;
        Sgd optimizer = new([w], 1e-4);

        for (int step = 0; step < 100; step++)
        {
            w.Grad = Tensor.FromSpan([1f], [1]);
            optimizer.Step();
        }

        Assert.That((double)w.Span[0], Is.EqualTo(0.99).Within(5e-4));
    }

    [Test]
    public void A_restored_optimiser_goes_on_as_the_saved_one()
    {
        (Tensor<double> first, Adam original) = Parameter();
        Advance(first, original, 10);
        (Tensor<double> second, Adam restored) = Parameter();
        restored.Restore(original.State());
        first.CopyTo(second);

        Advance(first, original, 10);
        Advance(second, restored, 10);

        Assert.That((second.Span.ToArray(), restored.Steps), Is.EqualTo((first.Span.ToArray(), 20L)));

        static (Tensor<double>, Adam) Parameter()
        {
            Tensor<double> w = Tensor.FromSpan<double>(s_start, [3]);
            w.RequiresGrad = true;
            return (w, new Adam([w], 0.03));
        }

        static void Advance(Tensor<double> w, Optimizer optimizer, int steps)
        {
            for (int step = 0; step < steps; step++)
            {
                w.Grad = Tensor.FromArray(Enumerable.Range(0, 3).Select(i => Gradient(i, w.Span[i])).ToArray(), [3]);
                optimizer.Step();
            }
        }
    }

    [TestCase(0, 1)]
    [TestCase(9, 1)]
    [TestCase(10, 0.5)]
    [TestCase(25, 0.25)]
    public void Step_decay_falls_by_a_factor(int epoch, double factor) => Assert.That(LearningRateSchedule.StepDecay(10, 0.5)(epoch), Is.EqualTo(factor));

    [TestCase(0, 0.25)]
    [TestCase(3, 1)]
    [TestCase(4, 1)]
    [TestCase(7, 0.55)]
    [TestCase(10, 0.1)]
    [TestCase(50, 0.1)]
    public void Cosine_rises_in_the_warmup_and_falls_to_the_floor(int epoch, double factor) => Assert.That(LearningRateSchedule.Cosine(10, 0.1, 4)(epoch), Is.EqualTo(factor).Within(1e-12));

    [Test]
    public void A_parameter_must_require_a_gradient() => Assert.That(() => new Sgd([Tensor.Scalar(1f)]), Throws.ArgumentException);
}
