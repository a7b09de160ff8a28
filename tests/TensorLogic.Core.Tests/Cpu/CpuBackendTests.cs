using TensorLogic.Cpu;
using TensorLogic.Operators;

namespace TensorLogic.Core.Tests.Cpu;

public class CpuBackendTests
{
    [Test]
    public void One_operator_runs_on_tensors()
    {
        using CpuBackend backend = new(1);
        using Tensor x = Tensor.FromSpan<float>([1, -2], [2]), y = Tensor.FromSpan<float>([10], [1]);

        using Tensor sum = backend.Run(Op.Add, NoAttributes.Value, [x, y])[0];

        Assert.That(sum.As<float>().ToArray(), Is.EqualTo([11f, 8]));
    }

    [Test]
    public void A_missing_input_is_named()
    {
        using CpuBackend backend = new(1);
        using Tensor x = Tensor.Scalar(1f);

        Assert.That(() => backend.Run(Op.Add, NoAttributes.Value, [x, null]), Throws.TypeOf<ShapeException>().With.Property(nameof(ShapeException.Input)).EqualTo("y"));
    }

    [Test]
    public void A_state_operator_needs_a_graph()
    {
        using CpuBackend backend = new(1);
        using Tensor x = Tensor.Scalar(1f);

        Assert.That(() => backend.Run(Op.ReadState, NoAttributes.Value, [x]), Throws.TypeOf<ShapeException>().With.Property(nameof(ShapeException.Expected)).EqualTo("a state"));
    }
}
