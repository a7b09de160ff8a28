namespace TensorLogic.BenchmarkNetworks;

/// <summary>The 256 equally probable levels of the standard normal distribution: its quantiles at (i + 0.5) / 256.</summary>
internal static class NormalQuantiles
{
    // Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution", Applied Statistics 37 (3), 1988, PPND16.
    // Highest power first. Its third range (probabilities below 1.4e-11) is never reached here.
    private static readonly double[] s_centreNumerator =
    [
        2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
        13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.3871328727963666080,
    ];
    private static readonly double[] s_centreDenominator =
    [
        5226.4952788528545610, 28729.085735721942674, 39307.895800092710610, 21213.794301586595867,
        5394.1960214247511077, 687.18700749205790830, 42.313330701600911252, 1,
    ];
    private static readonly double[] s_sideNumerator =
    [
        7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258,
        3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734,
    ];
    private static readonly double[] s_sideDenominator =
    [
        1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
        6.89767334985100004550e-1, 1.67638483018380384940, 2.05319162663775882187, 1,
    ];

    public static double[] Levels { get; } = [.. Enumerable.Range(0, 256).Select(i => Quantile((i + 0.5) / 256))];

    private static double Quantile(double p)
    {
        double q = p - 0.5;
        if (Math.Abs(q) <= 0.425)
        {
            double centre = 0.180625 - q * q;
            return Polynomial(s_centreNumerator, centre) * q / Polynomial(s_centreDenominator, centre);
        }
        double side = Math.Sqrt(-Math.Log(q <= 0 ? p : 1 - p)) - 1.6;
        double x = Polynomial(s_sideNumerator, side) / Polynomial(s_sideDenominator, side);
        return q < 0 ? -x : x;
    }

    private static double Polynomial(double[] coefficients, double x)
    {
        double sum = coefficients[0];
        for (int i = 1; i < coefficients.Length; i++) sum = sum * x + coefficients[i];
        return sum;
    }
}
