using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.NeuralNetwork;

/// <summary>What each layer of a neural network stands for in the op table. Parameters, their numbers and defaults: Core ML <c>NeuralNetwork.proto</c>.</summary>
internal static partial class LayerRules
{
    /// <summary>Lowers one layer.</summary>
    public delegate void Rule(LayerCall call);

    private static readonly Dictionary<string, Rule> s_rules = new(
        [.. Activations(), .. Elementwise(), .. Broadcasting(), .. Normalizations(), .. Products(), .. Convolutions(), .. Pools(), .. Planes(), .. Arrangements(), .. Shapes(), .. Slices(),
         .. Reductions(), .. Recurrent(), .. Fills(), .. RandomTensors()], StringComparer.Ordinal);

    /// <summary>Names of the layers that can be lowered.</summary>
    public static IReadOnlyCollection<string> Names => s_rules.Keys;

    /// <summary>The rule of a layer, or null.</summary>
    public static Rule? Find(string type) => s_rules.GetValueOrDefault(type);

    private static KeyValuePair<string, Rule> Row(string name, Rule rule) => new(name, rule);

    /// <summary>A function of each element.</summary>
    private static KeyValuePair<string, Rule> Map(string name, Func<LayerCall, Value, Value> map) => Row(name, call => call.Emit(map(call, call.Input().Value), call.Input().Rank));

    private static KeyValuePair<string, Rule> Map(string name, Operator @operator) => Map(name, (call, x) => call.Add("out", @operator, x));
}
