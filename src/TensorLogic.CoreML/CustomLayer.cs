namespace TensorLogic;

/// <summary>An implementation of a <c>custom</c> layer of a neural network, as <c>MLCustomLayer</c> is on Apple's systems.</summary>
/// <remarks>Several threads may evaluate at once. Semantics: Core ML <c>MLCustomLayer</c>.</remarks>
public abstract class CustomLayer
{
    /// <summary>Shapes of the outputs for shapes of the inputs. It is also asked before a run, with sizes of 1 where they are not known yet.</summary>
    public abstract IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs);

    /// <summary>Computes the outputs.</summary>
    /// <param name="inputs">f32, contiguous, read only; borrowed until the call returns. Blobs of older networks are [sequence, batch, channel, height, width].</param>
    /// <param name="outputs">f32, contiguous, of the shapes given by <see cref="OutputShapes"/>, of undefined content; to be filled.</param>
    /// <param name="cancellation">To be asked in loops that take longer than some milliseconds.</param>
    public abstract void Evaluate(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> outputs, CancellationToken cancellation);
}

/// <summary>What a file says of a custom layer.</summary>
/// <param name="ClassName">Name of the class that implements it.</param>
/// <param name="LayerName">The author's name of the layer.</param>
/// <param name="Parameters">By name: <see cref="double"/>, <see cref="string"/>, <see cref="long"/> or <see cref="bool"/>.</param>
/// <param name="Weights">In order, each with one axis; valid as long as the model is open.</param>
public sealed record CustomLayerDescription(string ClassName, string LayerName, IReadOnlyDictionary<string, object> Parameters, IReadOnlyList<Tensor> Weights);

/// <summary>Makes the implementation of a custom layer; called once for each layer of its class.</summary>
public delegate CustomLayer CustomLayerFactory(CustomLayerDescription description);

/// <summary>Settings of <see cref="CoreMLRuntimeBuilderExtensions.AddCoreML(TensorLogicRuntimeBuilder, Action{CoreMLOptions}?)"/>.</summary>
public sealed class CoreMLOptions
{
    /// <summary>Implementations of custom layers by class name.</summary>
    public IDictionary<string, CustomLayerFactory> CustomLayers { get; } = new Dictionary<string, CustomLayerFactory>(StringComparer.Ordinal);
}
