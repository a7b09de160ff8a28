using TensorLogic.CoreML.Advice;
using TensorLogic.CoreML.Lowering;
using TensorLogic.CoreML.Lowering.Mil;
using TensorLogic.CoreML.Packages;
using TensorLogic.CoreML.Specification;
using TensorLogic.CoreML.Specification.MilText;
using TensorLogic.Graphs;

namespace TensorLogic.CoreML;

/// <summary>An opened Core ML model. It is lowered when it is first prepared.</summary>
internal sealed class CoreMLModel : Model
{
    private readonly Lock _gate = new();
    private readonly CoreMLPackage _package;
    private readonly ModelSpecification _specification;
    private readonly FunctionDescription _function;
    private readonly LoadContext _context;
    private readonly Lazy<IReadOnlyDictionary<string, ModelTensor>> _tensors;
    private readonly IReadOnlyDictionary<string, CustomLayerFactory> _customLayers;
    private ModelBody? _body;
    private bool _disposed;

    /// <summary>Takes over the package.</summary>
    /// <exception cref="ArgumentException">The model has no function of the name asked for.</exception>
    public CoreMLModel(string path, CoreMLPackage package, ModelSpecification specification, LoadContext context, IReadOnlyDictionary<string, CustomLayerFactory> customLayers)
    {
        _customLayers = customLayers;
        _package = package;
        _specification = specification;
        _context = context;
        ModelDescription description = specification.Description;
        string chosen = context.Options.Function ?? description.DefaultFunction;
        _function = description.Find(chosen)
            ?? throw new ArgumentException($"The model has no function '{chosen}'. It has: {string.Join(", ", description.Functions.Select(function => function.Name))}.", nameof(context));
        Functions = [description.DefaultFunction, .. description.Functions.Select(function => function.Name).Where(name => name != description.DefaultFunction)];
        Outputs = ProgramSizes.Complete(_function, specification.Program?.Functions.GetValueOrDefault(chosen));
        ModelWeights weights = ModelWeights.Find(specification);
        Metadata = Describe(path, specification, weights);
        _tensors = new(() => weights.Describe(ReadWeight));
    }

    public override ModelMetadata Metadata { get; }

    public override IReadOnlyList<FeatureDescription> Inputs => _function.Inputs;

    public override IReadOnlyList<FeatureDescription> Outputs { get; }

    public override IReadOnlyList<FeatureDescription> States => _function.States;

    public override IReadOnlyList<string> Functions { get; }

    public override Device Device => _context.Options.Device;

    public override IReadOnlyDictionary<string, ModelTensor> Tensors => _tensors.Value;

    public override void Prepare(CancellationToken cancellation = default) => Body().Prepare(cancellation);

    public override Features Predict(Features inputs, ModelState? state = null, CancellationToken cancellation = default) => Body().Run(inputs, state, cancellation);

    public override IReadOnlyList<StepProfile> Profile(Features inputs, int runs = 20, CancellationToken cancellation = default) => Body().Profile(inputs, runs, cancellation);

    public override IReadOnlyList<Finding> Advise() => ModelAdvisor.Advise(_specification, _function);

    public override IReadOnlyList<Graph> Graphs => Body().Graphs;

    public override string ToText() => Body().ToText();

    /// <summary>The program as the text of a compiled one, or null for other kinds of models.</summary>
    public string? MilText => _specification.Program is { } program ? MilTextWriter.Write(program) : null;

    private ModelBody Body()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _body ??= ModelLowering.Lower(LoweringScope.Of(Metadata.Name, Backend, _package, _context.Options.Limits) with { CustomLayers = _customLayers }, _specification, _function);
        }
    }

    private IBackend Backend => _context.Backend ?? throw new DeviceException(Device, $"No backend runs the model on '{Device.Name}'.");

    private Tensor ReadWeight(MilWeight weight)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return MilDecompression.Evaluate(weight, Backend);
    }

    private static ModelMetadata Describe(string path, ModelSpecification specification, ModelWeights weights) => new()
    {
        Format = ModelFormat.CoreML,
        Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path)),
        Kind = ModelKinds.NameOf(specification.Kind),
        WeightBytes = weights.Bytes,
        TensorCount = weights.Count,
        ParameterCount = weights.ParameterCount,
        Author = specification.Description.Author,
        License = specification.Description.License,
        Description = specification.Description.ShortDescription,
        Version = specification.Description.VersionString,
        SpecificationVersion = specification.SpecificationVersion,
        MinimumOS = SystemVersions.Of(specification.SpecificationVersion),
        Operations = OperationHistogram.Count(specification),
        Details = ModelDetails.Of(specification),
        UserDefined = UserDefined(specification),
    };

    private static OrderedDictionary<string, object> UserDefined(ModelSpecification specification)
    {
        var pairs = new OrderedDictionary<string, object>(StringComparer.Ordinal);
        foreach ((string key, string value) in specification.Description.UserDefined) pairs.Add(key, value);
        return pairs;
    }

    protected override void Dispose(bool disposing)
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            _body?.Dispose();
            _package.Dispose();
        }
    }
}
