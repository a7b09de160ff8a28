namespace TensorLogic.Operators;

/// <summary>Normalisations by neighbours and by length. Sources: MIL <c>normalization</c> (iOS15).</summary>
internal static partial class Op
{
    public sealed record LocalResponseNormAttributes(int Size, double Alpha, double Beta, double K) : OperatorAttributes;

    /// <summary>x / √(Σ x² + epsilon), with the sum over the last three axes.</summary>
    public static readonly Operator<EpsilonAttributes> L2Norm = new("l2_norm")
    {
        Inputs = [new("x", ElementTypes.Floats)],
        InferWith = static (context, _) =>
        {
            context.Require(context.Input(0).Rank >= 3, 0, "a tensor with at least three axes");
            return Inference.Same(context);
        },
        EvaluateWith = static (context, a) =>
        {
            Shape shape = context.Input(0).Shape;
            double[] x = context.Doubles(0);
            int count = shape[-1] * shape[-2] * shape[-3];
            for (int start = 0; start < x.Length; start += count)
            {
                double squares = 0;
                for (int i = start; i < start + count; i++) squares += x[i] * x[i];
                double scale = 1 / Math.Sqrt(squares + a.Epsilon);
                for (int i = start; i < start + count; i++) x[i] *= scale;
            }
            context.Write(0, shape, x);
        },
    };

    /// <summary>x / (k + alpha / size · Σ x²)^beta, with the sum over a window of channels: size / 2 before, (size - 1) / 2 after.</summary>
    /// <remarks>The window of PyTorch <c>nn.LocalResponseNorm</c>; MIL leaves it open for even sizes. Channels are axis 1, but axis 0 of three:
    /// MIL says [n, C, D], the answers of Core ML in its tests are those of [C, H, W], as a NeuralNetwork reads three axes.</remarks>
    public static readonly Operator<LocalResponseNormAttributes> LocalResponseNorm = new("local_response_norm")
    {
        Inputs = [new("x", ElementTypes.Floats)],
        InferWith = static (context, a) =>
        {
            context.Require(context.Input(0).Rank >= 3, 0, "a tensor [N, C, …]");
            context.Require(a.Size > 0, 0, $"a window of at least one channel, found {a.Size}");
            return Inference.Same(context);
        },
        EvaluateWith = static (context, a) =>
        {
            Shape shape = context.Input(0).Shape;
            double[] x = context.Doubles(0), y = new double[x.Length];
            // x: [outer, channels, inner]
            (int outer, int channels, int inner) = Reduction.Split(shape, shape.Rank == 3 ? 0 : 1);
            for (int o = 0; o < outer; o++)
            for (int c = 0; c < channels; c++)
            {
                int first = Math.Max(c - a.Size / 2, 0), last = (int)Math.Min(c + (a.Size - 1L) / 2, channels - 1);
                for (int i = 0; i < inner; i++)
                {
                    double squares = 0;
                    for (int k = first; k <= last; k++)
                    {
                        double neighbour = x[(o * channels + k) * inner + i];
                        squares += neighbour * neighbour;
                    }
                    int at = (o * channels + c) * inner + i;
                    y[at] = x[at] / Math.Pow(a.K + a.Alpha / a.Size * squares, a.Beta);
                }
            }
            context.Write(0, shape, y);
        },
    };
}
