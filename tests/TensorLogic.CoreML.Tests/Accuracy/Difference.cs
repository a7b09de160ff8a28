namespace TensorLogic.Tests.CoreML.Accuracy;

/// <summary>How far answers lie from recorded ones.</summary>
internal static class Difference
{
    public static double Largest(IEnumerable<double> actual, IEnumerable<double> expected) => actual.Zip(expected, (a, e) => Math.Abs(a - e)).Max();

    /// <summary>Peak signal-to-noise ratio in dB: 20·log10((max y − min y) / root mean square error) over the expected y.</summary>
    public static double PeakSignalToNoise(double[] actual, double[] expected)
    {
        double error = Math.Sqrt(actual.Zip(expected, (a, e) => (a - e) * (a - e)).Average());
        return 20 * Math.Log10((expected.Max() - expected.Min()) / error);
    }

    public static double Cosine(double[] actual, double[] expected) =>
        actual.Zip(expected, (a, e) => a * e).Sum() / Math.Sqrt(actual.Sum(a => a * a) * expected.Sum(e => e * e));

    /// <summary>Position of the largest element.</summary>
    public static int Best(ReadOnlySpan<double> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
            if (values[i] > values[best]) best = i;
        return best;
    }
}
