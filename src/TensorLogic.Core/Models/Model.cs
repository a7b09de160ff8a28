using TensorLogic.Graphs;

namespace TensorLogic;

/// <summary>What every opened model shares; a format derives from it.</summary>
internal abstract class Model : IModel
{
    public abstract ModelMetadata Metadata { get; }
    public virtual IReadOnlyList<FeatureDescription> Inputs => [];
    public virtual IReadOnlyList<FeatureDescription> Outputs => [];
    public virtual IReadOnlyList<FeatureDescription> States => [];
    public virtual IReadOnlyList<string> Functions => [];
    public virtual Device Device => Device.Cpu;
    public abstract IReadOnlyDictionary<string, ModelTensor> Tensors { get; }

    public virtual void Prepare(CancellationToken cancellation = default) => throw NothingToRun();

    public virtual Features Predict(Features inputs, ModelState? state = null, CancellationToken cancellation = default) => throw NothingToRun();

    public virtual IReadOnlyList<StepProfile> Profile(Features inputs, int runs = 20, CancellationToken cancellation = default) => throw NothingToRun();

    public Task<Features> PredictAsync(Features inputs, ModelState? state = null, CancellationToken cancellation = default) =>
        Task.Run(() => Predict(inputs, state, cancellation), cancellation);

    public virtual ModelState CreateState() => new(States.Select(description =>
        KeyValuePair.Create(description.Name, Tensor.Create(((TensorFeatureType)description.Type).Tensor.ElementType, ((TensorFeatureType)description.Type).Tensor.Shape))));

    public virtual IReadOnlyList<Finding> Advise() => [];

    public virtual IReadOnlyList<Graph> Graphs => [];

    public virtual string ToText() => "";

    private UnsupportedOperatorException NothingToRun() => new("predict", $"a {Metadata.Format} file holds tensors and no operations")
    {
        Place = Metadata.Name,
        Remedy = "Read its tensors with model.Tensors.",
    };

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
