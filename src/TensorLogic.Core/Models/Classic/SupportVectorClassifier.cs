namespace TensorLogic.Models.Classic;

/// <summary>A support vector classifier: one decision for each pair of classes, as in libsvm.</summary>
/// <param name="vectors">Support vectors, those of one class after those of the one before.</param>
/// <param name="counts">Support vectors of each class.</param>
/// <param name="coefficients">[classes - 1][vectors].</param>
/// <param name="rho">One for each pair (0, 1), (0, 2), …, (1, 2), …</param>
/// <param name="probA">Slope of each pair's probability, or empty: no probabilities.</param>
/// <param name="probB">Offset of each pair's probability, or empty.</param>
/// <param name="outputs">Labels and names.</param>
internal sealed class SupportVectorClassifier(SupportVectors vectors, int[] counts, double[][] coefficients, double[] rho, double[] probA, double[] probB, ClassOutputs outputs) : ClassicEvaluator
{
    private const double LeastProbability = 1e-7;

    public override void Evaluate(ClassicCall call)
    {
        double[] decisions = Decisions(vectors.Evaluate(call));
        int classes = counts.Length;
        var votes = new double[classes];
        int pair = 0;
        for (int i = 0; i < classes; i++)
            for (int j = i + 1; j < classes; j++)
                votes[decisions[pair++] > 0 ? i : j]++;
        int best = Probability.Largest(votes);
        if (probA.Length > 0)
        {
            double[] probabilities = Couple(decisions);
            outputs.Set(call, Probability.Largest(probabilities), probabilities);
            return;
        }
        Probability.Normalize(votes);
        outputs.Set(call, best, votes);
    }

    private double[] Decisions(double[] kernel)
    {
        int classes = counts.Length, pair = 0;
        var starts = new int[classes];
        for (int i = 1; i < classes; i++) starts[i] = starts[i - 1] + counts[i - 1];
        var decisions = new double[rho.Length];
        for (int i = 0; i < classes; i++)
        for (int j = i + 1; j < classes; j++)
        {
            double sum = 0;
            for (int k = 0; k < counts[i]; k++) sum += coefficients[j - 1][starts[i] + k] * kernel[starts[i] + k];
            for (int k = 0; k < counts[j]; k++) sum += coefficients[i][starts[j] + k] * kernel[starts[j] + k];
            decisions[pair] = sum - rho[pair];
            pair++;
        }
        return decisions;
    }

    /// <summary>Class probabilities from those of the pairs.</summary>
    /// <remarks>T.-F. Wu, C.-J. Lin, R. C. Weng, "Probability Estimates for Multi-class Classification by Pairwise Coupling" (2004),
    /// second approach, with the stopping rule of libsvm.</remarks>
    private double[] Couple(double[] decisions)
    {
        int n = counts.Length, pair = 0;
        var r = new double[n, n];
        for (int i = 0; i < n; i++)
        for (int j = i + 1; j < n; j++)
        {
            double share = Probability.Logistic(-(decisions[pair] * probA[pair] + probB[pair]));
            r[i, j] = Math.Clamp(share, LeastProbability, 1 - LeastProbability);
            r[j, i] = 1 - r[i, j];
            pair++;
        }
        var q = new double[n, n];
        for (int t = 0; t < n; t++)
        for (int j = 0; j < n; j++)
        {
            if (j == t) continue;
            q[t, t] += r[j, t] * r[j, t];
            q[t, j] = -r[j, t] * r[t, j];
        }
        var p = new double[n];
        Array.Fill(p, 1.0 / n);
        var qp = new double[n];
        for (int iteration = 0; iteration < Math.Max(100, n); iteration++)
        {
            double pqp = 0, error = 0;
            for (int t = 0; t < n; t++)
            {
                qp[t] = 0;
                for (int j = 0; j < n; j++) qp[t] += q[t, j] * p[j];
                pqp += p[t] * qp[t];
            }
            for (int t = 0; t < n; t++) error = Math.Max(error, Math.Abs(qp[t] - pqp));
            if (error < 0.005 / n) break;
            for (int t = 0; t < n; t++)
            {
                double step = (pqp - qp[t]) / q[t, t];
                p[t] += step;
                pqp = (pqp + step * (step * q[t, t] + 2 * qp[t])) / (1 + step) / (1 + step);
                for (int j = 0; j < n; j++)
                {
                    qp[j] = (qp[j] + step * q[t, j]) / (1 + step);
                    p[j] /= 1 + step;
                }
            }
        }
        return p;
    }
}
