using System.Collections.Immutable;
using TensorLogic.Operators;
using ValueType = TensorLogic.Operators.ValueType;

namespace TensorLogic.Graphs;

/// <summary>Checks that a graph is what <see cref="Graph"/> promises. Passes run it after themselves in tests.</summary>
internal static class GraphVerifier
{
    /// <summary>Deepest nesting of sub-graphs that is accepted.</summary>
    public const int MaxDepth = 64;

    /// <summary>Checks a graph and its sub-graphs.</summary>
    /// <exception cref="InvalidOperationException">A value is used before it is made, made twice, or of another type than inferred.</exception>
    public static void Verify(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Verify(graph, [], new Dictionary<string, Value>(StringComparer.Ordinal), 0);
    }

    private static void Verify(Graph graph, HashSet<Value> outer, Dictionary<string, Value> names, int depth)
    {
        if (depth > MaxDepth) throw Broken(graph, $"sub-graphs are nested deeper than {MaxDepth}");
        HashSet<Value> made = [.. outer];
        foreach (Value value in graph.Inputs.Concat(graph.States)) Define(value, null);
        foreach (Node node in graph.Nodes)
        {
            foreach (Value? input in node.Inputs)
                if (input is not null) Use(input, $"node '{node.Name}'");
            foreach (Graph subgraph in node.Subgraphs) Verify(subgraph, made, names, depth + 1);
            foreach (Value output in node.Outputs) Define(output, node);
            CheckTypes(graph, node);
        }
        foreach (Value output in graph.Outputs) Use(output, "the outputs");

        void Define(Value value, Node? producer)
        {
            if (!made.Add(value)) throw Broken(graph, $"'{value.Name}' is made twice");
            if (value.IsConstant) throw Broken(graph, $"the constant '{value.Name}' is also an input or an output of a node");
            if (value.Producer != producer) throw Broken(graph, $"'{value.Name}' names another producer than '{producer?.Name}'");
            Name(value);
        }

        void Use(Value value, string user)
        {
            if (!value.IsConstant && !made.Contains(value)) throw Broken(graph, $"{user} uses '{value.Name}' before it is made");
            if (value.IsConstant) Name(value);
        }

        void Name(Value value)
        {
            if (!names.TryAdd(value.Name, value) && names[value.Name] != value) throw Broken(graph, $"two values are named '{value.Name}'");
        }
    }

    private static void CheckTypes(Graph graph, Node node)
    {
        InferenceContext context = new(node.Operator, node.Name, node.Place, [.. node.Inputs.Select(input => input?.Type)], [.. node.Inputs.Select(input => input?.Constant)]);
        context.CheckSignature();
        if (node.Subgraphs.Count > 0) return;
        ImmutableArray<ValueType> types = node.Operator.Infer(context, node.Attributes);
        if (types.Length != node.Outputs.Count) throw Broken(graph, $"node '{node.Name}' has {node.Outputs.Count} outputs, '{node.Operator.Name}' gives {types.Length}");
        for (int i = 0; i < types.Length; i++)
            if (!Agree(types[i], node.Outputs[i].Type))
                throw Broken(graph, $"'{node.Outputs[i].Name}' is {node.Outputs[i].Type}, inferred is {types[i]}");
    }

    // A size may be known better on one side: constants that were folded later tell inference more.
    private static bool Agree(ValueType inferred, ValueType declared) => (inferred, declared) switch
    {
        (TensorValueType a, TensorValueType b) => Agree(a.Tensor, b.Tensor),
        (ListValueType a, ListValueType b) => Agree(a.Element, b.Element) && Inference.MayEqual(a.Length, b.Length),
        (StateValueType a, StateValueType b) => Agree(a.Tensor, b.Tensor),
        _ => false,
    };

    private static bool Agree(TensorType a, TensorType b) =>
        a.ElementType == b.ElementType && a.Rank == b.Rank && a.Dimensions.Zip(b.Dimensions).All(pair => Inference.MayEqual(pair.First, pair.Second));

    private static InvalidOperationException Broken(Graph graph, string problem) => new($"Graph '{graph.Name}' is not well formed: {problem}.");
}
