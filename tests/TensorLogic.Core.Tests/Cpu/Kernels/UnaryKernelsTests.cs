using TensorLogic.Cpu;
using TensorLogic.Operators;

namespace TensorLogic.Core.Tests.Cpu.Kernels;

public class UnaryKernelsTests
{
    // Relative errors of the polynomials are about 2^-23; the functions that subtract from 1 or add a term have that error relative to 1.
    private static readonly object[][] Cases =
    [
        [Op.Abs, NoAttributes.Value, 0, 0],
        [Op.Ceil, NoAttributes.Value, 0, 0],
        [Op.Clip, new Op.ClipAttributes(-0.5, 6), 0, 0],
        [Op.Elu, new Op.AlphaAttributes(0.7), 6e-7, 0],
        [Op.Erf, NoAttributes.Value, 4e-7, 0],
        [Op.Exp, NoAttributes.Value, 3e-7, 1e-44],
        [Op.Floor, NoAttributes.Value, 0, 0],
        [Op.Gelu, new Op.GeluAttributes(Op.GeluMode.Exact), 4e-7, 1],
        [Op.Gelu, new Op.GeluAttributes(Op.GeluMode.TanhApproximation), 6e-7, 1],
        [Op.Gelu, new Op.GeluAttributes(Op.GeluMode.SigmoidApproximation), 6e-7, 1],
        [Op.Inverse, new Op.EpsilonAttributes(1e-3), 2e-7, 0.1],
        [Op.LeakyRelu, new Op.AlphaAttributes(0.1), 2e-7, 0],
        [Op.LinearActivation, new Op.AlphaBetaAttributes(0.3, -2), 2e-7, 2],
        [Op.Relu, NoAttributes.Value, 0, 0],
        [Op.Rsqrt, new Op.EpsilonAttributes(1e-3), 4e-7, 0],
        [Op.Sigmoid, NoAttributes.Value, 6e-7, 1e-36],
        [Op.SigmoidHard, new Op.AlphaBetaAttributes(0.2, 0.5), 2e-7, 1],
        [Op.Silu, NoAttributes.Value, 6e-7, 1e-35],
        [Op.Softsign, NoAttributes.Value, 2e-7, 0],
        [Op.Sqrt, NoAttributes.Value, 1e-7, 0],
        [Op.Square, NoAttributes.Value, 1e-7, 0],
        [Op.Tanh, NoAttributes.Value, 4e-7, 0],
    ];

    [TestCaseSource(nameof(Cases))]
    public void The_vectors_agree_with_the_reference(object @operator, object attributes, double relative, double scale)
    {
        List<float> x = [0, -0f, 1e-30f, -1e-5f, float.PositiveInfinity, float.NaN, 100, -100, 88.7f, -103, 0.9999f, 1.0001f, -0.625f];
        Random random = new(7);
        for (int i = 0; i < 1001; i++) x.Add((float)(random.NextDouble() * 24 - 12));
        for (int i = 0; i < 1001; i++) x.Add((float)(random.NextDouble() * 2 - 1));
        using Tensor input = Tensor.FromSpan<float>([.. x], [x.Count]);

        Reference.AssertFastAgrees((Operator)@operator, (OperatorAttributes)attributes, relative, scale, input);
    }

    [Test]
    public void Any_number_of_elements_is_computed_and_no_more([Range(0, 37)] int count)
    {
        using Tensor<float> x = Reference.Random(count, count);

        Reference.AssertFastAgrees(Op.Square, NoAttributes.Value, 1e-7, 0, x);
    }

    [Test]
    public void A_view_is_read_by_its_strides()
    {
        using Tensor<float> x = Reference.Random(3, 5, 6);
        using Tensor view = x.Transpose(1, 0);

        Reference.AssertFastAgrees(Op.Relu, NoAttributes.Value, 0, 0, view);
    }
}
