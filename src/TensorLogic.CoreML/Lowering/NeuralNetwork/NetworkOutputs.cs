using TensorLogic.CoreML.Specification;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.NeuralNetwork;

/// <summary>How the blobs of a network become features.</summary>
internal sealed class NetworkOutputs(LayerScope scope, NeuralNetworkSpecification network, string file, string path)
{
    private readonly List<Value> _results = [];

    /// <summary>Outputs of the graph.</summary>
    public IReadOnlyList<Value> Results => _results;

    /// <param name="output">The feature.</param>
    /// <param name="description">The features of the function.</param>
    /// <param name="probabilities">The blob of a classifier's probabilities; empty for other kinds.</param>
    public OutputBinding Bind(FeatureDescription output, FunctionDescription description, string probabilities)
    {
        if (probabilities.Length > 0 && output.Name == description.PredictedFeatureName) return new ClassLabelOutput(output.Name, Probabilities(probabilities), network.ClassLabels);
        if (probabilities.Length > 0 && output.Type is DictionaryFeatureType && (output.Name == description.PredictedProbabilitiesName || output.Name == probabilities))
            return new ClassProbabilitiesOutput(output.Name, Probabilities(probabilities), network.ClassLabels);
        Blob blob = scope.Find(output.Name) ?? throw Broken($"The model declares the output '{output.Name}', which its layers do not give.");
        if (output.Type is ImageFeatureType image)
        {
            Value picture = blob.Value;
            while (picture.TensorType.Rank > 4 && picture.TensorType.Dimensions[0].Size == 1) picture = scope.Builder.Add($"{output.Name}.picture", Op.Squeeze, new Op.AxesAttributes([0]), picture);
            return new ImageOutput(output.Name, Result(picture), image.Layout);
        }
        Value value = Shaped(blob, output);
        if (output.Type is ScalarFeatureType { Kind: var kind }) return new NumberOutput(output.Name, Result(value), kind);
        if (output.Type is TensorFeatureType { Tensor.ElementType: var type } && type != value.TensorType.ElementType)
            value = scope.Builder.Add($"{output.Name}.as.{type.Name}", Op.Cast, new Op.CastAttributes(type), value);
        return new TensorOutput(output.Name, Result(value));
    }

    /// <summary>Blobs of exact networks are given as they are, or with the declared sizes if these hold as many elements. Those of older ones have the declared sizes, or lose the axes that say nothing:
    /// sequence and batch where both are 1, and then height and width.</summary>
    private Value Shaped(Blob blob, FeatureDescription output)
    {
        Value value = network.HasExactArrays || blob.Rank < 5 ? scope.Expand(blob, int.MaxValue) : blob.Value;
        if (output.Type is TensorFeatureType { Tensor: { IsStatic: true, Rank: > 0 } declared } && value.TensorType.IsStatic && declared.Shape.ElementCount == value.TensorType.Shape.ElementCount)
            return Reshaped(value, declared.Shape.Sizes.ToArray());
        if (network.HasExactArrays || blob.Rank < 5) return value;
        value = scope.Expand(blob, int.MaxValue);
        if (value.TensorType.Rank != 5 || value.TensorType.Dimensions[0].Size != 1 || value.TensorType.Dimensions[1].Size != 1) return value;
        int[] dropped = value.TensorType.Dimensions[3].Size == 1 && value.TensorType.Dimensions[4].Size == 1 ? [0, 1, 3, 4] : [0, 1];
        return scope.Builder.Add($"{output.Name}.bare", Op.Squeeze, new Op.AxesAttributes([.. dropped]), value);

        Value Reshaped(Value given, int[] sizes) =>
            given.TensorType.Shape.Sizes.SequenceEqual(sizes) ? given : scope.Builder.Add($"{output.Name}.declared", Op.Reshape, given, scope.Ints($"{output.Name}.sizes", sizes));
    }

    private int Probabilities(string name)
    {
        Blob blob = scope.Find(name) ?? throw Broken($"Expected a blob of probabilities, found no '{name}'.");
        if (network.ClassLabels.Count == 0) throw Broken("Expected class labels, found none.");
        if (blob.Value.TensorType is { IsStatic: true } type && type.Shape.ElementCount != network.ClassLabels.Count)
            throw Broken($"It has {network.ClassLabels.Count} labels for {type.Shape.ElementCount} probabilities.");
        return Result(blob.Value);
    }

    private int Result(Value value)
    {
        _results.Add(value);
        return _results.Count - 1;
    }

    private ModelFormatException Broken(string problem) => new(file, problem, field: path);
}
