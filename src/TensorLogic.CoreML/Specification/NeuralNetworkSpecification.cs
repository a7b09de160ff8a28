namespace TensorLogic.CoreML.Specification;

/// <summary>The layers of a neural network.</summary>
/// <param name="Layers">In order.</param>
internal sealed record NeuralNetworkSpecification(IReadOnlyList<LayerSpecification> Layers);

/// <summary>One layer of a neural network.</summary>
/// <param name="Type">Name of the layer's message in the format, such as <c>convolution</c> or <c>innerProduct</c>.</param>
/// <param name="Name">The author's name.</param>
/// <param name="Inputs">Names of blobs.</param>
/// <param name="Outputs">Names of blobs.</param>
/// <param name="Weights">Weights with elements, by field.</param>
internal sealed record LayerSpecification(
    string Type,
    string Name,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<string> Outputs,
    IReadOnlyList<WeightSpecification> Weights);

/// <summary>A <c>WeightParams</c> message with elements.</summary>
/// <param name="Field">Field of the layer, such as <c>weights</c> or <c>bias</c>.</param>
/// <param name="Storage">How the elements are stored.</param>
/// <param name="ByteCount">Stored size.</param>
/// <param name="ElementCount">Number of elements.</param>
/// <param name="Read">The elements, decompressed, as one axis.</param>
internal sealed record WeightSpecification(string Field, Quantization Storage, long ByteCount, long ElementCount, Func<Tensor> Read);
