using TensorLogic.Graphs;
using System.Text;

namespace TensorLogic.Tests.Tool;

/// <summary>A model whose description and answers a test decides.</summary>
internal sealed class FakeModel : IModel
{
    public ModelMetadata Metadata { get; init; } = new() { Format = new("Fake"), Name = "model.fake" };
    public IReadOnlyList<FeatureDescription> Inputs { get; init; } = [];
    public IReadOnlyList<FeatureDescription> Outputs { get; init; } = [];
    public IReadOnlyList<FeatureDescription> States { get; init; } = [];
    public IReadOnlyList<string> Functions { get; init; } = [];
    public Device Device => Device.Cpu;
    public IReadOnlyDictionary<string, ModelTensor> Tensors { get; init; } = new Dictionary<string, ModelTensor>();
    public Func<Features, Features> Answer { get; init; } = _ => [];
    public IReadOnlyList<Finding> Findings { get; init; } = [];
    public string Text { get; init; } = "";

    public void Prepare(CancellationToken cancellation = default)
    {
    }

    public Features Predict(Features inputs, ModelState? state = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return Answer(inputs);
    }

    public Task<Features> PredictAsync(Features inputs, ModelState? state = null, CancellationToken cancellation = default) =>
        Task.FromResult(Predict(inputs, state, cancellation));

    public IReadOnlyList<StepProfile> Profile(Features inputs, int runs = 20, CancellationToken cancellation = default) => [];

    public IReadOnlyList<Graph> Graphs => [];

    public ModelState CreateState() => throw new NotSupportedException();
    public IReadOnlyList<Finding> Advise() => Findings;
    public string ToText() => Text;

    public void Dispose()
    {
    }
}

/// <summary>Opens files that begin with "FAKE" as a given model.</summary>
internal sealed class FakeLoader(Func<LoadOptions, IModel> open) : IModelLoader
{
    public FakeLoader(IModel model) : this(_ => model)
    {
    }

    public ModelFormat Format { get; } = new("Fake");
    public string Signature => "\"FAKE\" in the first four bytes";
    public IReadOnlyList<Device> NativeDevices => [];
    public bool Matches(ModelCandidate candidate) => candidate.Start.StartsWith("FAKE"u8);
    public IModel Load(string path, LoadContext context) => open(context.Options);

    /// <summary>Writes a file that this loader opens.</summary>
    public static string File(TemporaryFolder folder, string name = "model.fake")
    {
        string path = folder.Path(name);
        System.IO.File.WriteAllText(path, "FAKE", Encoding.ASCII);
        return path;
    }
}
