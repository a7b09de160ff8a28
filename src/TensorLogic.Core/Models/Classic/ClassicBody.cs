using TensorLogic.Graphs;

namespace TensorLogic.Models.Classic;

/// <summary>A model that is evaluated without a graph.</summary>
/// <param name="name">Name of the model, for errors.</param>
/// <param name="evaluator">The arithmetic.</param>
/// <param name="text">What the model is, in one line.</param>
/// <param name="inputs">What the model declares.</param>
/// <param name="outputs">What the model declares; the evaluator sets each.</param>
internal sealed class ClassicBody(string name, ClassicEvaluator evaluator, string text, IReadOnlyList<FeatureDescription> inputs, IReadOnlyList<FeatureDescription> outputs) : ModelBody
{
    public override void Prepare(CancellationToken cancellation)
    {
    }

    public override Features Run(Features given, ModelState? state, CancellationToken cancellation, StepRecorder? recorder = null)
    {
        foreach (string key in given.Keys)
            if (inputs.All(input => input.Name != key))
                throw new FeatureException(key, $"The model has no input '{key}'.") { Place = name, Remedy = $"Its inputs: {string.Join(", ", inputs)}." };

        var bound = new Dictionary<string, Feature>(StringComparer.Ordinal);
        ClassicCall call = new(name, inputs, outputs, bound, cancellation);
        bool handedOver = false;
        try
        {
            foreach (FeatureDescription input in inputs)
                if (FeatureConversion.Bind(input, given, name, evaluator.TakesAnyKey) is { } feature) bound.Add(input.Name, feature);
            evaluator.Evaluate(call);
            Features ordered = new();
            foreach (FeatureDescription output in outputs) ordered[output.Name] = call.Results[output.Name];
            handedOver = true;
            return ordered;
        }
        finally
        {
            foreach (Feature feature in bound.Values)
                if (feature.Kind == FeatureKind.Tensor) feature.AsTensor().Dispose();
            if (!handedOver) call.Results.Dispose();
        }
    }

    public override ModelState CreateState() => new([]);

    public override string ToText() => text;

    public override void Dispose()
    {
    }
}
