using TensorLogic.Cpu;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Core.Tests.Cpu.Kernels;

public class LinearKernelsTests
{
    private static double Tolerance(int k) => Reference.SumTolerance(k);

    [TestCase(1, 1, 1)]
    [TestCase(1, 70, 100)]
    [TestCase(3, 17, 5)]
    [TestCase(8, 48, 48)]
    [TestCase(13, 1500, 61)]
    [TestCase(200, 65, 97)]
    [TestCase(0, 4, 4)]
    public void Linear_agrees_with_the_reference_on_ragged_sizes(int rows, int k, int columns)
    {
        using Tensor x = Reference.Random(1, rows, k), weight = Reference.Random(2, columns, k), bias = Reference.Random(3, columns);

        Reference.AssertFastAgrees(Op.Linear, NoAttributes.Value, Tolerance(k), 1, x, weight, bias);
        Reference.AssertFastAgrees(Op.Linear, NoAttributes.Value, Tolerance(k), 1, x, weight);
    }

    [Test]
    public void Linear_without_terms_is_the_bias()
    {
        using Tensor x = Reference.Random(1, 3, 0), weight = Reference.Random(2, 5, 0), bias = Reference.Random(3, 5);

        Reference.AssertFastAgrees(Op.Linear, NoAttributes.Value, 0, 0, x, weight, bias);
    }

    [Test]
    public void Matmul_agrees_with_the_reference([Values] bool transposeX, [Values] bool transposeY, [Values(1, 9, 300)] int m, [Values(1, 50, 101)] int n)
    {
        const int k = 37;
        using Tensor x = transposeX ? Reference.Random(1, 2, 1, k, m) : Reference.Random(1, 2, 1, m, k);
        using Tensor y = transposeY ? Reference.Random(2, 3, n, k) : Reference.Random(2, 3, k, n);

        Reference.AssertFastAgrees(Op.MatMul, new Op.MatMulAttributes(transposeX, transposeY), Tolerance(k), 1, x, y);
    }

    [Test]
    public void Vectors_are_rows_and_columns()
    {
        using Tensor x = Reference.Random(1, 20), y = Reference.Random(2, 20), matrix = Reference.Random(3, 20, 7);

        Reference.AssertFastAgrees(Op.MatMul, new Op.MatMulAttributes(), Tolerance(20), 1, x, y);
        Reference.AssertFastAgrees(Op.MatMul, new Op.MatMulAttributes(), Tolerance(20), 1, x, matrix);
        Reference.AssertFastAgrees(Op.MatMul, new Op.MatMulAttributes(true, false), Tolerance(20), 1, matrix, y);
    }

    [TestCase(ElementType.Float32, false)]
    [TestCase(ElementType.Float16, false)]
    [TestCase(ElementType.Float16, true)]
    public void Constant_weights_are_packed_once_and_give_the_same(ElementType type, bool matmul)
    {
        using Tensor weight = Reference.Random(2, 61, 130).To(type), x = Reference.Random(1, 2, 9, matmul ? 61 : 130).To(type);
        GraphBuilder g = new("main");
        Value input = g.Input("x", x.Type), w = g.Constant("w", weight);
        Value y = matmul ? g.Add("y", Op.MatMul, new Op.MatMulAttributes(), input, w) : g.Add("y", Op.Linear, input, w);
        using CpuBackend backend = new(2);
        using IExecutable run = backend.Compile(g.Build(y), new());
        Tensor?[] outputs = [null];

        run.Run([x], outputs);

        Assert.That(run.PlanText, Does.Contain("packed weights"));
        Tensor[] expected = matmul ? Reference.Run(Op.MatMul, new Op.MatMulAttributes(), x, weight) : Reference.Run(Op.Linear, NoAttributes.Value, x, weight);
        Reference.AssertClose(outputs[0]!, expected[0], type == ElementType.Float16 ? 1e-3 : Tolerance(130), 1);
    }
}
