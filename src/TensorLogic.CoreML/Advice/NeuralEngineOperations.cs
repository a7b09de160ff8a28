using System.Collections.Frozen;

namespace TensorLogic.CoreML.Advice;

/// <summary>Operations of ML Programs that do not run on the Neural Engine. Convolution, matrix products, pooling, normalisation, activations
/// and elementwise arithmetic do, and moving data with fixed sizes does.</summary>
internal static class NeuralEngineOperations
{
    private static readonly (string Reason, string Remedy) ControlFlow = (
        "Which operations run is decided by values; the Neural Engine runs a fixed sequence.",
        "Unroll the loop, or take both branches and choose with select, or call several functions from the application.");

    private static readonly (string Reason, string Remedy) Recurrent = (
        "Each step waits for the one before it; the Neural Engine has no recurrent cells.",
        "Use convolutions or attention over the sequence, or keep the recurrent part in a model of its own for the CPU.");

    private static readonly (string Reason, string Remedy) DataDependent = (
        "The size of its result depends on values; the Neural Engine needs sizes that are known before loading.",
        "Do this step in the application, on the model's outputs.");

    private static readonly (string Reason, string Remedy) Indexed = (
        "It reads or writes at places that values name; the Neural Engine moves data in fixed patterns.",
        "Use slices with constant bounds, a product with a one-hot matrix, or do this step in the application.");

    private static readonly (string Reason, string Remedy) Sorting = (
        "It orders elements by value, which older Neural Engines cannot do.",
        "Do this step in the application, on the model's outputs.");

    private static readonly (string Reason, string Remedy) Random = (
        "The Neural Engine makes no random numbers.",
        "Make them in the application and give them as an input.");

    private static readonly FrozenDictionary<string, (string Reason, string Remedy)> Elsewhere = new Dictionary<string, (string, string)>
    {
        ["cond"] = ControlFlow,
        ["while_loop"] = ControlFlow,
        ["make_list"] = ControlFlow,
        ["list_gather"] = ControlFlow,
        ["list_length"] = ControlFlow,
        ["list_read"] = ControlFlow,
        ["list_scatter"] = ControlFlow,
        ["list_write"] = ControlFlow,
        ["gru"] = Recurrent,
        ["lstm"] = Recurrent,
        ["rnn"] = Recurrent,
        ["non_zero"] = DataDependent,
        ["non_maximum_suppression"] = DataDependent,
        ["gather_nd"] = Indexed,
        ["scatter"] = Indexed,
        ["scatter_along_axis"] = Indexed,
        ["scatter_nd"] = Indexed,
        ["argsort"] = Sorting,
        ["topk"] = Sorting,
        ["random_bernoulli"] = Random,
        ["random_categorical"] = Random,
        ["random_normal"] = Random,
        ["random_uniform"] = Random,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Why an operation runs elsewhere and what to do about it; null for one that can run on the engine.</summary>
    public static (string Reason, string Remedy)? WhyElsewhere(string operation) => Elsewhere.TryGetValue(operation, out (string, string) why) ? why : null;
}
