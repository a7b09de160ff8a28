using TensorLogic.Core.Tests.Cpu.Kernels;
using TensorLogic.Cpu;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Tests.Cpu;

/// <summary>Every fast kernel gives what its operator's reference kernel gives, on ragged sizes.</summary>
public sealed class FastKernelTests
{
    // f32 sums of a few hundred terms of size 1 against f64.
    private const double Tolerance = 2e-4;

    private static IEnumerable<TestCaseData> Cases()
    {
        foreach ((int[] x, int[] w, int[] stride, int[] pad, int[] dilation, int groups) in new (int[], int[], int[], int[], int[], int)[]
        {
            ([1, 3, 9, 11], [5, 3, 3, 3], [1, 1], [1, 1, 1, 1], [1, 1], 1),
            ([2, 3, 17, 23], [70, 3, 3, 3], [2, 2], [0, 1, 1, 0], [1, 1], 1),
            ([1, 8, 14, 14], [12, 4, 1, 1], [1, 1], [0, 0, 0, 0], [1, 1], 2),
            ([1, 6, 13, 7], [9, 2, 5, 3], [3, 2], [2, 2, 1, 1], [2, 1], 3),
            ([1, 130, 7, 7], [140, 130, 1, 1], [1, 1], [0, 0, 0, 0], [1, 1], 1),
            ([1, 130, 8, 8], [17, 130, 1, 1], [2, 2], [0, 0, 0, 0], [1, 1], 1),
            ([1, 5, 12, 10], [5, 1, 3, 3], [1, 1], [1, 1, 1, 1], [1, 1], 5),
            ([2, 5, 12, 10], [5, 1, 5, 3], [2, 2], [2, 1, 0, 1], [1, 2], 5),
            ([1, 4, 3, 2], [4, 1, 5, 5], [1, 1], [2, 2, 2, 2], [1, 1], 4),
        })
        {
            Op.ConvAttributes a = new([.. stride], PadType.Custom, [.. pad], [.. dilation], groups);
            yield return Case($"conv x{Text(x)} w{Text(w)} stride{Text(stride)} pad{Text(pad)} groups {groups}", Op.Conv, a, Random(x), Random(w), Random([w[0]]));
            yield return Case($"conv without bias, same x{Text(x)} w{Text(w)}", Op.Conv, a with { PadType = PadType.Same, Pad = [] }, Random(x), Random(w));
        }
        yield return Case("conv over one axis", Op.Conv, new Op.ConvAttributes([2], PadType.Custom, [1, 2], [1], 1), Random([2, 3, 19]), Random([7, 3, 4]), Random([7]));
        foreach ((int[] x, int[] w) in new (int[], int[])[] { ([1, 7], [3, 7]), ([3, 5, 33], [50, 33]), ([128, 96], [97, 96]), ([1, 1, 300], [10, 300]) })
            yield return Case($"linear x{Text(x)} w{Text(w)}", Op.Linear, NoAttributes.Value, Random(x), Random(w), Random([w[0]]));
        yield return Case("matmul", Op.MatMul, new Op.MatMulAttributes(), Random([2, 3, 9, 17]), Random([3, 17, 53]));
        yield return Case("matmul transposed", Op.MatMul, new Op.MatMulAttributes(true, true), Random([2, 17, 9]), Random([1, 53, 17]));
        yield return Case("matmul broadcast", Op.MatMul, new Op.MatMulAttributes(false, true), Random([4, 1, 5, 8]), Random([3, 100, 8]));
        yield return Case("softmax", Op.Softmax, new Op.AxisAttributes(-1), Random([3, 5, 37]));
        yield return Case("softmax along the first axis", Op.Softmax, new Op.AxisAttributes(0), Random([3, 5]));
        yield return Case("layer_norm", Op.LayerNorm, new Op.LayerNormAttributes([-1], 1e-5), Random([4, 6, 50]), Random([50]), Random([50]));
        yield return Case("layer_norm without scale", Op.LayerNorm, new Op.LayerNormAttributes([1, 2], 1e-3), Random([4, 6, 5]));
        yield return Case("reduce_mean", Op.ReduceMean, new Op.ReduceAttributes([2, 3], true), Random([2, 5, 7, 9]));
        yield return Case("reduce_mean without axes", Op.ReduceMean, new Op.ReduceAttributes([-1], false), Random([2, 5, 7]));
        foreach (bool ceil in (bool[])[false, true])
        {
            yield return Case($"max_pool, ceil {ceil}", Op.MaxPool, new Op.PoolAttributes([3, 2], [2, 2], PadType.Custom, [1, 1, 0, 1], ceil), Random([2, 3, 10, 12]));
            foreach (bool exclude in (bool[])[false, true])
                yield return Case($"avg_pool, ceil {ceil}, exclude {exclude}", Op.AvgPool, new Op.AvgPoolAttributes([3, 3], [2, 2], PadType.Custom, [1, 1, 1, 1], ceil, exclude), Random([1, 3, 10, 12]));
        }
        foreach (Operator binary in new Operator[] { Op.Add, Op.Sub, Op.Mul, Op.RealDiv, Op.Maximum, Op.Minimum })
        foreach ((int[] x, int[] y) in new (int[], int[])[] { ([2, 3, 4], [2, 3, 4]), ([2, 3, 4], [3, 1]), ([3, 1], [2, 3, 40]), ([5, 1], [1, 7]), ([], [4, 4]), ([1, 16, 9, 9], [1, 16, 1, 1]), ([1], [1]) })
            yield return Case($"{binary} x{Text(x)} y{Text(y)}", binary, NoAttributes.Value, Random(x), Random(y));
        foreach (Operator unary in new Operator[] { Op.Relu, Op.Sigmoid, Op.Tanh, Op.Exp, Op.Abs, Op.Square, Op.Silu })
            yield return Case($"{unary}", unary, NoAttributes.Value, Random([3, 1029]));
        yield return Case("gelu", Op.Gelu, new Op.GeluAttributes(Op.GeluMode.Exact), Random([3, 1029]));
        yield return Case("clip", Op.Clip, new Op.ClipAttributes(-0.5, 1), Random([3, 29]));
        yield return Case("leaky_relu", Op.LeakyRelu, new Op.AlphaAttributes(0.1), Random([3, 29]));
    }

    [TestCaseSource(nameof(Cases))]
    public void A_fast_kernel_agrees_with_the_reference(Operator @operator, OperatorAttributes attributes, Tensor[] inputs)
    {
        double[] expected = TensorConversion.ReadDoubles(Reference.Run(@operator, attributes, inputs)[0]);

        using CpuBackend backend = new(2);
        using IExecutable executable = Compile(backend, @operator, attributes, inputs);
        Tensor?[] outputs = [null];
        executable.Run([inputs[0]], outputs);
        double[] actual = TensorConversion.ReadDoubles(outputs[0]!);

        Assert.That(actual, Has.Length.EqualTo(expected.Length));
        Assert.That(actual.Zip(expected, (a, e) => Math.Abs(a - e) / Math.Max(1, Math.Abs(e))).DefaultIfEmpty().Max(), Is.LessThan(Tolerance));
        if (!TestContext.CurrentContext.Test.Name.Contains("first axis")) Assert.That(executable.PlanText, Does.Contain(" = ").And.Not.Contain(": reference"));
    }

    [Test]
    public void A_cast_to_halves_rounds_every_kind_of_number()
    {
        float[] numbers = [0, -0f, 1, 1 + 1 / 2048f, 1 + 3 / 2048f, 1.0004885f, 65504, 65519.99f, 65520, -1e9f, float.PositiveInfinity, float.NaN, 6.1e-5f, 6.103e-5f, 5.96e-8f, 2.98e-8f, 2.99e-8f, 8.94e-8f, -1e-20f,
            .. Enumerable.Range(0, 40).Select(i => MathF.Pow(2, i - 26) * 1.2345678f)];
        GraphBuilder builder = new("test");
        Value x = builder.Input("x", new TensorType(ElementType.Float32, [numbers.Length])), y = builder.Add("y", Op.Cast, new Op.CastAttributes(ElementType.Float16), x);
        using CpuBackend backend = new(1);
        using IExecutable executable = backend.Compile(builder.Build(builder.Add("z", Op.Cast, new Op.CastAttributes(ElementType.Float32), y)), new CompileOptions());
        Tensor?[] outputs = [null];

        executable.Run([Tensor.FromSpan<float>(numbers, [numbers.Length])], outputs);

        Assert.That(TensorConversion.ReadDoubles(outputs[0]!), Is.EqualTo(numbers.Select(number => (double)(Half)number)));
        Assert.That(executable.PlanText, Does.Contain("cast: rounding").And.Contain("cast: view"));
    }

    [Test]
    public void Rows_of_a_table_of_halves_are_widened_where_they_are_read()
    {
        Tensor table = Random([6, 5]).To(ElementType.Float16), indices = Tensor.FromArray<int>([0, -1, 3], [3]);
        GraphBuilder builder = new("test");
        Value y = builder.Add("y", Op.Gather, new Op.GatherAttributes(), builder.Constant("table", table), builder.Input("i", indices.Type));
        using CpuBackend backend = new(2);
        using IExecutable executable = backend.Compile(builder.Build(y), new CompileOptions());
        Tensor?[] outputs = [null];

        executable.Run([indices], outputs);

        Assert.That(TensorConversion.ReadDoubles(outputs[0]!), Is.EqualTo(TensorConversion.ReadDoubles(Reference.Run(Op.Gather, new Op.GatherAttributes(), table, indices)[0])));
        Assert.That(executable.PlanText, Does.Contain("gather: table rows"));
    }

    [Test]
    public void Results_do_not_depend_on_the_number_of_threads()
    {
        Tensor[] inputs = [Random([1, 20, 30, 31]), Random([70, 20, 3, 3]), Random([70])];
        byte[][] results = [.. new[] { 1, 2, 3, 8 }.Select(threads =>
        {
            using CpuBackend backend = new(threads);
            using IExecutable executable = Compile(backend, Op.Conv, new Op.ConvAttributes([1, 1], PadType.Same, [], [1, 1], 1), inputs);
            Tensor?[] outputs = [null];
            executable.Run([inputs[0]], outputs);
            return outputs[0]!.AsBytes().ToArray();
        })];

        Assert.That(results.Skip(1), Has.All.EqualTo(results[0]));
    }

    private static IExecutable Compile(CpuBackend backend, Operator @operator, OperatorAttributes attributes, Tensor[] inputs)
    {
        GraphBuilder builder = new("test");
        Value x = builder.Input("x", inputs[0].Type);
        Value y = builder.Add("y", @operator, attributes, [x, .. inputs.Skip(1).Select((tensor, i) => builder.Constant($"c{i}", tensor))]);
        return backend.Compile(builder.Build(y), new CompileOptions());
    }

    private static TestCaseData Case(string name, Operator @operator, OperatorAttributes attributes, params Tensor[] inputs) =>
        new TestCaseData(@operator, attributes, inputs).SetArgDisplayNames(name);

    private static string Text(int[] sizes) => $"[{string.Join(" ", sizes)}]";

    private static Tensor Random(int[] sizes)
    {
        Random random = new(sizes.Aggregate(17, (hash, size) => hash * 31 + size));
        Tensor tensor = Tensor.Create(ElementType.Float32, Shape.Create(sizes));
        TensorConversion.Write(tensor, [.. Enumerable.Range(0, (int)tensor.ElementCount).Select(_ => random.NextDouble() * 2 - 1)]);
        return tensor;
    }
}
