namespace TensorLogic.Models.Classic;

/// <summary>Link functions and normalisations of scores.</summary>
internal static class Probability
{
    /// <summary><c>1 / (1 + exp(-x))</c>, without overflow.</summary>
    public static double Logistic(double x)
    {
        if (x >= 0) return 1 / (1 + Math.Exp(-x));
        double e = Math.Exp(x);
        return e / (1 + e);
    }

    /// <summary>Distribution function of the standard normal distribution.</summary>
    /// <remarks>Near zero the series of G. Marsaglia, "Evaluating the Normal Distribution" (2004): phi(x) * (x + x^3/3 + x^5/15 + …);
    /// in the tails Laplace's continued fraction phi(x) / (x + 1/(x + 2/(x + …))).</remarks>
    public static double Normal(double x)
    {
        if (double.IsNaN(x)) return double.NaN;
        double density = Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);
        double size = Math.Abs(x);
        if (size < 4)
        {
            double term = x, sum = x;
            for (int odd = 3; Math.Abs(term) > 1e-17 * Math.Abs(sum); odd += 2)
            {
                term *= x * x / odd;
                sum += term;
            }
            return 0.5 + density * sum;
        }
        double fraction = size;
        for (int k = 60; k > 0; k--) fraction = size + k / fraction;
        return x < 0 ? density / fraction : 1 - density / fraction;
    }

    /// <summary><c>exp(x_i) / sum exp(x_j)</c>, in place.</summary>
    public static void Softmax(Span<double> scores)
    {
        double most = double.NegativeInfinity;
        foreach (double score in scores) most = Math.Max(most, score);
        double sum = 0;
        for (int i = 0; i < scores.Length; i++) sum += scores[i] = Math.Exp(scores[i] - most);
        for (int i = 0; i < scores.Length; i++) scores[i] /= sum;
    }

    /// <summary>Divides by the sum, in place; equal shares where it is zero.</summary>
    public static void Normalize(Span<double> shares)
    {
        double sum = 0;
        foreach (double share in shares) sum += share;
        for (int i = 0; i < shares.Length; i++) shares[i] = sum == 0 ? 1.0 / shares.Length : shares[i] / sum;
    }

    /// <summary>Index of the greatest value, the first of equal ones.</summary>
    public static int Largest(ReadOnlySpan<double> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
            if (values[i] > values[best]) best = i;
        return best;
    }
}
