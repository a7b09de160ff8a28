namespace TensorLogic.Operators;

/// <summary>Random tensors: the same for the same seed, on every machine. Sources: MIL <c>random</c> (iOS15).</summary>
internal static partial class Op
{
    /// <summary>Settings of a distribution.</summary>
    /// <param name="Type">Element type of the result.</param>
    /// <param name="Seed">-1: another sequence each time.</param>
    /// <param name="First">Probability of 1, mean, or lowest value.</param>
    /// <param name="Second">Standard deviation, or bound above.</param>
    public sealed record RandomAttributes(ElementType Type, long Seed, double First, double Second = 0) : OperatorAttributes;

    /// <param name="Logits">x holds unnormalised log-probabilities, else probabilities.</param>
    /// <param name="Size">Number of draws, with replacement.</param>
    /// <param name="Seed">-1: another sequence each time.</param>
    public sealed record CategoricalAttributes(bool Logits, int Size, long Seed) : OperatorAttributes;

    /// <summary>1 with the given probability, else 0.</summary>
    public static readonly Operator<RandomAttributes> RandomBernoulli = Distribution("random_bernoulli", static (random, a) => random.Next() < a.First ? 1 : 0);

    /// <summary>Normally distributed numbers.</summary>
    public static readonly Operator<RandomAttributes> RandomNormal = Distribution("random_normal", static (random, a) => a.First + a.Second * random.NextNormal());

    /// <summary>Evenly distributed numbers from low (included) to high (excluded).</summary>
    public static readonly Operator<RandomAttributes> RandomUniform = Distribution("random_uniform", static (random, a) => a.First + (a.Second - a.First) * random.Next());

    /// <summary>Indices drawn by the probabilities along the last axis, as numbers of x's type.</summary>
    // x: [rows…, n]   y: [rows…, size]
    public static readonly Operator<CategoricalAttributes> RandomCategorical = new("random_categorical")
    {
        Inputs = [new("x", ElementTypes.Floats)],
        HasEffects = true,
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0);
            context.Require(x.Rank >= 1 && x.Dimensions[^1].Size is not 0, 0, "a tensor with at least one category along its last axis");
            context.Require(a.Size >= 0, 0, $"0 or more draws, found {a.Size}");
            return Inference.One(x.ElementType, [.. x.Dimensions[..^1], a.Size]);
        },
        EvaluateWith = static (context, a) =>
        {
            Shape shape = context.Input(0).Shape;
            double[] x = context.Doubles(0);
            int n = shape[-1];
            Shape result = Shape.Create([.. shape.Sizes[..^1], a.Size]);
            var y = new double[result.ElementCount];
            RandomSequence random = new(a.Seed, context.Random);
            var cumulative = new double[n];
            for (int row = 0; row < (n == 0 ? 0 : x.Length / n); row++)
            {
                Span<double> p = x.AsSpan(row * n, n);
                double max = a.Logits ? System.Numerics.Tensors.TensorPrimitives.Max<double>(p) : 0, sum = 0;
                for (int i = 0; i < n; i++) cumulative[i] = sum += a.Logits ? Math.Exp(p[i] - max) : Math.Max(p[i], 0);
                for (int draw = 0; draw < a.Size; draw++)
                {
                    double at = random.Next() * sum;
                    int index = 0;
                    while (index < n - 1 && !(at < cumulative[index])) index++;
                    y[row * a.Size + draw] = index;
                }
            }
            context.Write(0, result, y);
        },
    };

    private static Operator<RandomAttributes> Distribution(string name, Func<RandomSequence, RandomAttributes, double> draw) => new(name)
    {
        Inputs = [new("shape", ElementTypes.Integers)],
        HasEffects = true,
        InferWith = static (context, a) =>
        {
            int axes = context.Axes(0);
            if (context.Integers(0) is not { } sizes) return Inference.One(a.Type, Enumerable.Repeat(Dimension.Unknown, axes));
            context.Require(sizes.All(size => size >= 0), 0, "sizes of 0 or more");
            return Inference.One(a.Type, sizes.Select(size => (Dimension)size));
        },
        EvaluateWith = (context, a) =>
        {
            long[] sizes = context.Longs(0);
            if (sizes.Any(size => size is < 0 or > int.MaxValue)) throw context.Error(0, $"[{string.Join(", ", sizes)}]", "sizes from 0 to 2^31 - 1");
            Tensor y = context.Output(0, Shape.Create(Array.ConvertAll(sizes, size => (int)size)));
            RandomSequence random = new(a.Seed, context.Random);
            var values = new double[y.ElementCount];
            for (int i = 0; i < values.Length; i++) values[i] = draw(random, a);
            TensorConversion.Write(y, values);
        },
    };
}

/// <summary>The generator SplitMix64 (Steele, Lea and Flood, 2014): one 64-bit number of state, the same sequence everywhere.</summary>
internal sealed class RandomSequence(long seed, Random random)
{
    private ulong _state = (ulong)(seed == -1 ? random.NextInt64() : seed);

    /// <summary>From 0 (included) to 1 (excluded), a multiple of 2^-24: exact in f32.</summary>
    public double Next() => (Bits() >> 40) * (1.0 / (1 << 24));

    /// <summary>From the standard normal distribution, by the transform of Box and Muller.</summary>
    public double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - Next())) * Math.Cos(2 * Math.PI * Next());

    private ulong Bits()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }
}
