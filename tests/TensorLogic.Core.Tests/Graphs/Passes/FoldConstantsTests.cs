using TensorLogic.Cpu;
using TensorLogic.Graphs;
using TensorLogic.Graphs.Passes;
using TensorLogic.Operators;

namespace TensorLogic.Core.Tests.Graphs.Passes;

public class FoldConstantsTests
{
    [Test]
    public void Nodes_on_constants_become_constants()
    {
        GraphBuilder g = new("main");
        Value x = g.Input("x", new TensorType(ElementType.Float32, [2]));
        Value bytes = g.Constant("bytes", Tensor.FromSpan<sbyte>([1, 3], [2]));
        Value weight = g.Add("weight", Op.ConstexprAffineDequantize, new Op.AxisAttributes(0), bytes, g.Constant("zero", Tensor.Scalar((sbyte)1)), g.Constant("scale", Tensor.Scalar(0.5f)));
        Graph graph = g.Build(g.Add("y", Op.Mul, x, g.Add("root", Op.Square, weight)));
        using CpuBackend backend = new(1);

        FoldConstants.Run(graph, backend);

        GraphVerifier.Verify(graph);
        Assert.That(graph.Nodes.Select(node => node.Name), Is.EqualTo(["y"]));
        Assert.That(graph.Nodes[0].Inputs[1]!.Constant!.As<float>().ToArray(), Is.EqualTo([0f, 1]));
    }

    [Test]
    public void A_node_that_fails_stays_to_fail_when_it_is_run()
    {
        GraphBuilder g = new("main");
        Value rows = g.Constant("rows", Tensor.FromSpan([1, 2], [2]));
        Graph graph = g.Build(g.Add("row", Op.Scatter, new Op.ScatterAttributes(0, Op.ScatterMode.Div), rows, g.Constant("index", Tensor.FromSpan([1], [1])), g.Constant("zero", Tensor.FromSpan([0], [1]))));
        using CpuBackend backend = new(1);

        FoldConstants.Run(graph, backend);

        Assert.That(graph.Nodes.Select(node => node.Name), Is.EqualTo(["row"]));
    }

    [Test]
    public void What_would_grow_much_is_left_for_the_run()
    {
        GraphBuilder g = new("main");
        Value ones = g.Constant("ones", Tensor.FromSpan<float>([1], [1]));
        Graph graph = g.Build(g.Add("many", Op.Tile, ones, g.Constant("reps", Tensor.FromSpan([1 << 20], [1]))));
        using CpuBackend backend = new(1);

        FoldConstants.Run(graph, backend);

        Assert.That(graph.Nodes.Select(node => node.Name), Is.EqualTo(["many"]));
    }
}
