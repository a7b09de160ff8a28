namespace TensorLogic.Models.Classic;

/// <summary>A normal distribution.</summary>
internal readonly record struct Gaussian(double Mean, double Variance);

/// <summary>Names of a probit regressor's features; an empty one is not there.</summary>
internal sealed record ProbitNames(string Input, string Optimism, string SamplingScale, string SamplingTruncation, string Probability, string Mean, string Variance, string Pessimistic, string Sampled);

/// <summary>A Bayesian probit regressor: normal weights of discrete feature values.</summary>
/// <remarks>
/// As T. Graepel et al., "Web-Scale Bayesian Click-Through Rate Prediction" (2010): with m the sum of the means and v the sum of the variances
/// of the bias and of the weights that the input selects, the probability is <c>Phi(m / sqrt(1 + v))</c>; the format has no steepness, so that it is 1.
/// The pessimistic probability takes <c>m + optimism sqrt(v)</c> for m. The sampled one is <c>Phi(s)</c> with s normal around m, its deviation sqrt(v) times the scale,
/// no farther from m than the truncation times sqrt(v). A value without a weight adds nothing.
/// </remarks>
/// <param name="weights">By feature id and value.</param>
/// <param name="bias">The bias.</param>
/// <param name="names">Names of inputs and outputs.</param>
internal sealed class BayesianProbit(IReadOnlyDictionary<(long Feature, long Value), Gaussian> weights, Gaussian bias, ProbitNames names) : ClassicEvaluator
{
    // The same model gives the same samples in the same order after loading.
    private readonly Random _random = new(1);

    public override void Evaluate(ClassicCall call)
    {
        (double mean, double variance) = Score(call);
        double deviation = Math.Sqrt(variance), width = Math.Sqrt(1 + variance);
        Set(call, names.Probability, Probability.Normal(mean / width));
        Set(call, names.Mean, mean);
        Set(call, names.Variance, variance);
        Set(call, names.Pessimistic, Probability.Normal((mean + Number(call, names.Optimism, 0) * deviation) / width));
        if (names.Sampled.Length == 0) return;
        double sample = mean + Truncated(Number(call, names.SamplingScale, 1), Number(call, names.SamplingTruncation, double.PositiveInfinity)) * deviation;
        Set(call, names.Sampled, Probability.Normal(sample));
    }

    private (double Mean, double Variance) Score(ClassicCall call)
    {
        Tensor tensor = call.Input(names.Input).AsTensor();
        long[] x = TensorConversion.ReadLongs(tensor);
        bool isPairs = tensor.Rank == 2;
        if (isPairs && tensor.Shape[1] != 2 || tensor.Rank > 2)
            throw new ShapeException { Operator = "predict", Node = call.Model, Input = names.Input, Actual = tensor.ToString(), Expected = "values by feature id, or rows of a feature id and a value" };
        double mean = bias.Mean, variance = bias.Variance;
        for (int i = 0; i < (isPairs ? x.Length / 2 : x.Length); i++)
        {
            (long, long) key = isPairs ? (x[2 * i], x[2 * i + 1]) : (i, x[i]);
            if (!weights.TryGetValue(key, out Gaussian weight)) continue;
            mean += weight.Mean;
            variance += weight.Variance;
        }
        return (mean, variance);
    }

    /// <summary>A normal number times the scale, its size at most the bound.</summary>
    private double Truncated(double scale, double bound)
    {
        lock (_random)
        {
            // By rejection while that is quick, then at the bound.
            for (int attempt = 0; attempt < 1000; attempt++)
            {
                double normal = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
                double value = scale * normal;
                if (!(Math.Abs(value) > bound)) return value;
            }
            return bound;
        }
    }

    private static double Number(ClassicCall call, string name, double otherwise) => call.Find(name) is { } feature ? call.NumbersOf(feature, name)[0] : otherwise;

    private static void Set(ClassicCall call, string name, double value)
    {
        if (name.Length > 0) call.Set(name, [value]);
    }
}
