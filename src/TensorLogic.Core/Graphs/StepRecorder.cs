using System.Diagnostics;

namespace TensorLogic.Graphs;

/// <summary>Gathers the times of steps over several runs of a model.</summary>
internal sealed class StepRecorder
{
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

    /// <summary>The steps in running order, each with its median time.</summary>
    public IReadOnlyList<StepProfile> All() => [.. _steps.Values.Select(step => step.Describe() with { Milliseconds = Median(step.Ticks) * 1e3 / Stopwatch.Frequency })];

    private static double Median(List<long> ticks)
    {
        ticks.Sort();
        return (ticks[(ticks.Count - 1) / 2] + ticks[ticks.Count / 2]) / 2.0;
    }
}
