using System.Diagnostics;

namespace TensorLogic;

/// <summary>Gathers the times of steps over several runs of a model.</summary>
internal sealed class StepRecorder
{
    private const int WarmUpRuns = 3;

    private readonly OrderedDictionary<object, (Func<StepProfile> Describe, List<long> Ticks)> _steps = new(ReferenceEqualityComparer.Instance);

    /// <summary>Adds the time since <paramref name="start"/> to a step.</summary>
    /// <param name="step">The step; the same object in every run.</param>
    /// <param name="start">A time stamp.</param>
    /// <param name="describe">Tells what it is; its time is not looked at.</param>
    public void Add(object step, long start, Func<StepProfile> describe)
    {
        long ticks = Stopwatch.GetTimestamp() - start;
        if (!_steps.TryGetValue(step, out (Func<StepProfile> Describe, List<long> Ticks) known)) _steps[step] = known = (describe, []);
        known.Ticks.Add(ticks);
    }

    /// <summary>Runs a model some times and gives its steps in running order.</summary>
    public static IReadOnlyList<StepProfile> Measure(ModelBody body, Features inputs, int runs, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        for (int i = 0; i < WarmUpRuns; i++) Run(null);
        StepRecorder recorder = new();
        for (int i = 0; i < runs; i++) Run(recorder);
        return recorder.All();

        void Run(StepRecorder? recorder)
        {
            using ModelState state = body.CreateState();
            body.Run(inputs, state, cancellation, recorder).Dispose();
        }
    }

    /// <summary>The steps in running order, each with its median time.</summary>
    public IReadOnlyList<StepProfile> All() => [.. _steps.Values.Select(step => step.Describe() with { Milliseconds = Median(step.Ticks) * 1e3 / Stopwatch.Frequency })];

    private static double Median(List<long> ticks)
    {
        ticks.Sort();
        return (ticks[(ticks.Count - 1) / 2] + ticks[ticks.Count / 2]) / 2.0;
    }
}
