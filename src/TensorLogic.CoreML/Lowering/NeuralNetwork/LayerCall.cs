using TensorLogic.CoreML.Specification;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.NeuralNetwork;

/// <summary>One layer being lowered: its inputs as values of the graph, its parameters and weights, and where its results go.</summary>
/// <remarks>All values are floats of 32 bits, as blobs are; operators that take integers or truth values get converted ones.</remarks>
internal sealed class LayerCall(LayerSpecification layer, LayerScope scope, string file, string path, NetworkContext network)
{
    private LayerMessage? _parameters;
    private readonly bool[] _used = new bool[layer.Inputs.Count];

    public LayerSpecification Layer => layer;

    public LayerScope Scope => scope;

    public NetworkContext Network => network;

    public LayerMessage Parameters => _parameters ??= LayerMessage.Read(layer.Content, $"{path}: {layer.Type} '{layer.Name}'");

    public string Place => $"{file} > {path}: {layer.Type} '{layer.Name}'";

    public ModelFormatException Broken(string problem) => new(file, problem, field: $"{path}: {layer.Type} '{layer.Name}'");

    /// <summary>Lowers the layer by its rule.</summary>
    /// <exception cref="ModelFormatException">Its inputs or weights do not fit.</exception>
    public void Apply(LayerRules.Rule rule)
    {
        try
        {
            rule(this);
            if (Array.IndexOf(_used, false) is >= 0 and var extra) throw Broken($"It takes fewer inputs; '{layer.Inputs[extra]}' is of no use to it.");
        }
        catch (ShapeException error)
        {
            // No caller's tensor is at fault here, the file is.
            throw Broken($"Its input '{error.Input}' is {error.Actual}, expected {error.Expected}.");
        }
    }

    /// <summary>Path of the layers inside this one.</summary>
    public string PathOf(string body) => $"{path}.{body}.layers";

    /// <summary>The scope of a sub-graph of this layer.</summary>
    /// <exception cref="ModelFormatException">Layers nest too deep.</exception>
    public LayerScope Inner(GraphBuilder builder)
    {
        if (scope.Depth >= GraphVerifier.MaxDepth) throw Broken($"Branches and loops are nested deeper than {GraphVerifier.MaxDepth}.");
        builder.Place = Place;
        return new(builder, scope);
    }

    /// <summary>The same layer in another scope.</summary>
    public LayerCall In(LayerScope inner) => new(layer, inner, file, path, network);

    public int InputCount => layer.Inputs.Count;

    public bool Has(int input) => input < layer.Inputs.Count;

    /// <exception cref="ModelFormatException">There are fewer inputs, or no layer before made it.</exception>
    public Blob Input(int index = 0)
    {
        if (index >= layer.Inputs.Count) throw Broken($"It has {layer.Inputs.Count} inputs, expected at least {index + 1}.");
        _used[index] = true;
        return scope.Find(layer.Inputs[index]) ?? throw Broken($"Its input '{layer.Inputs[index]}' is no blob made before.");
    }

    /// <summary>An input with all axes that the format gives it.</summary>
    public Value Full(int index = 0) => scope.Expand(Input(index), int.MaxValue);

    /// <summary>An input with at least so many axes; those that it lacks have size 1.</summary>
    public Value AtLeast(int rank, int index = 0)
    {
        Blob blob = Input(index);
        return blob.Rank >= rank ? scope.Expand(blob, rank) : throw Broken($"Its input '{layer.Inputs[index]}' has {blob.Rank} axes, expected at least {rank}.");
    }

    /// <summary>An input as integers: what stands behind the point is dropped.</summary>
    public Value Integers(int index)
    {
        Value value = Full(index);
        // Where the float was made of integers, these are the ones.
        if (value.Producer is { Operator: var made } && made == Op.Cast && value.Producer.Inputs[0] is { Type: TensorValueType { Tensor.ElementType: var type } } source && type == ElementType.Int32) return source;
        return Add("indices", Op.Cast, new Op.CastAttributes(ElementType.Int32), value);
    }

    /// <summary>An input as truth values: what is not 0 is true.</summary>
    public Value Truth(int index)
    {
        Value value = Full(index);
        if (value.Producer is { Operator: var made } && made == Op.Cast && value.Producer.Inputs[0] is { Type: TensorValueType { Tensor.ElementType: var type } } source && type == ElementType.Bool) return source;
        return Add("truth", Op.NotEqual, value, Scalar("zero", 0));
    }

    public Value AsFloat(Value value) => value.TensorType.ElementType == ElementType.Float32 ? value : Add("float", Op.Cast, new Op.CastAttributes(ElementType.Float32), value);

    public Value Ints(string role, params ReadOnlySpan<int> values) => scope.Ints($"{layer.Name}.{role}", values);

    public Value Scalar(string role, float value) => scope.Scalar($"{layer.Name}.{role}", value);

    public Value Add(string role, Operator @operator, OperatorAttributes attributes, params ReadOnlySpan<Value?> inputs) => scope.Builder.Add($"{layer.Name}.{role}", @operator, attributes, inputs);

    public Value Add(string role, Operator @operator, params ReadOnlySpan<Value?> inputs) => Add(role, @operator, NoAttributes.Value, inputs);

    public IReadOnlyList<Value> AddSeveral(string role, Operator @operator, OperatorAttributes attributes, params Value?[] inputs) =>
        scope.Builder.AddNode($"{layer.Name}.{role}", @operator, attributes, inputs, []).Outputs;

    /// <summary>The sizes of a value as integers; a constant where they are known.</summary>
    public Value SizesOf(Value value) => value.TensorType is { IsStatic: true } type ? Ints("sizes", type.Shape.Sizes) : Add("sizes", Op.ShapeOf, value);

    /// <summary>Sets an output. No blob is without axes: a single number is a vector of one.</summary>
    /// <param name="value">The result.</param>
    /// <param name="rank">Rank that the format gives it; 0: that of the value.</param>
    /// <param name="output">Which output. One that the layer does not name is dropped.</param>
    public void Emit(Value value, int rank = 0, int output = 0)
    {
        if (output >= layer.Outputs.Count) return;
        value = AsFloat(value);
        bool isNumber = value.TensorType.Rank == 0;
        if (isNumber) value = Add("vector", Op.ExpandDims, new Op.AxesAttributes([0]), value);
        scope.Set(layer.Outputs[output], new Blob(value, Math.Max(rank, value.TensorType.Rank)) { IsNumber = isNumber });
    }

    public void Emit(Operator @operator, OperatorAttributes attributes, params ReadOnlySpan<Value?> inputs) => Emit(Add("out", @operator, attributes, inputs));

    public void Emit(Operator @operator, params ReadOnlySpan<Value?> inputs) => Emit(Add("out", @operator, inputs));

    /// <summary>Computes with an input as [batch, C, H, W], whatever axes stand before, and gives the result these axes again.</summary>
    /// <param name="compute">From [batch, C, H, W] to four axes with the same batch.</param>
    /// <param name="least">Axes that the format asks for at least.</param>
    public void OnPlanes(Func<Value, Value> compute, int least = 3)
    {
        Blob blob = Input();
        if (blob.Rank < least) throw Broken($"Its input '{layer.Inputs[0]}' has {blob.Rank} axes, expected at least {least}.");
        Value value = scope.Expand(blob, 4);
        int rank = value.TensorType.Rank;
        if (rank == 4)
        {
            Emit(compute(value), blob.Rank);
        }
        else if (rank < 4)
        {
            int[] missing = [.. Enumerable.Range(0, 4 - rank)];
            Value planes = compute(Add("planes", Op.ExpandDims, new Op.AxesAttributes([.. missing]), value));
            Emit(Add("out", Op.Squeeze, new Op.AxesAttributes([.. missing]), planes), blob.Rank);
        }
        else if (rank == 5 && value.TensorType.Dimensions[0].Size == 1)
        {
            Emit(compute(Add("planes", Op.Squeeze, new Op.AxesAttributes([0]), value)), blob.Rank);
        }
        else
        {
            Value planes = compute(Add("planes", Op.MergeAxes, new Op.AxisRangeAttributes(0, rank - 4), value));
            Emit(Add("out", Op.SplitAxis, new Op.AxisRangeAttributes(0, rank - 4), planes, value), blob.Rank);
        }
    }

    public bool HasWeight(string field) => layer.Weights.Any(weight => weight.Field == field);

    /// <summary>A weight as floats.</summary>
    /// <param name="field">Field of the layer.</param>
    /// <param name="shape">What the layer's parameters say it has.</param>
    /// <exception cref="ModelFormatException">It is missing or has other elements.</exception>
    public Value Weight(string field, params ReadOnlySpan<int> shape) => scope.Constant($"{layer.Name}.{field}", ReadWeight(field, channelAxis: 0, shape));

    /// <summary>A weight whose scales belong to an axis other than the first.</summary>
    public Value WeightByAxis(string field, int channelAxis, params ReadOnlySpan<int> shape) => scope.Constant($"{layer.Name}.{field}", ReadWeight(field, channelAxis, shape));

    public Value? OptionalWeight(bool present, string field, params ReadOnlySpan<int> shape) => present ? Weight(field, shape) : null;

    /// <summary>Checks that a weight is there with the elements of a shape, before anything of such a size is made.</summary>
    /// <exception cref="ModelFormatException">It is missing or has other elements.</exception>
    public void RequireWeight(string field, params ReadOnlySpan<int> shape) => FindWeight(field, shape);

    private WeightSpecification FindWeight(string field, ReadOnlySpan<int> shape)
    {
        WeightSpecification weight = layer.Weights.FirstOrDefault(weight => weight.Field == field) ?? throw Broken($"The weight '{field}' is missing.");
        Int128 count = 1;
        foreach (int size in shape) count *= size > 0 ? size : throw Broken($"The weight '{field}' has a size of {size} by the parameters.");
        bool fits = weight.Decompress is null ? weight.ElementCount == count : weight.ElementCount >= count && weight.ElementCount - count < 8;
        if (!fits) throw Broken($"The weight '{field}' has {weight.ElementCount} elements, expected {count} for [{string.Join(", ", shape.ToArray())}].");
        return weight;
    }

    /// <summary>The elements of a weight; the caller disposes the tensor.</summary>
    public Tensor ReadWeight(string field, int channelAxis, params ReadOnlySpan<int> shape)
    {
        WeightSpecification weight = FindWeight(field, shape);
        int outer = 1, inner = 1;
        for (int axis = 0; axis < shape.Length; axis++)
            if (axis < channelAxis) outer *= shape[axis];
            else if (axis > channelAxis) inner *= shape[axis];
        using Tensor flat = weight.Decompress is null ? weight.Read() : weight.Decompress((outer, shape.Length == 0 ? 1 : shape[channelAxis], inner));
        using Tensor floats = flat.ElementType == ElementType.Float32 ? flat.Contiguous() : flat.To(ElementType.Float32);
        return floats.Reshape(shape);
    }

    /// <summary>A parameter of an integer size: at least 1.</summary>
    public int Size(int field, string name) => Parameters.Integer(field) is > 0 and <= int.MaxValue and var size ? (int)size : throw Broken($"The parameter '{name}' is {Parameters.Integer(field)}, expected 1 or more.");

    /// <summary>A list of sizes for so many axes, each at least 1; where it is left out, the same for each.</summary>
    public int[] Sizes(int field, string name, int axes, int otherwise)
    {
        int[] sizes = Parameters.Integers(field, name);
        if (sizes.Length == 0) return [.. Enumerable.Repeat(otherwise, axes)];
        return sizes.Length == axes && sizes.All(size => size > 0) ? sizes : throw Broken($"The parameter '{name}' is [{string.Join(", ", sizes)}], expected {axes} sizes above 0.");
    }

    /// <summary>An axis from the front.</summary>
    public int Axis(long axis, int rank) => axis >= -rank && axis < rank ? (int)(axis < 0 ? axis + rank : axis) : throw Broken($"The parameter 'axis' is {axis}; its input has {rank} axes.");
}
