namespace TensorLogic;

/// <summary>What a loader produces for running: features in, features out.</summary>
internal abstract class ModelBody : IDisposable
{
    /// <summary>Gets ready to run now rather than at the first prediction.</summary>
    public abstract void Prepare(CancellationToken cancellation);

    /// <summary>Runs once; the caller disposes the outputs.</summary>
    /// <param name="inputs">By name.</param>
    /// <param name="state">Of a stateful model; null for a fresh one.</param>
    /// <param name="cancellation">Noticed inside kernels too.</param>
    /// <param name="recorder">What times the steps, or null.</param>
    public abstract Features Run(Features inputs, ModelState? state, CancellationToken cancellation, StepRecorder? recorder = null);

    /// <summary>A fresh state, every tensor zero.</summary>
    public abstract ModelState CreateState();

    /// <summary>The operations, one a line.</summary>
    public abstract string ToText();

    public abstract void Dispose();
}
