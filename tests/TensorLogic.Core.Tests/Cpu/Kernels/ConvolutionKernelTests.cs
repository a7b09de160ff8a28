using TensorLogic.Cpu;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Core.Tests.Cpu.Kernels;

public class ConvolutionKernelTests
{
    public sealed record Case(int[] X, int[] Weight, int[] Strides, int[] Pad, int[] Dilations, int Groups, PadType PadType = PadType.Custom)
    {
        public override string ToString() => $"{string.Join('x', X)} by {string.Join('x', Weight)}, strides {string.Join(',', Strides)}, {PadType} {string.Join(',', Pad)}, dilations {string.Join(',', Dilations)}, {Groups} groups";
    }

    private static readonly Case[] Cases =
    [
        new([1, 3, 9, 11], [5, 3, 1, 1], [1, 1], [0, 0, 0, 0], [1, 1], 1),
        new([2, 3, 9, 11], [5, 3, 3, 3], [1, 1], [1, 1, 1, 1], [1, 1], 1),
        new([1, 3, 30, 33], [10, 3, 7, 7], [2, 2], [3, 3, 3, 3], [1, 1], 1),
        new([1, 16, 7, 7], [24, 16, 3, 3], [1, 1], [1, 1, 1, 1], [1, 1], 1),
        new([1, 70, 8, 9], [33, 70, 3, 3], [2, 3], [0, 2, 1, 0], [1, 1], 1),
        new([1, 8, 13, 13], [9, 8, 1, 1], [2, 2], [0, 0, 0, 0], [1, 1], 1),
        new([1, 4, 17, 15], [6, 4, 3, 2], [1, 2], [2, 2, 1, 3], [2, 3], 1),
        new([1, 6, 10, 10], [9, 2, 3, 3], [1, 1], [1, 1, 1, 1], [1, 1], 3),
        new([2, 12, 10, 10], [12, 1, 3, 3], [1, 1], [1, 1, 1, 1], [1, 1], 12),
        new([1, 5, 23, 9], [10, 1, 5, 3], [2, 1], [2, 2, 0, 0], [1, 2], 5),
        new([1, 5, 6, 37], [5, 1, 1, 1], [1, 1], [0, 0, 0, 0], [1, 1], 5),
        new([2, 3, 50], [7, 3, 5], [2], [2, 1], [2], 1),
        new([1, 4, 31], [4, 1, 3], [1], [1, 1], [1], 4),
        new([1, 3, 10, 11], [4, 3, 3, 3], [2, 2], [], [1, 1], 1, PadType.Same),
        new([1, 3, 10, 11], [4, 3, 4, 4], [3, 2], [], [1, 1], 1, PadType.SameLower),
        new([1, 3, 10, 11], [4, 3, 3, 3], [1, 1], [], [1, 1], 1, PadType.Valid),
        new([1, 3, 2, 2], [4, 3, 2, 2], [5, 5], [3, 3, 3, 3], [1, 1], 1),
        new([1, 600, 6, 6], [20, 600, 1, 1], [1, 1], [0, 0, 0, 0], [1, 1], 1),
    ];

    private static Op.ConvAttributes Attributes(Case c) => new([.. c.Strides], c.PadType, [.. c.Pad], [.. c.Dilations], c.Groups);

    // Tiles of 4 by 4 outputs that are transformed lose some bits more, of the size of a sum; products of two such numbers are 1/3 in the mean square.
    private static double Scale(Case c) => c.Weight.AsSpan(2).SequenceEqual([3, 3]) ? 1 + 2 * Math.Sqrt(c.Weight.Skip(1).Aggregate((a, b) => a * b)) : 1;

    private static double Tolerance(Case c) => Reference.SumTolerance(c.Weight[1..].Aggregate((a, b) => a * b));

    [TestCaseSource(nameof(Cases))]
    public void Agrees_with_the_reference(Case c)
    {
        using Tensor x = Reference.Random(1, c.X), weight = Reference.Random(2, c.Weight), bias = Reference.Random(3, c.Weight[0]);

        Reference.AssertFastAgrees(Op.Conv, Attributes(c), Tolerance(c), 1, x, weight, bias);
        Reference.AssertFastAgrees(Op.Conv, Attributes(c), Tolerance(c), 1, x, weight);
    }

    [TestCaseSource(nameof(Cases))]
    public void Constant_weights_give_the_same_on_any_number_of_threads(Case c)
    {
        using Tensor x = Reference.Random(1, c.X), weight = Reference.Random(2, c.Weight), bias = Reference.Random(3, c.Weight[0]);
        Tensor expected = Reference.Run(Op.Conv, Attributes(c), x, weight, bias)[0];
        Tensor[] results = [.. ((int[])[1, 2, 5]).Select(threads => Compiled(c, threads, x, weight, bias))];

        Reference.AssertClose(results[0], expected, Tolerance(c), Scale(c));
        Assert.That(results.Skip(1).Select(result => result.AsBytes().SequenceEqual(results[0].AsBytes())), Is.All.True);
    }

    [Test]
    public void Large_work_is_cut_the_same_for_any_number_of_threads([Values(14, 40)] int size)
    {
        Case c = new([1, 130, size, size], [90, 130, 3, 3], [1, 1], [1, 1, 1, 1], [1, 1], 1);
        using Tensor x = Reference.Random(1, c.X), weight = Reference.Random(2, c.Weight), bias = Reference.Random(3, c.Weight[0]);
        Tensor one = Compiled(c, 1, x, weight, bias), three = Compiled(c, 3, x, weight, bias);

        Assert.That(one.AsBytes().SequenceEqual(three.AsBytes()), Is.True);
        Reference.AssertClose(one, Reference.Run(Op.Conv, Attributes(c), x, weight, bias)[0], Tolerance(c), Scale(c));
    }

    private static Tensor Compiled(Case c, int threads, Tensor x, Tensor weight, Tensor bias)
    {
        GraphBuilder g = new("main");
        Value y = g.Add("y", Op.Conv, Attributes(c), g.Input("x", x.Type), g.Constant("w", weight), g.Constant("b", bias));
        using CpuBackend backend = new(threads);
        using IExecutable run = backend.Compile(g.Build(y), new());
        Tensor?[] outputs = [null];
        run.Run([x], outputs);
        Assert.That(run.PlanText, Does.Not.Contain("reference"));
        return outputs[0]!;
    }
}
