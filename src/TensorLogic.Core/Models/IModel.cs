using TensorLogic.Graphs;

namespace TensorLogic;

/// <summary>An opened model file.</summary>
/// <remarks>Safe to call from several threads; a <see cref="ModelState"/> is not shared between calls that run at once.</remarks>
public interface IModel : IDisposable
{
    /// <summary>What the file says about itself.</summary>
    ModelMetadata Metadata { get; }

    /// <summary>Inputs of the chosen function.</summary>
    IReadOnlyList<FeatureDescription> Inputs { get; }

    /// <summary>Outputs of the chosen function.</summary>
    IReadOnlyList<FeatureDescription> Outputs { get; }

    /// <summary>States of the chosen function.</summary>
    IReadOnlyList<FeatureDescription> States { get; }

    /// <summary>Names of the file's functions; the first is the default.</summary>
    IReadOnlyList<string> Functions { get; }

    /// <summary>The device in use.</summary>
    Device Device { get; }

    /// <summary>Weights by name, sorted.</summary>
    IReadOnlyDictionary<string, ModelTensor> Tensors { get; }

    /// <summary>Makes the model ready to run now rather than at the first prediction.</summary>
    /// <exception cref="UnsupportedOperatorException">An operation does not run on this device.</exception>
    void Prepare(CancellationToken cancellation = default);

    /// <summary>Runs the model once.</summary>
    /// <param name="inputs">By name. Tensors are converted to the declared element type; images are preprocessed as the model says.</param>
    /// <param name="state">State of a stateful model, updated by the call; null for a fresh one.</param>
    /// <param name="cancellation">Noticed within 50 ms, inside kernels too.</param>
    /// <returns>Outputs by name, in declared order. The caller disposes them.</returns>
    /// <exception cref="FeatureException">An input is missing, unknown, or of the wrong kind.</exception>
    /// <exception cref="ShapeException">A size differs from what the model declares.</exception>
    /// <exception cref="UnsupportedOperatorException">The file cannot be run, only read.</exception>
    Features Predict(Features inputs, ModelState? state = null, CancellationToken cancellation = default);

    /// <summary>As <see cref="Predict"/>, on the thread pool.</summary>
    Task<Features> PredictAsync(Features inputs, ModelState? state = null, CancellationToken cancellation = default);

    /// <summary>Measures what each step of a prediction takes.</summary>
    /// <param name="inputs">As for <see cref="Predict"/>.</param>
    /// <param name="runs">Predictions to measure, after some to warm up.</param>
    /// <param name="cancellation">As for <see cref="Predict"/>.</param>
    /// <returns>Steps in running order; none where the device does not tell.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="runs"/> is below 1.</exception>
    IReadOnlyList<StepProfile> Profile(Features inputs, int runs = 20, CancellationToken cancellation = default);

    /// <summary>A fresh state: every tensor zero.</summary>
    ModelState CreateState();

    /// <summary>Holds the model against the best practices for the Neural Engine.</summary>
    IReadOnlyList<Finding> Advise();

    /// <summary>The operations as graphs, one for each model of a pipeline that has one; none for files of tensors and models without operators.</summary>
    /// <exception cref="UnsupportedOperatorException">An operation does not run on this device.</exception>
    IReadOnlyList<Graph> Graphs { get; }

    /// <summary>The model's operations as text, one a line, in the graph's text form; empty for files without operations.</summary>
    string ToText();
}

/// <summary>Predictions of models with one input.</summary>
public static class ModelExtensions
{
    extension(IModel model)
    {
        /// <summary>Runs a model that has one input.</summary>
        /// <exception cref="FeatureException">The model has several inputs.</exception>
        public Features Predict(Feature input, ModelState? state = null, CancellationToken cancellation = default) =>
            model.Predict(new Features { [model.OnlyInput()] = input }, state, cancellation);

        /// <summary>Runs a model that has one input, on the thread pool.</summary>
        public Task<Features> PredictAsync(Feature input, ModelState? state = null, CancellationToken cancellation = default) =>
            model.PredictAsync(new Features { [model.OnlyInput()] = input }, state, cancellation);

        private string OnlyInput() => model.Inputs.Where(input => !input.IsOptional).ToArray() is [var only] ? only.Name
            : model.Inputs is [var single] ? single.Name
            : throw new FeatureException("", $"The model has {model.Inputs.Count} inputs ({string.Join(", ", model.Inputs.Select(input => input.Name))}); give them by name.");
    }
}

/// <summary>How much a finding matters.</summary>
public enum FindingSeverity
{
    /// <summary>Worth knowing.</summary>
    Note,
    /// <summary>Costs speed or accuracy.</summary>
    Warning,
}

/// <summary>One piece of advice on a model.</summary>
/// <param name="Rule">Name of the rule, such as <c>element-type</c>.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Place">What it concerns: an input, an operation, the model.</param>
/// <param name="Reason">Why it matters.</param>
/// <param name="Remedy">What to change in coremltools.</param>
public sealed record Finding(string Rule, FindingSeverity Severity, string Place, string Reason, string Remedy);
