using TensorLogic.CoreML.Protobuf;

namespace TensorLogic.CoreML.Specification;

/// <summary>A neural network: its layers, and what turns features into the layers' inputs and outputs.</summary>
/// <param name="Layers">In order. Those of branches and loops are inside the layer that holds them.</param>
internal sealed record NeuralNetworkSpecification(IReadOnlyList<LayerSpecification> Layers)
{
    /// <summary>True if arrays go to the layers with the sizes they have; false if they become [sequence, batch, channel, height, width].</summary>
    public bool HasExactArrays { get; init; }

    /// <summary>True if images go to the layers as [1, C, H, W]; false if as [1, 1, C, H, W].</summary>
    public bool HasRank4Images { get; init; }

    public IReadOnlyList<PreprocessingSpecification> Preprocessing { get; init; } = [];

    /// <summary>Labels of a classifier, strings or <see cref="long"/>; empty for other kinds.</summary>
    public IReadOnlyList<object> ClassLabels { get; init; } = [];

    /// <summary>The blob with the probabilities of a classifier; empty if it is not named.</summary>
    public string ProbabilitiesBlob { get; init; } = "";

    /// <summary>The layers and those inside them.</summary>
    public IEnumerable<LayerSpecification> AllLayers => Layers.SelectMany(layer => (IEnumerable<LayerSpecification>)[layer, .. layer.Bodies.Values.SelectMany(body => body.AllLayers)]);
}

/// <summary>What is done to an image before the layers see it.</summary>
/// <param name="Feature">Name of the input; empty for the only image.</param>
/// <param name="ChannelScale">Factor of every value; 1 where a mean image is subtracted.</param>
/// <param name="Red">Bias of the channel.</param>
/// <param name="Green">Bias of the channel.</param>
/// <param name="Blue">Bias of the channel.</param>
/// <param name="Gray">Bias of the channel.</param>
/// <param name="MeanImage">Values [C, H, W] to subtract, or null.</param>
internal sealed record PreprocessingSpecification(string Feature, float ChannelScale, float Red, float Green, float Blue, float Gray, float[]? MeanImage);

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
    IReadOnlyList<WeightSpecification> Weights)
{
    /// <summary>Networks of a branch or loop by field: <c>ifBranch</c>, <c>elseBranch</c>, <c>conditionNetwork</c>, <c>bodyNetwork</c>.</summary>
    public IReadOnlyDictionary<string, NeuralNetworkSpecification> Bodies { get; init; } = new Dictionary<string, NeuralNetworkSpecification>();

    /// <summary>Where the layer's message is, for its parameters; null where the file has none.</summary>
    public LayerContent? Content { get; init; }
}

/// <summary>The bytes of a layer's message, which may come in parts.</summary>
internal sealed record LayerContent(ProtobufSource Source, IReadOnlyList<(long Start, long Length)> Parts);

/// <summary>A <c>WeightParams</c> message with elements.</summary>
/// <param name="Field">Field of the layer, such as <c>weights</c> or <c>bias</c>.</param>
/// <param name="Storage">How the elements are stored.</param>
/// <param name="ByteCount">Stored size.</param>
/// <param name="ElementCount">Number of elements. Codes below 8 bits fill their last byte, and so may count some more.</param>
/// <param name="Read">The elements, decompressed, as one axis.</param>
internal sealed record WeightSpecification(string Field, Quantization Storage, long ByteCount, long ElementCount, Func<Tensor> Read)
{
    /// <summary>The first elements, decompressed, where scales belong to blocks of so many: outer · channels · inner elements, one scale for each
    /// channel. Null: elements are as they are read.</summary>
    public Func<(int Outer, int Channels, int Inner), Tensor>? Decompress { get; init; }
}
