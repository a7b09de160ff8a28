namespace TensorLogic.Models.Classic;

/// <summary>What is applied to a linear score.</summary>
internal enum LinearTransform
{
    /// <summary>The score itself.</summary>
    None,
    /// <summary><c>1 / (1 + exp(-score))</c>.</summary>
    Logit,
    /// <summary>Distribution function of the normal distribution.</summary>
    Probit,
}

/// <summary>Scores <c>y[k] = offset[k] + sum over i of weight[k, i] * x[i]</c>.</summary>
/// <param name="Weights">[outputs][inputs].</param>
/// <param name="Offsets">One for each output.</param>
/// <param name="Transform">Applied to each score.</param>
internal sealed record LinearModel(double[][] Weights, double[] Offsets, LinearTransform Transform)
{
    public int InputCount => Weights[0].Length;

    /// <summary>The scores before the transform.</summary>
    public double[] Scores(ReadOnlySpan<double> x)
    {
        var scores = new double[Weights.Length];
        for (int k = 0; k < scores.Length; k++)
        {
            double sum = Offsets[k];
            double[] row = Weights[k];
            for (int i = 0; i < row.Length; i++) sum += row[i] * x[i];
            scores[k] = sum;
        }
        return scores;
    }

    public double Apply(double score) => Transform switch
    {
        LinearTransform.Logit => Probability.Logistic(score),
        LinearTransform.Probit => Probability.Normal(score),
        _ => score,
    };
}

/// <summary>A generalised linear regressor.</summary>
internal sealed class LinearRegressor(LinearModel model, string output) : ClassicEvaluator
{
    public override void Evaluate(ClassicCall call)
    {
        double[] x = call.Vector();
        call.CheckCount(x.Length, model.InputCount);
        double[] y = model.Scores(x);
        for (int k = 0; k < y.Length; k++) y[k] = model.Apply(y[k]);
        call.Set(output, y);
    }
}

/// <summary>A generalised linear classifier.</summary>
/// <param name="model">One row for each class, or one less.</param>
/// <param name="hasReferenceClass">True: the first class has score zero and no row, and classes compete in a softmax (logit).
/// False: one row for each class against all others; with two classes one row, for the second.</param>
/// <param name="outputs">Labels and names.</param>
internal sealed class LinearClassifier(LinearModel model, bool hasReferenceClass, ClassOutputs outputs) : ClassicEvaluator
{
    public override void Evaluate(ClassicCall call)
    {
        double[] x = call.Vector();
        call.CheckCount(x.Length, model.InputCount);
        double[] scores = model.Scores(x);
        if (scores.Length == 1 && outputs.Labels.Count == 2)
        {
            double second = model.Apply(scores[0]);
            outputs.Set(call, scores[0] > 0 ? 1 : 0, [1 - second, second]);
            return;
        }
        if (hasReferenceClass)
        {
            double[] all = [0, .. scores];
            int best = Probability.Largest(all);
            Probability.Softmax(all);
            outputs.Set(call, best, all);
            return;
        }
        int predicted = Probability.Largest(scores);
        for (int k = 0; k < scores.Length; k++) scores[k] = model.Apply(scores[k]);
        Probability.Normalize(scores);
        outputs.Set(call, predicted, scores);
    }
}
