using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic;

/// <summary>A model that is a graph: binds features to the graph's inputs and outputs.</summary>
/// <param name="name">Name of the model, for errors.</param>
/// <param name="graph">The computation.</param>
/// <param name="backend">Where it runs.</param>
/// <param name="inputs">One for each input of the graph, in its order.</param>
/// <param name="outputs">Features that are given back, in declared order.</param>
/// <param name="onDispose">What lives as long as the graph's constants, such as a mapped file.</param>
internal sealed class GraphBody(string name, Graph graph, IBackend backend, IReadOnlyList<InputBinding> inputs, IReadOnlyList<OutputBinding> outputs, IDisposable? onDispose = null) : ModelBody
{
    private readonly Lock _gate = new();
    private IExecutable? _executable;
    private bool _disposed;

    public override void Prepare(CancellationToken cancellation) => Executable();

    public override Features Run(Features given, ModelState? state, CancellationToken cancellation, StepRecorder? recorder = null)
    {
        foreach (string key in given.Keys)
            if (inputs.All(input => input.Description.Name != key))
                throw new FeatureException(key, $"The model has no input '{key}'.") { Place = name, Remedy = $"Its inputs: {string.Join(", ", inputs.Select(input => input.Description))}." };

        var tensors = new Tensor[inputs.Count];
        using ModelState? fresh = state is null && graph.States.Count > 0 ? CreateState() : null;
        var results = new Tensor?[graph.Outputs.Count];
        bool handedOver = false;
        try
        {
            for (int i = 0; i < tensors.Length; i++) tensors[i] = inputs[i].Bind(given, name);
            IExecutable executable = Executable();
            if (recorder is not null && executable is IRecordedExecutable recorded) recorded.Run(tensors, results, state ?? fresh, recorder, cancellation);
            else executable.Run(tensors, results, state ?? fresh, cancellation);
            Features features = new();
            foreach (OutputBinding output in outputs) features[output.Name] = output.Make(results);
            handedOver = true;
            return features;
        }
        finally
        {
            foreach (Tensor? tensor in tensors) tensor?.Dispose();
            for (int i = 0; i < results.Length; i++)
                if (!handedOver || outputs.All(output => output is not TensorOutput tensor || tensor.Index != i)) results[i]?.Dispose();
        }
    }

    public override ModelState CreateState() => new(graph.States.Select(state =>
    {
        TensorType type = ((StateValueType)state.Type).Tensor;
        return KeyValuePair.Create(state.Name, Tensor.Create(type.ElementType, type.Shape));
    }));

    public override IReadOnlyList<Graph> Graphs => [graph];

    public override string ToText() => graph.ToString();

    private IExecutable Executable()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _executable ??= backend.Compile(graph, new CompileOptions());
        }
    }

    public override void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            _executable?.Dispose();
            onDispose?.Dispose();
        }
    }
}
