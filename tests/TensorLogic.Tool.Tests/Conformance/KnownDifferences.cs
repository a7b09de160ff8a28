namespace TensorLogic.Tests.Tool.Conformance;

/// <summary>Recorded answers that no runtime can give from the model as it is stored, with the reason.</summary>
internal static class KnownDifferences
{
    private const string Unseeded =
        "The recorded numbers come from NumPy's generator, whose seed is not recorded; the model's own generator is seeded with 42. The test compares moments.";

    private const string NormalizedTwice =
        "The converter's graph divides the vertical coordinate by the height once more for each further horizontal sample, so that it does not compute what PyTorch does.";

    private const string RoundedByHand =
        "The test's literal is 7.899; the bilinear value at row 1.5, column 0.9 of 1 + 4 · row + column is 7.9.";

    private const string RoundedWeights = "The model stores the weights as f16; the recorded answer was computed with the unrounded ones, and differs by 1.07e-4.";

    private const string ExactForApproximate = "The layer asks for the approximation by a sigmoid; the recorded answer is the exact function, 0.006 away.";

    private static readonly Dictionary<string, string> s_everywhere = new()
    {
        ["mil-iOS16/0203"] = RoundedByHand,
        ["mil-iOS16/0204"] = RoundedByHand,
        ["nn-layers-1/0212"] = Unseeded,
        ["nn-layers-1/0213"] = Unseeded,
        ["nn-layers-1/0216"] = Unseeded,
        ["nn-layers-1/0221"] = Unseeded,
        ["nn-layers-1/0224"] = Unseeded,
        ["nn-layers-1/0226"] = Unseeded,
        ["nn-layers-1/0228"] = Unseeded,
        ["nn-layers-1/0232"] = Unseeded,
        ["nn-layers-1/0234"] = Unseeded,
        ["nn-layers-1/0236"] = Unseeded,
        ["nn-layers-1/0240"] = Unseeded,
        ["nn-layers-1/0252"] = Unseeded,
        ["nn-layers-2/0003"] = Unseeded,
        ["nn-layers-2/0005"] = Unseeded,
        ["torch-elementwise/0297"] = NormalizedTwice,
        ["torch-elementwise/0299"] = NormalizedTwice,
    };

    /// <summary>Reasons by group and folder of the case: at the limits of the case itself.</summary>
    public static IReadOnlyDictionary<string, string> AtTheCasesLimits { get; } = new Dictionary<string, string>(s_everywhere)
    {
        ["mil-iOS17-1/0226"] = RoundedWeights,
    };

    /// <summary>The same at the limits that the arithmetic allows.</summary>
    public static IReadOnlyDictionary<string, string> AtStrictLimits { get; } = new Dictionary<string, string>(s_everywhere)
    {
        ["nn-layers-1/0160"] = ExactForApproximate,
        ["nn-layers-1/0161"] = ExactForApproximate,
        ["nn-layers-1/0162"] = ExactForApproximate,
    };
}
