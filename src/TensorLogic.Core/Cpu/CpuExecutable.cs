using System.Globalization;
using System.Text;
using TensorLogic.Graphs;

namespace TensorLogic.Cpu;

/// <summary>A compiled graph.</summary>
internal sealed class CpuExecutable : IExecutable
{
    private readonly Graph _graph;
    private readonly CompileOptions _options;
    private readonly Workers _workers;
    private readonly BlockPool _pool = new();
    private readonly Block _main;
    private readonly object?[] _constants;
    private readonly bool _checksAlways;
    private readonly List<Shape[]> _checked = [];
    private readonly Lock _gate = new();
    private bool _disposed;

    public CpuExecutable(Graph graph, CompileOptions options, Workers workers)
    {
        _graph = graph;
        _options = options;
        _workers = workers;
        CpuCompiler compiler = new(options.Rounding);
        _main = compiler.Compile(graph);
        _constants = compiler.Constants;
        _checksAlways = _main.Steps.Any(step => step.Subgraphs.Length > 0 || step.Node.Inputs.Any(input =>
            input is { IsConstant: false, Type: Operators.TensorValueType { Tensor.ElementType: var type } } && type.IsInteger));
    }

    public void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs, ModelState? state = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (inputs.Length != _graph.Inputs.Count) throw new ArgumentException($"The graph has {_graph.Inputs.Count} inputs; {inputs.Length} were given.", nameof(inputs));
        if (outputs.Length != _graph.Outputs.Count) throw new ArgumentException($"The graph has {_graph.Outputs.Count} outputs; there is room for {outputs.Length}.", nameof(outputs));
        for (int i = 0; i < inputs.Length; i++)
        {
            TensorType declared = _graph.Inputs[i].TensorType;
            if (inputs[i].ElementType != declared.ElementType || !declared.Accepts(inputs[i].Shape))
                throw new ShapeException { Operator = "run", Node = _graph.Name, Input = _graph.Inputs[i].Name, Actual = inputs[i].ToString(), Expected = declared.ToString() };
        }

        Shape[] shapes = new Shape[inputs.Length];
        for (int i = 0; i < shapes.Length; i++) shapes[i] = inputs[i].Shape;
        using Frame frame = new(_constants, _pool, _workers, _options.Rounding, state, !IsChecked(shapes), cancellation);
        for (int i = 0; i < inputs.Length; i++)
        {
            ElementType stored = Storage.Of(inputs[i].ElementType);
            frame.Set(_main.Inputs[i], stored == inputs[i].ElementType ? inputs[i].Contiguous() : inputs[i].To(stored));
        }
        frame.Run(_main);
        Remember(shapes);
        for (int i = 0; i < outputs.Length; i++) outputs[i] = Store(frame.Tensor(_main.Outputs[i]), outputs[i], i);
    }

    private Tensor Store(Tensor result, Tensor? given, int index)
    {
        ElementType declared = _graph.Outputs[index].TensorType.ElementType;
        if (given is null) return result.To(declared);
        if (given.ElementType != declared || given.Shape != result.Shape)
            throw new ShapeException { Operator = "run", Node = _graph.Name, Input = _graph.Outputs[index].Name, Actual = given.ToString(), Expected = new TensorType(declared, result.Shape).ToString() };
        result.CopyTo(given);
        return given;
    }

    private bool IsChecked(Shape[] shapes)
    {
        if (_checksAlways) return false;
        lock (_gate) return _checked.Any(known => known.AsSpan().SequenceEqual(shapes));
    }

    private void Remember(Shape[] shapes)
    {
        if (_checksAlways) return;
        lock (_gate)
        {
            _checked.RemoveAll(known => known.AsSpan().SequenceEqual(shapes));
            _checked.Insert(0, shapes);
            if (_checked.Count > _options.PlanCacheSize) _checked.RemoveAt(_checked.Count - 1);
        }
    }

    public string PlanText
    {
        get
        {
            StringBuilder text = new();
            foreach (Step step in _main.Steps)
                text.Append(CultureInfo.InvariantCulture, $"{step.Kernel.Name,-24} {step.Node.Operator.Name} '{step.Node.Name}' -> {string.Join(", ", (IEnumerable<Operators.ValueType>)step.OutputTypes)}\n");
            return text.ToString();
        }
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _pool.Dispose();
    }
}
