using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.NeuralNetwork;

/// <summary>The blobs of a network while it is lowered. The network of a branch or loop sees those around it.</summary>
internal sealed class LayerScope(GraphBuilder builder, LayerScope? outer = null)
{
    private readonly Dictionary<string, Blob> _blobs = new(StringComparer.Ordinal);
    private readonly Dictionary<(Value, int), Value> _expanded = [];
    private readonly List<Tensor> _tensors = outer?._tensors ?? [];

    public GraphBuilder Builder => builder;

    /// <summary>0 for the network itself.</summary>
    public int Depth { get; } = outer is null ? 0 : outer.Depth + 1;

    /// <summary>The tensors of the graph's constants; they live as long as the graph.</summary>
    public IReadOnlyList<Tensor> Tensors => _tensors;

    /// <summary>Names that were set here, and not around.</summary>
    public IEnumerable<string> Names => _blobs.Keys;

    public Blob? Find(string name) => _blobs.TryGetValue(name, out Blob? blob) ? blob : outer?.Find(name);

    public void Set(string name, Blob blob) => _blobs[name] = blob;

    /// <summary>A constant; the scope keeps the tensor.</summary>
    public Value Constant(string name, Tensor tensor)
    {
        _tensors.Add(tensor);
        return builder.Constant(name, tensor);
    }

    public Value Ints(string name, params ReadOnlySpan<int> values) => Constant(name, Tensor.FromSpan(values, [values.Length]));

    public Value Scalar(string name, float value) => Constant(name, Tensor.FromSpan<float>([value], []));

    /// <summary>The value of a blob with so many axes, at least as many as it has and at most its rank.</summary>
    public Value Expand(Blob blob, int rank)
    {
        int missing = Math.Min(rank, blob.Rank) - blob.Value.TensorType.Rank;
        if (missing <= 0) return blob.Value;
        if (_expanded.TryGetValue((blob.Value, missing), out Value? known)) return known;
        return _expanded[(blob.Value, missing)] = builder.Add($"{blob.Value.Name}.ranked", Op.ExpandDims, new Op.AxesAttributes([.. Enumerable.Range(0, missing)]), blob.Value);
    }
}
