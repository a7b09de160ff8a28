using TensorLogic.Graphs;

namespace TensorLogic;

/// <summary>Models one after another: each takes its inputs by name from the caller's features and from what the models before it gave.</summary>
/// <param name="name">Name of the model, for errors.</param>
/// <param name="members">In order.</param>
/// <param name="inputs">What the pipeline declares.</param>
/// <param name="outputs">What the pipeline declares; of several features of one name the last counts.</param>
/// <param name="onDispose">What lives as long as the members.</param>
internal sealed class PipelineBody(string name, IReadOnlyList<PipelineBody.Member> members, IReadOnlyList<FeatureDescription> inputs, IReadOnlyList<FeatureDescription> outputs, IDisposable? onDispose = null) : ModelBody
{
    /// <summary>A model of a pipeline.</summary>
    /// <param name="Name">What the pipeline calls it.</param>
    /// <param name="Body">How it runs.</param>
    /// <param name="Inputs">Names of what it takes.</param>
    public sealed record Member(string Name, ModelBody Body, IReadOnlyList<string> Inputs);

    public override void Prepare(CancellationToken cancellation)
    {
        foreach (Member member in members) member.Body.Prepare(cancellation);
    }

    public override Features Run(Features given, ModelState? state, CancellationToken cancellation, StepRecorder? recorder = null)
    {
        foreach (string key in given.Keys)
            if (inputs.All(input => input.Name != key))
                throw new FeatureException(key, $"The model has no input '{key}'.") { Place = name, Remedy = $"Its inputs: {string.Join(", ", inputs)}." };

        var scope = new Dictionary<string, Feature>(given, StringComparer.Ordinal);
        HashSet<Tensor> made = new(ReferenceEqualityComparer.Instance);
        try
        {
            foreach (Member member in members)
            {
                cancellation.ThrowIfCancellationRequested();
                Features taken = new();
                foreach (string input in member.Inputs)
                    if (scope.TryGetValue(input, out Feature? feature)) taken[input] = feature;
                foreach ((string output, Feature feature) in member.Body.Run(taken, null, cancellation, recorder))
                {
                    if (feature.Kind == FeatureKind.Tensor) made.Add(feature.AsTensor());
                    scope[output] = feature;
                }
            }
            Features results = new();
            foreach (FeatureDescription output in outputs)
                results[output.Name] = scope.TryGetValue(output.Name, out Feature? feature) ? feature
                    : throw new FeatureException(output.Name, $"No model of the pipeline gives the output '{output.Name}'.") { Place = name };
            // What goes out is the caller's alone.
            foreach ((string output, Feature feature) in results.ToArray())
                if (feature.Kind == FeatureKind.Tensor && !made.Remove(feature.AsTensor())) results[output] = feature.AsTensor().Clone();
            return results;
        }
        finally
        {
            foreach (Tensor tensor in made) tensor.Dispose();
        }
    }

    public override ModelState CreateState() => new([]);

    public override IReadOnlyList<Graph> Graphs => [.. members.SelectMany(member => member.Body.Graphs)];

    public override string ToText() => string.Join('\n', members.Select(member =>
        $"{member.Name}:\n  {member.Body.ToText().TrimEnd().Replace("\n", "\n  ", StringComparison.Ordinal)}"));

    public override void Dispose()
    {
        foreach (Member member in members) member.Body.Dispose();
        onDispose?.Dispose();
    }
}
