using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Functions;

/// <summary>The generator of random numbers (6.13). Source: Steele, Lea and Flood, OOPSLA 2014 (SplitMix64).</summary>
internal sealed class SplitMix64(ulong state)
{
    private ulong _state = state;

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>In [0, 1).</summary>
    public double Draw() => (Next() >> 11) * (1.0 / (1L << 53));

    public SplitMix64 Copy() => new(_state);
}

/// <summary>Random numbers (6.13), and the functions that draw them.</summary>
internal static class RandomFunctions
{
    private const int ChunkSize = 1 << 16;

    public static void AddTo(Library library)
    {
        library.Add("seed(n)", static c =>
        {
            c.Run.Engine.State.Random = new SplitMix64(unchecked((ulong)c.Int(0)));
            return Value.None;
        });
        library.Add("rand(shape, dtype?)", static c => Drawn(c, static random => random.Draw()));
        library.Add("randn(shape, dtype?)", static c => Drawn(c, static random =>
        {
            double a = random.Draw(), b = random.Draw();
            return Math.Sqrt(-2 * Math.Log(1 - a)) * Math.Cos(2 * Math.PI * b);
        }));
        library.Add("randint(lo, hi, shape?)", static c =>
        {
            long low = c.Int(0), high = c.Int(1);
            if (high <= low) throw new ScriptFault(Messages.EmptyRange(low, high));
            SplitMix64 random = Random(c);
            ulong span = unchecked((ulong)(high - low));
            if (!c.Has(2)) return unchecked(low + (long)(random.Next() % span));
            Shape shape = c.Shape(2, ElementType.Int64);
            var values = new long[shape.ElementCount];
            for (int i = 0; i < values.Length; i++) values[i] = unchecked(low + (long)(random.Next() % span));
            return Tensor.FromArray(values, shape);
        });
        library.Add("permutation(n)", static c =>
        {
            int n = c.SmallInt(0);
            if (n < 0) throw new ScriptFault(Messages.NegativeSize(n));
            c.Shape([n], ElementType.Int64);
            SplitMix64 random = Random(c);
            long[] order = Array.ConvertAll(Enumerable.Range(0, n).ToArray(), i => (long)i);
            for (int i = n - 1; i >= 1; i--)
            {
                int j = (int)(random.Next() % (ulong)(i + 1));
                (order[i], order[j]) = (order[j], order[i]);
            }
            return Tensor.FromArray(order, [n]);
        });
        library.Add("dropout(x, p = 0.5)", static c =>
        {
            Tensor x = c.Tensor(0);
            double p = c.Number(1);
            SplitMix64 random = Random(c);
            var factors = new double[x.ElementCount];
            for (int i = 0; i < factors.Length; i++) factors[i] = random.Draw() < p ? 0 : 1 / (1 - p);
            ElementType type = TensorFunctions.FloatType(x.ElementType);
            Tensor mask = CreationFunctions.Written(TensorFunctions.ComputeType(type), x.Shape, factors);
            return c.F.Arithmetic(Operators.Op.Mul, x, mask, type);
        });
        library.Add("sample(probs)", static c =>
        {
            Tensor probabilities = c.Tensor(0);
            if (probabilities.Rank != 1 || probabilities.ElementCount == 0) throw new ScriptFault(Messages.NeedsAxes(c.Name, 1, probabilities.Shape));
            double[] shares = TensorConversion.ReadDoubles(probabilities);
            double total = shares.Sum(), draw = Random(c).Draw(), sum = 0;
            for (int i = 0; i < shares.Length; i++)
            {
                sum += shares[i] / total;
                if (sum > draw) return i;
            }
            return shares.Length - 1;
        });
    }

    private static SplitMix64 Random(LibraryCall c) => c.Run.Engine.State.Random;

    private static Value Drawn(LibraryCall c, Func<SplitMix64, double> draw)
    {
        ElementType type = c.Dtype(1, ElementType.Float16);
        Shape shape = c.Shape(0, type);
        SplitMix64 random = Random(c);
        Tensor tensor = Tensor.Create(type, shape);
        Tensor row = tensor.Reshape(checked((int)tensor.ElementCount));
        var values = new double[Math.Min(ChunkSize, row.Shape[0])];
        for (int start = 0; start < row.Shape[0]; start += ChunkSize)
        {
            c.Run.Cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(ChunkSize, row.Shape[0] - start);
            for (int i = 0; i < count; i++) values[i] = draw(random);
            using Tensor part = row.Slice(0, start, count);
            if (type.IsFloat) TensorConversion.Write(part, values.AsSpan(0, count));
            else
            {
                using Tensor wide = Tensor.FromSpan<double>(values.AsSpan(0, count), [count]);
                wide.CopyTo(part);
            }
        }
        return tensor;
    }
}
