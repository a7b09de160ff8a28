namespace TensorLogic;

/// <summary>Schedules: functions from the epoch, counted from 0, to a factor of the base learning rate.</summary>
public static class LearningRateSchedule
{
    /// <summary>factor^⌊epoch / every⌋.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="every"/> is less than 1.</exception>
    public static Func<int, double> StepDecay(int every, double factor = 0.1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        return epoch => Math.Pow(factor, epoch / every);
    }

    /// <summary>(epoch + 1) / warmup at first; then floor + (1 - floor) · (1 + cos πx)/2, x from 0 to 1 over the rest of <paramref name="total"/> epochs.
    /// Source: Loshchilov and Hutter, arXiv 1608.03983.</summary>
    public static Func<int, double> Cosine(int total, double floor = 0, int warmup = 0) => epoch =>
    {
        if (epoch < warmup) return (epoch + 1.0) / warmup;
        double x = Math.Min(1, (epoch - warmup) / (double)Math.Max(1, total - warmup));
        return floor + (1 - floor) * (1 + Math.Cos(Math.PI * x)) / 2;
    };

    /// <summary>min(1, (epoch + 1) / epochs).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epochs"/> is less than 1.</exception>
    public static Func<int, double> Warmup(int epochs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        return epoch => Math.Min(1, (epoch + 1.0) / epochs);
    }
}
