namespace TensorLogic.Tool.Verification;

/// <summary>How far an answer may lie from the recorded one: |actual - expected| ≤ absolute + relative · |expected|.</summary>
internal readonly record struct Limits(double Relative, double Absolute)
{
    public bool Allow(double actual, double expected) =>
        actual.Equals(expected) || Math.Abs(actual - expected) <= Absolute + Relative * Math.Abs(expected);

    /// <summary>The limits of a case at its level; the strict ones follow from the arithmetic rather than from what tests allow.</summary>
    /// <param name="record">The case.</param>
    /// <param name="strict">Level 2.</param>
    /// <param name="largest">The largest expected magnitude of the output.</param>
    public static Limits For(CaseRecord record, bool strict, double largest)
    {
        Limits given = record.Limits;
        if (!strict) return given;
        if (record.Precision is "fp16" or "mixed" or "fp16w") return new(Math.Min(given.Relative, 1e-2), Math.Min(given.Absolute, 5e-3 * Math.Max(1, largest)));
        if (record.IsLayerTest) return new(1e-3, 1e-3);
        if (record.Precision == "fp32" || record.BaseLimits is not null)
        {
            Limits stated = record.BaseLimits ?? given;
            return new(Math.Max(stated.Relative, 1e-4), Math.Max(stated.Absolute, 1e-4));
        }
        return record.IsClassic ? new(1e-4, 1e-5) : given;
    }

    /// <summary>The strict limits of class probabilities, which support vector machines only estimate.</summary>
    public static Limits ForProbabilities(CaseRecord record, bool strict, double largest) =>
        strict && record.IsSupportVectorMachine ? new(0.005, 0.005) : For(record, strict, largest);
}
