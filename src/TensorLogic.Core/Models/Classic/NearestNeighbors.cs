namespace TensorLogic.Models.Classic;

/// <summary>A classifier by the labels of the nearest samples.</summary>
/// <remarks>As scikit-learn's <c>KNeighborsClassifier</c>: distances are Euclidean; equally near samples count in their order;
/// of equal votes the lowest label wins; with weights by distance, samples at distance zero outvote all others.
/// An index speeds the search up and changes no answer, so that every sample is looked at.</remarks>
/// <param name="samples">[samples][dimensions].</param>
/// <param name="classes">Index of each sample's label in <see cref="ClassOutputs.Labels"/>, which is sorted.</param>
/// <param name="dimensions">Values of an input.</param>
/// <param name="neighbors">How many samples vote.</param>
/// <param name="weighted">True: a vote counts 1 / distance; false: 1.</param>
/// <param name="outputs">Distinct labels and names.</param>
/// <param name="whenEmpty">Index of the label to give where there are no samples.</param>
internal sealed class NearestNeighbors(float[][] samples, int[] classes, int dimensions, int neighbors, bool weighted, ClassOutputs outputs, int whenEmpty) : ClassicEvaluator
{
    public override void Evaluate(ClassicCall call)
    {
        double[] x = call.Vector();
        call.CheckCount(x.Length, dimensions);
        var votes = new double[outputs.Labels.Count];
        if (samples.Length == 0)
        {
            votes[whenEmpty] = 1;
            outputs.Set(call, whenEmpty, votes);
            return;
        }
        (double Distance, int Sample)[] nearest = Nearest(x, call.Cancellation);
        bool exact = weighted && nearest[0].Distance == 0;
        foreach ((double squared, int sample) in nearest)
            votes[classes[sample]] += !weighted ? 1 : exact ? (squared == 0 ? 1 : 0) : 1 / Math.Sqrt(squared);
        Probability.Normalize(votes);
        outputs.Set(call, Probability.Largest(votes), votes);
    }

    /// <summary>The nearest samples, nearest first; of equally near ones the earlier.</summary>
    private (double Distance, int Sample)[] Nearest(double[] x, CancellationToken cancellation)
    {
        var distances = new (double Distance, int Sample)[samples.Length];
        for (int s = 0; s < samples.Length; s++)
        {
            if ((s & 1023) == 0) cancellation.ThrowIfCancellationRequested();
            double sum = 0;
            float[] sample = samples[s];
            for (int i = 0; i < sample.Length; i++) sum += (x[i] - sample[i]) * (x[i] - sample[i]);
            // A NaN among the values is farther than anything.
            distances[s] = (double.IsNaN(sum) ? double.PositiveInfinity : sum, s);
        }
        Array.Sort(distances);
        return distances[..Math.Min(neighbors, distances.Length)];
    }
}
