using TensorLogic.CoreML.Specification;
using TensorLogic.Graphs;

namespace TensorLogic.CoreML.Lowering.Mil;

/// <summary>The names of a function while it is lowered: values of the graph, and constants that become values once they are used as such.</summary>
internal sealed class MilScope(GraphBuilder builder, MilScope? outer = null)
{
    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MilValue> _constants = new(StringComparer.Ordinal);
    private readonly List<Tensor> _tensors = outer?._tensors ?? [];

    public GraphBuilder Builder => builder;

    /// <summary>Number of scopes around it, whose names it sees.</summary>
    public int Depth { get; } = outer is null ? 0 : outer.Depth + 1;

    /// <summary>The tensors that the graph's constants view; they live as long as the graph.</summary>
    public IReadOnlyList<Tensor> Tensors => _tensors;

    public void Set(string name, Value value)
    {
        _values[name] = value;
        _constants.Remove(name);
    }

    public void Set(string name, MilValue constant)
    {
        _constants[name] = constant;
        _values.Remove(name);
    }

    /// <summary>The constant of a name, or null if it is none.</summary>
    public MilValue? Constant(string name) => _constants.GetValueOrDefault(name) ?? (_values.ContainsKey(name) ? null : outer?.Constant(name));

    /// <summary>The graph's value of a name, or null if the name is unknown or stands for strings.</summary>
    public Value? Find(string name)
    {
        if (_values.TryGetValue(name, out Value? value)) return value;
        if (!_constants.TryGetValue(name, out MilValue? constant)) return outer?.Find(name);
        if (constant is not MilTensorValue tensor) return null;
        return _values[name] = Constant(name, tensor);
    }

    /// <summary>A constant of the graph.</summary>
    public Value Constant(string name, MilTensorValue constant) => Constant(name, constant.Read());

    /// <summary>A constant of the graph; the scope keeps the tensor.</summary>
    public Value Constant(string name, Tensor tensor)
    {
        _tensors.Add(tensor);
        return builder.Constant(name, tensor);
    }
}
