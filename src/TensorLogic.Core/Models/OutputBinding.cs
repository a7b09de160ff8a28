namespace TensorLogic;

/// <summary>How results of the graph become a feature.</summary>
internal abstract record OutputBinding(string Name)
{
    /// <summary>The feature, from the graph's outputs.</summary>
    public abstract Feature Make(ReadOnlySpan<Tensor?> results);
}

/// <summary>A result as it is; no other tensor output uses the same one.</summary>
internal sealed record TensorOutput(string Name, int Index) : OutputBinding(Name)
{
    public override Feature Make(ReadOnlySpan<Tensor?> results) => results[Index]!;
}

/// <summary>A result of one element as a number or an integer.</summary>
internal sealed record NumberOutput(string Name, int Index, FeatureKind Kind) : OutputBinding(Name)
{
    public override Feature Make(ReadOnlySpan<Tensor?> results)
    {
        Tensor result = results[Index]!;
        if (result.ElementCount != 1) throw new ShapeException { Operator = "predict", Node = "", Input = Name, Actual = result.ToString(), Expected = "one number" };
        double number = TensorConversion.ReadDoubles(result)[0];
        return Kind == FeatureKind.Int64 ? (long)Math.Round(number) : number;
    }
}

/// <summary>A result [1, C, H, W] as a picture, rounded and clamped to bytes.</summary>
internal sealed record ImageOutput(string Name, int Index, ColorLayout Layout) : OutputBinding(Name)
{
    public override Feature Make(ReadOnlySpan<Tensor?> results) => ImageConversion.FromTensor(results[Index]!, Layout, Name);
}

/// <summary>The label of the greatest probability; the first of equal ones.</summary>
/// <param name="Name">Name of the feature.</param>
/// <param name="Index">The graph's output with one probability for each label.</param>
/// <param name="Labels">Strings or <see cref="long"/>.</param>
internal sealed record ClassLabelOutput(string Name, int Index, IReadOnlyList<object> Labels) : OutputBinding(Name)
{
    public override Feature Make(ReadOnlySpan<Tensor?> results)
    {
        double[] probabilities = TensorConversion.ReadDoubles(results[Index]!);
        int best = 0;
        for (int i = 1; i < probabilities.Length; i++)
            if (probabilities[i] > probabilities[best]) best = i;
        return Labels[best] is long number ? number : (string)Labels[best];
    }
}

/// <summary>Probabilities by label, in the model's order.</summary>
/// <param name="Name">Name of the feature.</param>
/// <param name="Index">The graph's output with one probability for each label.</param>
/// <param name="Labels">Strings or <see cref="long"/>.</param>
internal sealed record ClassProbabilitiesOutput(string Name, int Index, IReadOnlyList<object> Labels) : OutputBinding(Name)
{
    public override Feature Make(ReadOnlySpan<Tensor?> results) =>
        Feature.Dictionary(Labels.Zip(TensorConversion.ReadDoubles(results[Index]!), KeyValuePair.Create));
}
