using System.Collections.Immutable;
using TensorLogic.Operators;
using ValueType = TensorLogic.Operators.ValueType;

namespace TensorLogic.Graphs;

/// <summary>Builds a graph node by node; types are inferred as nodes are added.</summary>
/// <remarks>A name is kept as given; on a clash it gets a number.</remarks>
internal sealed class GraphBuilder(string name, GraphBuilder? outer = null)
{
    private readonly Graph _graph = new(name);
    private readonly Dictionary<string, int> _names = outer is null ? new(StringComparer.Ordinal) : outer._names;

    /// <summary>Where the next nodes stand in their file.</summary>
    public string? Place { get; set; }

    public Value Input(string name, TensorType type) => Listed(_graph.InputList, name, new TensorValueType(type));

    public Value Input(string name, ValueType type) => Listed(_graph.InputList, name, type);

    public Value State(string name, TensorType type) => Listed(_graph.StateList, name, new StateValueType(type));

    /// <summary>A constant; the graph keeps the tensor.</summary>
    public Value Constant(string name, Tensor tensor) => new(Unique(name), new TensorValueType(tensor.Type)) { Constant = tensor };

    /// <summary>Adds a node with one output, named like the node.</summary>
    public Value Add(string name, Operator @operator, OperatorAttributes attributes, params ReadOnlySpan<Value?> inputs) =>
        AddNode(name, @operator, attributes, inputs.ToArray(), [name]).Outputs[0];

    /// <summary>Adds a node without attributes with one output, named like the node.</summary>
    public Value Add(string name, Operator @operator, params ReadOnlySpan<Value?> inputs) => Add(name, @operator, NoAttributes.Value, inputs);

    /// <summary>Adds a node; outputs beyond the given names are named <c>node.1</c>, <c>node.2</c>, ….</summary>
    public Node AddNode(string name, Operator @operator, OperatorAttributes attributes, IReadOnlyList<Value?> inputs, IReadOnlyList<string> outputNames, IEnumerable<Graph>? subgraphs = null)
    {
        InferenceContext context = new(@operator, name, Place, [.. inputs.Select(input => input?.Type)], [.. inputs.Select(input => input?.Constant)]);
        context.CheckSignature();
        ImmutableArray<ValueType> types = @operator.Infer(context, attributes);
        IEnumerable<Value> outputs = types.Select((type, index) => new Value(Unique(index < outputNames.Count ? outputNames[index] : $"{name}.{index}"), type));
        Node node = new(name, @operator, attributes, inputs, outputs.ToArray()) { Place = Place };
        if (subgraphs is not null) node.SubgraphList.AddRange(subgraphs);
        _graph.NodeList.Add(node);
        return node;
    }

    /// <summary>Ends building.</summary>
    public Graph Build(params ReadOnlySpan<Value> outputs)
    {
        _graph.OutputList.AddRange(outputs);
        return _graph;
    }

    private Value Listed(List<Value> list, string name, ValueType type)
    {
        Value value = new(Unique(name), type);
        list.Add(value);
        return value;
    }

    private string Unique(string name)
    {
        if (_names.TryAdd(name, 0)) return name;
        string unique;
        do unique = $"{name}.{++_names[name]}";
        while (!_names.TryAdd(unique, 0));
        return unique;
    }
}
