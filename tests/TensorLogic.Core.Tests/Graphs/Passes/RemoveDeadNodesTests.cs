using TensorLogic.Graphs;
using TensorLogic.Graphs.Passes;
using TensorLogic.Operators;

namespace TensorLogic.Core.Tests.Graphs.Passes;

public class RemoveDeadNodesTests
{
    [Test]
    public void What_nobody_uses_goes_and_what_feeds_it()
    {
        GraphBuilder g = new("main");
        Value x = g.Input("x", new TensorType(ElementType.Float32, [2]));
        g.Add("unused", Op.Exp, g.Add("feeds_unused", Op.Abs, x));
        Graph graph = g.Build(g.Add("y", Op.Relu, x));

        RemoveDeadNodes.Run(graph);

        GraphVerifier.Verify(graph);
        Assert.That(graph.Nodes.Select(node => node.Name), Is.EqualTo(["y"]));
    }

    [Test]
    public void A_state_is_still_written()
    {
        GraphBuilder g = new("main");
        TensorType type = new(ElementType.Float32, [2]);
        Value x = g.Input("x", type), state = g.State("s", type);
        g.AddNode("write", Op.WriteState, NoAttributes.Value, [state, g.Add("next", Op.Exp, x)], []);
        Graph graph = g.Build(g.Add("y", Op.Relu, x));

        RemoveDeadNodes.Run(graph);

        Assert.That(graph.Nodes.Select(node => node.Name), Is.EqualTo(["next", "write", "y"]));
    }
}
