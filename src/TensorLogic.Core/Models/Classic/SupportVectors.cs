namespace TensorLogic.Models.Classic;

/// <summary>Similarity of an input and a support vector.</summary>
internal enum KernelKind
{
    /// <summary><c>x·v</c></summary>
    Linear,
    /// <summary><c>exp(-gamma |x - v|²)</c></summary>
    Rbf,
    /// <summary><c>(gamma x·v + c)^degree</c></summary>
    Poly,
    /// <summary><c>tanh(gamma x·v + c)</c></summary>
    Sigmoid,
}

/// <summary>A kernel with its parameters.</summary>
internal sealed record Kernel(KernelKind Kind, double Gamma = 0, double C = 0, int Degree = 0);

/// <summary>A support vector; all indices ascending and inside the input.</summary>
/// <param name="Values">The values.</param>
/// <param name="Indices">Where they lie; null: at 0, 1, 2, …</param>
internal readonly record struct SupportVector(double[] Values, int[]? Indices);

/// <summary>The kernel values of an input with every support vector, as libsvm defines them.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Vectors">The support vectors.</param>
/// <param name="InputCount">Values of an input; null where sparse vectors leave it open.</param>
internal sealed record SupportVectors(Kernel Kernel, SupportVector[] Vectors, int? InputCount)
{
    public double[] Evaluate(ClassicCall call)
    {
        double[] x = call.Vector();
        if (InputCount is int count) call.CheckCount(x.Length, count);
        var values = new double[Vectors.Length];
        for (int i = 0; i < values.Length; i++)
        {
            if ((i & 255) == 0) call.Cancellation.ThrowIfCancellationRequested();
            values[i] = Kernel.Kind switch
            {
                KernelKind.Rbf => Math.Exp(-Kernel.Gamma * SquaredDistance(x, Vectors[i])),
                KernelKind.Poly => Math.Pow(Kernel.Gamma * Dot(x, Vectors[i]) + Kernel.C, Kernel.Degree),
                KernelKind.Sigmoid => Math.Tanh(Kernel.Gamma * Dot(x, Vectors[i]) + Kernel.C),
                _ => Dot(x, Vectors[i]),
            };
        }
        return values;
    }

    private static double Dot(double[] x, SupportVector vector)
    {
        double sum = 0;
        for (int k = 0; k < vector.Values.Length; k++)
        {
            int at = vector.Indices?[k] ?? k;
            if (at < x.Length) sum += x[at] * vector.Values[k];
        }
        return sum;
    }

    private static double SquaredDistance(double[] x, SupportVector vector)
    {
        double sum = 0;
        int k = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double v = k < vector.Values.Length && (vector.Indices?[k] ?? k) == i ? vector.Values[k++] : 0;
            sum += (x[i] - v) * (x[i] - v);
        }
        for (; k < vector.Values.Length; k++) sum += vector.Values[k] * vector.Values[k];
        return sum;
    }
}

/// <summary>A support vector regressor: <c>sum of coefficient[i] K(x, v[i]) - rho</c>.</summary>
internal sealed class SupportVectorRegressor(SupportVectors vectors, double[] coefficients, double rho, string output) : ClassicEvaluator
{
    public override void Evaluate(ClassicCall call)
    {
        double[] kernel = vectors.Evaluate(call);
        double sum = 0;
        for (int i = 0; i < kernel.Length; i++) sum += coefficients[i] * kernel[i];
        call.Set(output, [sum - rho]);
    }
}
