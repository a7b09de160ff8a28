using TensorLogic.Cpu;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Tests.Cpu;

public sealed class CpuExecutableTests
{
    [Test]
    public void A_graph_of_constants_and_inputs_gives_its_outputs_in_declared_types()
    {
        using CpuBackend backend = new(1);
        GraphBuilder builder = new("test");
        Value x = builder.Input("x", new TensorType(ElementType.Float16, [2]));
        Value y = builder.Add("y", Op.Mul, x, builder.Constant("two", Tensor.Scalar((Half)2)));
        using IExecutable executable = backend.Compile(builder.Build(y), new CompileOptions());

        Tensor?[] outputs = [null];
        executable.Run([Tensor.FromArray<Half>([(Half)1, (Half)3], [2])], outputs);

        Assert.That(((Tensor<Half>)outputs[0]!).ToArray(), Is.EqualTo(new[] { (Half)2, (Half)6 }));
    }

    [Test]
    public void An_output_that_is_given_receives_the_result()
    {
        using CpuBackend backend = new(1);
        GraphBuilder builder = new("test");
        Value x = builder.Input("x", new TensorType(ElementType.Float32, [2]));
        using IExecutable executable = backend.Compile(builder.Build(builder.Add("y", Op.Relu, x)), new CompileOptions());
        Tensor<float> given = Tensor<float>.Create([2]);

        executable.Run([Tensor.FromArray<float>([-1, 3], [2])], new Tensor?[] { given });

        Assert.That(given.ToArray(), Is.EqualTo(new[] { 0f, 3f }));
    }

    [Test]
    public void Rounding_at_stores_keeps_f16_values_between_nodes_in_32_bits()
    {
        Assert.That(Twice(Rounding.AtStores), Is.EqualTo((Half)1));
    }

    [Test]
    public void Rounding_of_every_value_rounds_between_nodes()
    {
        Assert.That(Twice(Rounding.EveryValue), Is.EqualTo((Half)0));
    }

    // (2048 + 1) - 2048: 2049 is no f16.
    private static Half Twice(Rounding rounding)
    {
        using CpuBackend backend = new(1);
        GraphBuilder builder = new("test");
        Value x = builder.Input("x", new TensorType(ElementType.Float16, [1]));
        Value big = builder.Constant("big", Tensor.FromArray<Half>([(Half)2048], [1]));
        Value sum = builder.Add("sum", Op.Add, x, big);
        Value y = builder.Add("y", Op.Sub, sum, big);
        using IExecutable executable = backend.Compile(builder.Build(y), new CompileOptions { Rounding = rounding });
        Tensor?[] outputs = [null];
        executable.Run([Tensor.FromArray<Half>([(Half)1], [1])], outputs);
        return ((Tensor<Half>)outputs[0]!)[0];
    }

    [Test]
    public void A_symbolic_size_is_checked_when_it_becomes_known()
    {
        using CpuBackend backend = new(1);
        GraphBuilder builder = new("test");
        Value x = builder.Input("x", new TensorType(ElementType.Float32, [Dimension.Named("n")]));
        Value y = builder.Add("y", Op.Add, x, builder.Constant("c", Tensor.FromArray<float>([1, 2, 3], [3])));
        using IExecutable executable = backend.Compile(builder.Build(y), new CompileOptions());

        Assert.That(() => executable.Run([Tensor.FromArray<float>([1, 2], [2])], new Tensor?[1]),
            Throws.TypeOf<ShapeException>().With.Property("Operator").EqualTo("add"));
    }

    [Test]
    public void A_state_is_read_and_written()
    {
        using CpuBackend backend = new(1);
        GraphBuilder builder = new("test");
        Value x = builder.Input("x", new TensorType(ElementType.Float16, [1]));
        Value state = builder.State("sum", new TensorType(ElementType.Float16, [1]));
        Value sum = builder.Add("next", Op.Add, builder.Add("old", Op.ReadState, state), x);
        builder.AddNode("write", Op.WriteState, NoAttributes.Value, [state, sum], []);
        using IExecutable executable = backend.Compile(builder.Build(sum), new CompileOptions());
        using ModelState values = new([KeyValuePair.Create("sum", Tensor.Create(ElementType.Float16, [1]))]);

        for (int i = 1; i <= 3; i++) executable.Run([Tensor.FromArray<Half>([(Half)i], [1])], new Tensor?[1], values);

        Assert.That(((Tensor<Half>)values["sum"])[0], Is.EqualTo((Half)6));
    }

    [Test]
    public void What_does_not_depend_on_inputs_is_computed_when_compiling()
    {
        using CpuBackend backend = new(1);
        GraphBuilder builder = new("test");
        Value x = builder.Input("x", new TensorType(ElementType.Float32, [1]));
        Value constant = builder.Add("c", Op.Exp, builder.Constant("one", Tensor.FromArray<float>([1], [1])));
        using IExecutable executable = backend.Compile(builder.Build(builder.Add("y", Op.Add, x, constant)), new CompileOptions());

        Assert.That(executable.PlanText.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(1));
    }

    [Test]
    public void Cancellation_ends_a_run()
    {
        using CpuBackend backend = new(2);
        GraphBuilder builder = new("test");
        Value x = builder.Input("x", new TensorType(ElementType.Float32, [1]));
        using IExecutable executable = backend.Compile(builder.Build(builder.Add("y", Op.Relu, x)), new CompileOptions());

        Assert.That(() => executable.Run([Tensor.FromArray<float>([1], [1])], new Tensor?[1], null, new CancellationToken(true)), Throws.InstanceOf<OperationCanceledException>());
    }
}
