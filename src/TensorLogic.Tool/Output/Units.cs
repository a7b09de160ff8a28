using System.Globalization;

namespace TensorLogic.Tool.Output;

/// <summary>Numbers for people.</summary>
internal static class Units
{
    private static readonly string[] Steps = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary><c>512 B</c>, <c>43.4 KiB</c>.</summary>
    public static string Bytes(long count)
    {
        double size = count;
        int step = 0;
        for (; size >= 1024 && step < Steps.Length - 1; step++) size /= 1024;
        return step == 0 ? $"{count} B" : string.Create(CultureInfo.InvariantCulture, $"{size:0.0} {Steps[step]}");
    }

    /// <summary><c>22,106</c>.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>98.2 %</c>.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %");

    /// <summary>Up to five significant digits.</summary>
    public static string Number(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}
