using TensorLogic.CoreML.Packages;
using TensorLogic.Graphs;

namespace TensorLogic.CoreML.Lowering;

/// <summary>What lowering a model and the models in it shares.</summary>
/// <param name="Name">Name of the model, for errors.</param>
/// <param name="Place">Path of the model in its file, for errors: <c>Model.pipeline.models[1]</c>.</param>
/// <param name="Backend">Where graphs run.</param>
/// <param name="Package">What was opened; linked models are looked for beside it. Null: there are none.</param>
/// <param name="Limits">Bounds.</param>
/// <param name="Links">Linked models that may still be opened.</param>
internal sealed record LoweringScope(string Name, string Place, IBackend Backend, CoreMLPackage? Package, LoadLimits Limits, LinkBudget Links)
{
    /// <summary>What makes the implementations of custom layers, by class name.</summary>
    public IReadOnlyDictionary<string, CustomLayerFactory> CustomLayers { get; init; } = new Dictionary<string, CustomLayerFactory>();

    /// <summary>The scope of a whole file.</summary>
    public static LoweringScope Of(string name, IBackend backend, CoreMLPackage? package, LoadLimits limits) => new(name, "Model", backend, package, limits, new LinkBudget());
}

/// <summary>How many linked models a model may open, those linked by others included. A circle of links ends here.</summary>
internal sealed class LinkBudget
{
    public const int Limit = 16;

    private int _opened;

    /// <exception cref="ModelLimitException">There are too many.</exception>
    public void Take(string file)
    {
        if (++_opened > Limit) throw new ModelLimitException(file, "Number of linked models", _opened, Limit);
    }
}
