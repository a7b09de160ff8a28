using TensorLogic.CoreML.Specification;

namespace TensorLogic.CoreML.Lowering.NeuralNetwork;

/// <summary>What the layers of a network share while they are lowered.</summary>
/// <param name="network">The whole network.</param>
/// <param name="results">Blobs that the model gives.</param>
/// <param name="file">Path of the model, for errors.</param>
/// <param name="limits">Bounds.</param>
/// <param name="customLayers">What makes the implementations of custom layers, by class name.</param>
internal sealed class NetworkContext(NeuralNetworkSpecification network, IEnumerable<string> results, string file, LoadLimits limits, IReadOnlyDictionary<string, CustomLayerFactory> customLayers)
{
    // The network of a loop is lowered more than once where sizes change from one iteration to the next, and so are loops in it.
    private const int LoweringsPerLayer = 64;

    private readonly Dictionary<string, int> _uses = CountUses(network, results);
    private long _left = (long)LoweringsPerLayer * network.AllLayers.Count() + LoweringsPerLayer;

    public string File => file;

    public LoadLimits Limits => limits;

    public IReadOnlyDictionary<string, CustomLayerFactory> CustomLayers => customLayers;

    /// <summary>Counts one lowering of a layer.</summary>
    /// <exception cref="ModelLimitException">Loops nest so that layers would be lowered too often.</exception>
    public void Count()
    {
        if (--_left < 0) throw new ModelLimitException(file, "Number of layers, those of nested loops counted again", (Int128)LoweringsPerLayer * network.AllLayers.Count() + 1, LoweringsPerLayer * network.AllLayers.Count());
    }

    /// <summary>True if a blob is used by something else than the layers inside of one.</summary>
    public bool IsUsedOutside(string name, LayerSpecification layer) =>
        _uses.GetValueOrDefault(name) > layer.Bodies.Values.Sum(body => body.AllLayers.Sum(inner => inner.Inputs.Count(input => input == name)));

    private static Dictionary<string, int> CountUses(NeuralNetworkSpecification network, IEnumerable<string> results)
    {
        var uses = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string name in network.AllLayers.SelectMany(layer => layer.Inputs).Concat(results)) uses[name] = uses.GetValueOrDefault(name) + 1;
        return uses;
    }
}
