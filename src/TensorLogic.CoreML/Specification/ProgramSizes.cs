namespace TensorLogic.CoreML.Specification;

/// <summary>Sizes of outputs that a description leaves to the program.</summary>
internal static class ProgramSizes
{
    /// <summary>The outputs of a function, with the sizes that its operations declare.</summary>
    public static IReadOnlyList<FeatureDescription> Complete(FunctionDescription description, MilFunction? function)
    {
        if (function is null || !description.Outputs.Any(IsOpen)) return description.Outputs;
        var types = new Dictionary<string, MilType>(StringComparer.Ordinal);
        foreach (MilOperation operation in function.Block.Operations)
            foreach (MilNamedType output in operation.Outputs)
                types[output.Name] = output.Type;
        return [.. description.Outputs.Select(output =>
            IsOpen(output) && types.GetValueOrDefault(output.Name) is MilTensorType { HasRank: true } type && output.Type is TensorFeatureType declared
                ? output with { Type = declared with { Tensor = new TensorType(declared.Tensor.ElementType, type.Dimensions) } }
                : output)];
    }

    private static bool IsOpen(FeatureDescription output) => output.Type is TensorFeatureType { Tensor.Rank: 0 };
}
