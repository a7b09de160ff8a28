using System.Numerics.Tensors;

namespace TensorLogic.Models.Classic;

/// <summary>Features one after another in one array.</summary>
/// <param name="columns">Inputs and how many values each has; a dictionary's keys are positions among them.</param>
/// <param name="output">Name of the output.</param>
internal sealed class FeatureVectorizer(IReadOnlyList<(string Name, int Count)> columns, string output) : ClassicEvaluator
{
    private readonly int _count = columns.Sum(column => column.Count);

    public override void Evaluate(ClassicCall call)
    {
        var vector = new double[_count];
        int at = 0;
        foreach ((string name, int count) in columns)
        {
            Span<double> column = vector.AsSpan(at, count);
            at += count;
            if (call.Find(name) is not { } feature)
            {
                column.Fill(double.NaN);
                continue;
            }
            if (feature.Kind == FeatureKind.Dictionary)
            {
                foreach ((object key, double value) in feature.AsDictionary())
                {
                    if (key is not long position || position < 0 || position >= count)
                        throw new FeatureException(name, $"The input '{name}' has the key '{key}', expected positions of 0 to {count - 1}.") { Place = call.Model };
                    column[(int)position] = value;
                }
                continue;
            }
            double[] values = call.NumbersOf(feature, name);
            if (values.Length != count) throw new ShapeException { Operator = "predict", Node = call.Model, Input = name, Actual = $"{values.Length} numbers", Expected = $"{count} numbers" };
            values.CopyTo(column);
        }
        call.Set(output, vector);
    }
}

/// <summary>Some elements of an array.</summary>
/// <param name="indices">Into the array in row-major order.</param>
/// <param name="input">Name of the input.</param>
/// <param name="output">Name of the output.</param>
internal sealed class ArrayFeatureExtractor(int[] indices, string input, string output) : ClassicEvaluator
{
    public override void Evaluate(ClassicCall call)
    {
        double[] values = call.Numbers(input);
        if (indices.Length > 0 && indices.Max() >= values.Length)
            throw new ShapeException { Operator = "predict", Node = call.Model, Input = input, Actual = $"{values.Length} numbers", Expected = $"at least {indices.Max() + 1} numbers" };
        call.Set(output, Array.ConvertAll(indices, index => values[index]));
    }
}

/// <summary><c>scale * (x + shift)</c>.</summary>
/// <param name="shift">None (0), one for all, or one for each value.</param>
/// <param name="scale">None (1), one for all, or one for each value.</param>
/// <param name="input">Name of the input.</param>
/// <param name="output">Name of the output.</param>
internal sealed class Scaler(double[] shift, double[] scale, string input, string output) : ClassicEvaluator
{
    public override void Evaluate(ClassicCall call)
    {
        double[] x = call.Numbers(input);
        if (shift.Length > 1) call.CheckCount(x.Length, shift.Length);
        if (scale.Length > 1) call.CheckCount(x.Length, scale.Length);
        for (int i = 0; i < x.Length; i++) x[i] = At(scale, i, 1) * (x[i] + At(shift, i, 0));
        call.Set(output, x, Shapes.Of(call, input, output));
    }

    private static double At(double[] values, int index, double otherwise) => values.Length == 0 ? otherwise : values[values.Length == 1 ? 0 : index];
}

/// <summary>What an array is divided by.</summary>
internal enum NormKind
{
    /// <summary>The greatest value.</summary>
    Max,
    /// <summary>The sum of the absolute values.</summary>
    L1,
    /// <summary>The root of the sum of the squares.</summary>
    L2,
}

/// <summary>An array divided by its norm; unchanged where that is zero.</summary>
internal sealed class Normalizer(NormKind norm, string input, string output) : ClassicEvaluator
{
    public override void Evaluate(ClassicCall call)
    {
        double[] x = call.Numbers(input);
        double size = norm switch
        {
            NormKind.L1 => TensorPrimitives.SumOfMagnitudes<double>(x),
            NormKind.L2 => TensorPrimitives.Norm<double>(x),
            _ => x.Length == 0 ? 0 : TensorPrimitives.Max<double>(x),
        };
        if (size != 0) TensorPrimitives.Divide(x, size, x);
        call.Set(output, x, Shapes.Of(call, input, output));
    }
}

/// <summary>The inputs, unchanged.</summary>
/// <param name="names">Input and output of each feature.</param>
internal sealed class Identity(IReadOnlyList<(string Input, string Output)> names) : ClassicEvaluator
{
    public override void Evaluate(ClassicCall call)
    {
        foreach ((string input, string output) in names)
        {
            Feature feature = call.Input(input);
            if (feature.Kind is FeatureKind.Tensor or FeatureKind.Double or FeatureKind.Int64) call.Set(output, call.NumbersOf(feature, input), Shapes.Of(call, input, output));
            else call.Set(output, feature);
        }
    }
}

/// <summary>Class confidences [C] as rows [2, C]: the confidences, and ones for classes that are present, which all are.</summary>
internal sealed class ConfidenceThresholding(string input, string output) : ClassicEvaluator
{
    public override void Evaluate(ClassicCall call)
    {
        double[] confidences = call.Numbers(input);
        call.Set(output, [.. confidences, .. Enumerable.Repeat(1.0, confidences.Length)], 2, confidences.Length);
    }
}

/// <summary>Shapes of results that look like an input.</summary>
internal static class Shapes
{
    /// <summary>The shape of a tensor input, for an output that is a tensor without one of its own; else none.</summary>
    public static ReadOnlySpan<int> Of(ClassicCall call, string input, string output)
    {
        bool isOpen = call.Outputs.FirstOrDefault(feature => feature.Name == output)?.Type is TensorFeatureType declared && (!declared.Tensor.IsStatic || declared.Tensor.Rank == 0);
        return isOpen && call.Find(input) is { Kind: FeatureKind.Tensor } feature ? feature.AsTensor().Shape.Sizes : [];
    }
}
