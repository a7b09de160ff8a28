using TensorLogic.Cpu;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Tests.Operators;

/// <summary>Branches and loops over sub-graphs that see outer values.</summary>
public sealed class ControlFlowTests
{
    [TestCase(true, 12f)]
    [TestCase(false, 8f)]
    public void Cond_runs_one_of_its_bodies(bool pred, float expected)
    {
        GraphBuilder g = new("main");
        Value flag = g.Input("pred", new TensorType(ElementType.Bool, Shape.Scalar)), x = g.Input("x", new TensorType(ElementType.Float32, [1]));
        Value two = g.Constant("two", Tensor.FromArray([2f], [1]));
        GraphBuilder yes = new("yes", g), no = new("no", g);
        Graph[] bodies = [yes.Build(yes.Add("sum", Op.Add, x, two)), no.Build(no.Add("difference", Op.Sub, x, two))];
        Node node = g.AddNode("cond", Op.Cond, new Op.BodyAttributes([x.Type]), [flag], ["y"], bodies);
        Assert.That(Run(g.Build(node.Outputs[0]), Tensor.Scalar(pred), Tensor.FromArray([10f], [1])), Is.EqualTo(expected));
    }

    [Test]
    public void While_loop_carries_values_until_its_condition_fails() => Assert.That(Run(Doubling(), Tensor.FromArray([3f], [1])), Is.EqualTo(192f));

    [Test]
    public void A_loop_without_end_stops_when_cancelled()
    {
        using CancellationTokenSource source = new(TimeSpan.FromMilliseconds(50));
        Assert.That(() => Run(Doubling(), Tensor.FromArray([0f], [1]), source.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void A_graph_with_a_loop_verifies_and_so_does_its_copy() => Assert.That(() =>
    {
        GraphVerifier.Verify(Doubling());
        GraphVerifier.Verify(GraphCopy.Of(Doubling()));
    }, Throws.Nothing);

    // while x < 100: x = x + x
    private static Graph Doubling()
    {
        GraphBuilder g = new("main");
        Value x = g.Input("x", new TensorType(ElementType.Float32, [1]));
        GraphBuilder test = new("test", g), body = new("body", g);
        Value tested = test.Input("t", x.Type), carried = body.Input("c", x.Type);
        Graph[] bodies = [test.Build(test.Add("less", Op.Less, tested, g.Constant("limit", Tensor.FromArray([100.5f], [1])))), body.Build(body.Add("twice", Op.Add, carried, carried))];
        return g.Build(g.AddNode("loop", Op.WhileLoop, new Op.BodyAttributes([x.Type]), [x], ["y"], bodies).Outputs[0]);
    }

    private static float Run(Graph graph, Tensor first, CancellationToken cancellation) => Run(graph, [first], cancellation);

    private static float Run(Graph graph, params Tensor[] inputs) => Run(graph, inputs, default);

    private static float Run(Graph graph, Tensor[] inputs, CancellationToken cancellation)
    {
        using CpuBackend backend = new(1);
        using IExecutable executable = backend.Compile(graph, new CompileOptions());
        Tensor?[] outputs = [null];
        executable.Run(inputs, outputs, null, cancellation);
        return (float)TensorConversion.ReadDoubles(outputs[0]!)[0];
    }
}
