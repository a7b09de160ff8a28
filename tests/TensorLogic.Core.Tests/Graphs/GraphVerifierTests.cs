using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Core.Tests.Graphs;

public class GraphVerifierTests
{
    private static readonly TensorType Vector = new(ElementType.Float32, [3]);

    private static Graph Chain()
    {
        GraphBuilder g = new("main");
        Value x = g.Input("x", Vector);
        return g.Build(g.Add("b", Op.Exp, g.Add("a", Op.Relu, x)));
    }

    [Test]
    public void A_built_graph_is_well_formed() => Assert.That(() => GraphVerifier.Verify(Chain()), Throws.Nothing);

    [Test]
    public void A_value_used_before_it_is_made_is_found()
    {
        Graph graph = Chain();
        graph.NodeList.Reverse();

        Assert.That(() => GraphVerifier.Verify(graph), Throws.InvalidOperationException.With.Message.Contains("uses 'a' before it is made"));
    }

    [Test]
    public void Two_values_of_one_name_are_found()
    {
        Graph graph = Chain();
        graph.NodeList[1].OutputList[0].Name = "a";

        Assert.That(() => GraphVerifier.Verify(graph), Throws.InvalidOperationException.With.Message.Contains("two values are named 'a'"));
    }

    [Test]
    public void A_type_that_is_not_the_inferred_one_is_found()
    {
        Graph graph = Chain();
        graph.NodeList[1].OutputList[0].Type = new TensorValueType(new(ElementType.Float32, [4]));

        Assert.That(() => GraphVerifier.Verify(graph), Throws.InvalidOperationException.With.Message.Contains("inferred is f32[3]"));
    }

    [Test]
    public void A_copy_is_well_formed_and_shares_no_value()
    {
        Graph graph = Chain(), copy = GraphCopy.Of(graph);

        GraphVerifier.Verify(copy);
        Assert.That(copy.ToString(), Is.EqualTo(graph.ToString()));
        Assert.That(copy.Nodes.SelectMany(node => node.Outputs).Intersect(graph.Nodes.SelectMany(node => node.Outputs)), Is.Empty);
    }
}
