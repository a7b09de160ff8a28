using TensorLogic.Operators;
using ValueType = TensorLogic.Operators.ValueType;

namespace TensorLogic.Graphs;

/// <summary>A computation in SSA form: every value is made once, before its uses.</summary>
/// <remarks>Nodes stand in an order in which they can run. Print it with <see cref="ToString"/>.</remarks>
public sealed class Graph
{
    internal Graph(string name) => Name = name;

    /// <summary>Name, such as the function's.</summary>
    public string Name { get; }

    /// <summary>Values that a caller gives; states among them are listed in <see cref="States"/> instead.</summary>
    public IReadOnlyList<Value> Inputs => InputList;

    /// <summary>Values of type <see cref="StateValueType"/> that survive a run.</summary>
    public IReadOnlyList<Value> States => StateList;

    /// <summary>Values that a caller gets.</summary>
    public IReadOnlyList<Value> Outputs => OutputList;

    /// <summary>Nodes in running order.</summary>
    public IReadOnlyList<Node> Nodes => NodeList;

    internal List<Value> InputList { get; } = [];
    internal List<Value> StateList { get; } = [];
    internal List<Value> OutputList { get; } = [];
    internal List<Node> NodeList { get; } = [];

    /// <summary>The text form: one node a line.</summary>
    public override string ToString() => GraphText.Write(this);
}

/// <summary>A value: an input, a constant, or an output of a node.</summary>
public sealed class Value
{
    internal Value(string name, ValueType type) => (Name, Type) = (name, type);

    /// <summary>Name; unique in its graph.</summary>
    public string Name { get; internal set; }

    /// <summary>What flows.</summary>
    public ValueType Type { get; internal set; }

    /// <summary>Element type and shape of a tensor value.</summary>
    /// <exception cref="InvalidOperationException">The value is a list or a state.</exception>
    public TensorType TensorType => (Type as TensorValueType)?.Tensor ?? throw new InvalidOperationException($"'{Name}' is {Type}, not a tensor.");

    /// <summary>The node that makes it; null for inputs and constants.</summary>
    public Node? Producer { get; internal set; }

    /// <summary>The stored number block of a constant; null for other values.</summary>
    public Tensor? Constant { get; internal set; }

    /// <summary>True for a stored number block.</summary>
    public bool IsConstant => Constant is not null;

    /// <inheritdoc/>
    public override string ToString() => $"%{Name}: {Type}";
}

/// <summary>One use of an operator.</summary>
public sealed class Node
{
    internal Node(string name, Operator @operator, OperatorAttributes attributes, IEnumerable<Value?> inputs, IEnumerable<Value> outputs)
    {
        Name = name;
        Operator = @operator;
        Attributes = attributes;
        InputList = [.. inputs];
        OutputList = [.. outputs];
        foreach (Value output in OutputList) output.Producer = this;
    }

    /// <summary>Name, as in the file.</summary>
    public string Name { get; }

    /// <summary>The operator.</summary>
    public Operator Operator { get; }

    /// <summary>Its settings.</summary>
    public OperatorAttributes Attributes { get; }

    /// <summary>Inputs by the operator's signature; null where an optional one is left out.</summary>
    public IReadOnlyList<Value?> Inputs => InputList;

    /// <summary>Outputs.</summary>
    public IReadOnlyList<Value> Outputs => OutputList;

    /// <summary>Bodies of branches and loops; loop-carried values are their inputs and outputs, outer values are captured by reference.</summary>
    public IReadOnlyList<Graph> Subgraphs => SubgraphList;

    /// <summary>Where the node stands in its file, for errors.</summary>
    public string? Place { get; internal set; }

    internal List<Value?> InputList { get; }
    internal List<Value> OutputList { get; }
    internal List<Graph> SubgraphList { get; } = [];

    /// <summary>The node's line of the text form.</summary>
    public override string ToString() => GraphText.Write(this);
}
