namespace TensorLogic.Models.Classic;

/// <summary>How a classifier gives its answer.</summary>
/// <param name="Labels">Strings or <see cref="long"/>, in the model's order.</param>
/// <param name="LabelOutput">Output of the label; empty if there is none.</param>
/// <param name="ProbabilitiesOutput">Output of the dictionary from labels to probabilities; empty if there is none.</param>
internal sealed record ClassOutputs(IReadOnlyList<object> Labels, string LabelOutput, string ProbabilitiesOutput)
{
    /// <summary>Sets both outputs.</summary>
    /// <param name="call">The evaluation.</param>
    /// <param name="best">Index of the predicted label.</param>
    /// <param name="probabilities">One for each label.</param>
    public void Set(ClassicCall call, int best, double[] probabilities)
    {
        if (LabelOutput.Length > 0) call.SetLabel(LabelOutput, Labels[best]);
        if (ProbabilitiesOutput.Length > 0) call.Set(ProbabilitiesOutput, Feature.Dictionary(Labels.Zip(probabilities, KeyValuePair.Create)));
    }
}
