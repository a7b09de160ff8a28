using TensorLogic.Core.Tests.Cpu.Kernels;
using TensorLogic.Cpu;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Core.Tests.Operators;

internal sealed class LinearTests
{
    [Test]
    public void A_constant_of_one_element_multiplies()
    {
        using Tensor one = Tensor.FromArray([(Half)2f], [1, 1]), x = Tensor.FromArray([0.75f], [1]);
        GraphBuilder builder = new("g");
        Value input = builder.Input("x", new TensorType(ElementType.Float32, [1]));
        Value half = builder.Add("half", Op.Cast, new Op.CastAttributes(ElementType.Float16), input);
        using Tensor shape = Tensor.FromArray([1, -1], [2]);
        Value matrix = builder.Add("matrix", Op.Reshape, half, builder.Constant("shape", shape));
        Value y = builder.Add("y", Op.MatMul, new Op.MatMulAttributes(), builder.Constant("one", one), matrix);
        using CpuBackend backend = new(1);
        using IExecutable executable = backend.Compile(builder.Build(y), new CompileOptions());
        Tensor?[] outputs = [null];

        executable.Run([x], outputs);

        Assert.That(TensorConversion.ReadDoubles(outputs[0]!), Is.EqualTo(new[] { 1.5 }));
    }

    [TestCase(1, 1, 1)]
    [TestCase(2, 1, 3)]
    [TestCase(9, 1, 70)]
    public void A_sum_of_one_product_is_the_product(int m, int k, int n) =>
        Reference.AssertFastAgrees(Op.MatMul, new Op.MatMulAttributes(), 1e-6, 1, Reference.Random(1, m, k), Reference.Random(2, k, n));

    [Test]
    public void The_result_of_mixed_types_has_the_type_asked_for()
    {
        using Tensor x = Tensor.FromArray([1, 2], [1, 2]), y = Tensor.FromArray([(Half)0.5f, (Half)3f], [2, 1]);

        Tensor z = Reference.Run(Op.MatMul, new Op.MatMulAttributes(Type: ElementType.Float16), x, y)[0];

        Assert.That((z.ElementType, TensorConversion.ReadDoubles(z)[0]), Is.EqualTo((ElementType.Float16, 6.5)));
    }
}
