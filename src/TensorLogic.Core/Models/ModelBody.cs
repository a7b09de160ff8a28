using TensorLogic.Graphs;

namespace TensorLogic;

/// <summary>What a loader produces for running: features in, features out.</summary>
internal abstract class ModelBody : IDisposable
{
    private const int WarmUpRuns = 3;

    /// <summary>Gets ready to run now rather than at the first prediction.</summary>
    public abstract void Prepare(CancellationToken cancellation);

    /// <summary>Runs once; the caller disposes the outputs.</summary>
    /// <param name="inputs">By name.</param>
    /// <param name="state">Of a stateful model; null for a fresh one.</param>
    /// <param name="cancellation">Noticed inside kernels too.</param>
    /// <param name="recorder">What times the steps, or null.</param>
    public abstract Features Run(Features inputs, ModelState? state, CancellationToken cancellation, StepRecorder? recorder = null);

    /// <summary>Runs some times, after some to warm up, and gives what the steps took, in running order.</summary>
    public IReadOnlyList<StepProfile> Profile(Features inputs, int runs, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        for (int i = 0; i < WarmUpRuns; i++) RunOnce(null);
        StepRecorder recorder = new();
        for (int i = 0; i < runs; i++) RunOnce(recorder);
        return recorder.All();

        void RunOnce(StepRecorder? recorder)
        {
            using ModelState state = CreateState();
            Run(inputs, state, cancellation, recorder).Dispose();
        }
    }

    /// <summary>A fresh state, every tensor zero.</summary>
    public abstract ModelState CreateState();

    /// <summary>The graphs that the body runs; none where it runs none.</summary>
    public virtual IReadOnlyList<Graph> Graphs => [];

    /// <summary>The operations, one a line.</summary>
    public abstract string ToText();

    public abstract void Dispose();
}
