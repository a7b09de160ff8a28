using TensorLogic.CoreML.Specification;

namespace TensorLogic.CoreML.Advice;

/// <summary>Looks at one thing that the Neural Engine likes or does not.</summary>
internal delegate IEnumerable<Finding> AdviceRule(AdviceSubject subject);

/// <summary>The rules.</summary>
internal static class AdviceRules
{
    // Width and height of what the engine can address, and the axes it can lay out.
    private const int LargestSize = 16384, LargestRank = 5;

    public static readonly AdviceRule[] All = [Kind, ElementTypes, InterfaceTypes, FlexibleSizes, Batch, Operations, Sizes];

    /// <summary>Only ML Programs are typed, and only they get new operations and compression.</summary>
    private static IEnumerable<Finding> Kind(AdviceSubject subject)
    {
        string kind = ModelKinds.NameOf(subject.Specification.Kind);
        if (subject.Specification.Kind == ModelKind.MlProgram) yield break;
        if (ModelKinds.IsNeuralNetwork(subject.Specification.Kind))
            yield return new("model-kind", FindingSeverity.Warning, $"model ({kind})",
                "A neural network is the older kind of model: its values have no types, and newer operations and weight compression are missing.",
                "Convert again with ct.convert(..., convert_to=\"mlprogram\", minimum_deployment_target=ct.target.iOS16).");
        else
            yield return new("model-kind", FindingSeverity.Note, $"model ({kind})",
                $"A model of kind {kind} does not run on the Neural Engine; Core ML computes it on the CPU.",
                "Nothing, where that is fast enough; else express it as a network and convert that to an ML Program.");
    }

    /// <summary>The engine computes in f16; what is f32 runs elsewhere.</summary>
    private static IEnumerable<Finding> ElementTypes(AdviceSubject subject)
    {
        MilOperation[] floats = [.. subject.Operations.Where(operation => operation.Type != "cast" && FloatType(operation) is not null)];
        MilOperation[] single = [.. floats.Where(operation => FloatType(operation) == ElementType.Float32)];
        // A few f32 operations are the scaling of pictures and scores that would overflow; most of a model is not.
        if (single.Length * 2 > floats.Length)
            yield return new("element-type", FindingSeverity.Warning, Place(single[0], single.Length),
                $"{single.Length} of {floats.Length} floating-point operations compute in f32; the Neural Engine computes in f16.",
                "Convert with compute_precision=ct.precision.FLOAT16, which is the default for iOS 16 and later.");
    }

    /// <summary>An f32 input or output of an f16 model is converted on the CPU at every prediction.</summary>
    private static IEnumerable<Finding> InterfaceTypes(AdviceSubject subject)
    {
        if (subject.Specification.Kind != ModelKind.MlProgram) yield break;
        foreach ((string role, FeatureDescription feature) in Interface(subject))
            if (feature.Type is TensorFeatureType { Tensor.ElementType: ElementType.Float32 or ElementType.Float64 } tensor)
                yield return new("interface-type", FindingSeverity.Note, $"{role} '{feature.Name}'",
                    $"It is {tensor}; Core ML converts it to or from f16 at every prediction, and the caller's memory cannot be used as it is.",
                    $"Declare ct.TensorType(name=\"{feature.Name}\", dtype=np.float16), with minimum_deployment_target=ct.target.iOS16.");
    }

    /// <summary>The engine is given a program of fixed sizes; a range may keep the whole model off it.</summary>
    private static IEnumerable<Finding> FlexibleSizes(AdviceSubject subject)
    {
        foreach (FeatureDescription input in subject.Function.Inputs)
        {
            string? sizes = input.Type switch
            {
                TensorFeatureType { Ranges.Length: > 0 } tensor when tensor.Ranges.Any(range => range.Least != range.Greatest) =>
                    string.Join(" x ", tensor.Ranges.Select(Range)),
                ImageFeatureType { WidthRange: { } width, HeightRange: { } height } when width.Least != width.Greatest || height.Least != height.Greatest =>
                    $"{Range(width)} x {Range(height)}",
                _ => null,
            };
            if (sizes is not null)
                yield return new("flexible-size", FindingSeverity.Warning, $"input '{input.Name}'",
                    $"Its sizes are a range ({sizes}); the Neural Engine wants sizes that are known before loading, and such a model may run on the CPU or GPU.",
                    "Give fixed sizes, or the few that are used with ct.EnumeratedShapes, or one function for each of them.");
        }
    }

    /// <summary>The engine is built to answer one question quickly.</summary>
    private static IEnumerable<Finding> Batch(AdviceSubject subject)
    {
        foreach (FeatureDescription input in subject.Function.Inputs)
            if (input.Type is TensorFeatureType { Tensor: { Rank: >= 3 } tensor } && tensor.Dimensions[0].Size is int batch and > 1)
                yield return new("batch", FindingSeverity.Warning, $"input '{input.Name}'",
                    $"It is {tensor}: a batch of {batch}. The Neural Engine is fastest with a batch of 1, and a larger one is padded or split.",
                    "Trace the model with a batch of 1 and call it once for each item; several predictions may run at once.");
    }

    /// <summary>An operation that leaves the engine costs two transfers of everything it touches.</summary>
    private static IEnumerable<Finding> Operations(AdviceSubject subject)
    {
        foreach (IGrouping<string, MilOperation> group in subject.Operations.GroupBy(operation => operation.Type))
            if (NeuralEngineOperations.WhyElsewhere(group.Key) is { } why)
                yield return new("operation", FindingSeverity.Warning, Place(group.First(), group.Count()), why.Reason, why.Remedy);
    }

    /// <summary>Beyond the engine's limits an operation runs elsewhere.</summary>
    private static IEnumerable<Finding> Sizes(AdviceSubject subject)
    {
        MilOperation[] ranks = [.. subject.Operations.Where(operation => OutputTypes(operation).Any(type => type.Dimensions.Length > LargestRank))];
        if (ranks.Length > 0)
            yield return new("rank", FindingSeverity.Warning, Place(ranks[0], ranks.Length),
                $"It makes a tensor of more than {LargestRank} axes, {OutputTypes(ranks[0]).First()}; the Neural Engine lays out at most {LargestRank}.",
                "Drop axes of size 1, or merge axes that stay together, before this operation.");
        MilOperation[] large = [.. subject.Operations.Where(operation => OutputTypes(operation).Any(HasLargeAxis))];
        if (large.Length > 0)
            yield return new("size", FindingSeverity.Warning, Place(large[0], large.Length),
                $"It makes a tensor with an axis of more than {LargestSize} elements, {OutputTypes(large[0]).First(HasLargeAxis)}; the Neural Engine addresses at most that many.",
                "Split the axis in two, or compute in pieces, such as the output layer of a large vocabulary.");
    }

    private static IEnumerable<(string Role, FeatureDescription Feature)> Interface(AdviceSubject subject) =>
        subject.Function.Inputs.Select(input => ("input", input)).Concat(subject.Function.Outputs.Select(output => ("output", output)));

    private static IEnumerable<MilTensorType> OutputTypes(MilOperation operation) => operation.Outputs.Select(output => output.Type).OfType<MilTensorType>();

    private static ElementType? FloatType(MilOperation operation) =>
        OutputTypes(operation).FirstOrDefault(type => type.ElementType is ElementType.Float16 or ElementType.Float32)?.ElementType;

    // The last two axes are width and height; channels have a wider limit.
    private static bool HasLargeAxis(MilTensorType type) => type.Dimensions.TakeLast(2).Any(dimension => dimension.Size > LargestSize);

    private static string Place(MilOperation first, int count) => $"{first.Type} '{first.Name}'{(count > 1 ? $" and {count - 1} more" : "")}";

    private static string Range((long Least, long Greatest) range) =>
        range.Least == range.Greatest ? $"{range.Least}" : range.Greatest < 0 ? $"{range.Least} or more" : $"{range.Least} to {range.Greatest}";
}
