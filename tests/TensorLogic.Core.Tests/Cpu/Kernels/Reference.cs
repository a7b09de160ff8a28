using System.Collections.Immutable;
using TensorLogic.Cpu;
using TensorLogic.Operators;
using ValueType = TensorLogic.Operators.ValueType;

namespace TensorLogic.Core.Tests.Cpu.Kernels;

/// <summary>Runs operators through their reference kernels, and holds fast kernels against them.</summary>
internal static class Reference
{
    public static Tensor[] Run(Operator @operator, OperatorAttributes attributes, params Tensor?[] inputs)
    {
        InferenceContext inference = new(@operator, "", null, Array.ConvertAll(inputs, tensor => tensor is null ? null : (ValueType)new TensorValueType(tensor.Type)), inputs);
        ImmutableArray<ValueType> types = @operator.Infer(inference, attributes);
        using Workers workers = new(1);
        using BlockPool pool = new();
        SingleContext context = new(@operator, inputs, types, workers, pool, CancellationToken.None);
        @operator.Evaluate(context, attributes);
        return context.Outputs;
    }

    /// <summary>Runs both and asserts that a fast kernel exists and differs by no more than relative · (|expected| + scale).</summary>
    public static void AssertFastAgrees(Operator @operator, OperatorAttributes attributes, double relative, double scale, params Tensor?[] inputs)
    {
        KernelRequest request = KernelRequest.For(@operator, attributes, inputs, @operator.Infer(
            new(@operator, "", null, Array.ConvertAll(inputs, tensor => tensor is null ? null : (ValueType)new TensorValueType(tensor.Type)), inputs), attributes));
        Assert.That(KernelTable.Choose(request), Is.Not.Null, "a fast kernel");
        using CpuBackend backend = new(2);
        Tensor[] expected = Run(@operator, attributes, inputs), actual = backend.Run(@operator, attributes, inputs);
        for (int i = 0; i < expected.Length; i++) AssertClose(actual[i], expected[i], relative, scale);
    }

    public static void AssertClose(Tensor actual, Tensor expected, double relative, double scale)
    {
        Assert.That(actual.ToString(), Is.EqualTo(expected.ToString()));
        double[] x = TensorConversion.ReadDoubles(actual), y = TensorConversion.ReadDoubles(expected);
        for (int i = 0; i < x.Length; i++)
        {
            if (double.IsNaN(y[i]) && double.IsNaN(x[i]) || x[i] == y[i]) continue;
            if (!(Math.Abs(x[i] - y[i]) <= relative * (Math.Abs(y[i]) + scale)))
                Assert.Fail($"element {i} of {expected}: {x[i]:R}, expected {y[i]:R}");
        }
    }

    /// <summary>The error of a sum of k products of numbers between -1 and 1.</summary>
    // Partial sums are about √k / 3; each of k additions rounds one to 2^-24 of it, and the errors add up to √k of them: k / 3 · 2^-24. Thrice that.
    public static double SumTolerance(int k) => (k + 4) * 6e-8;

    /// <summary>Elements from -1 to 1, the same for the same seed.</summary>
    public static Tensor<float> Random(int seed, params ReadOnlySpan<int> sizes)
    {
        Random random = new(seed);
        Tensor<float> tensor = Tensor<float>.Create(Shape.Create(sizes));
        foreach (ref float element in tensor.Span) element = (float)(random.NextDouble() * 2 - 1);
        return tensor;
    }
}
