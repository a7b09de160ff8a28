using TensorLogic.Operators;

namespace TensorLogic.Graphs;

/// <summary>Runs operators and graphs on a device.</summary>
public interface IBackend : IDisposable
{
    /// <summary>The device.</summary>
    Device Device { get; }

    /// <summary>What runs there, for people: <c>CPU, 2 threads, Vector512</c>.</summary>
    string Description { get; }

    /// <summary>Runs a single operator.</summary>
    /// <param name="operator">From the op table.</param>
    /// <param name="attributes">Its settings.</param>
    /// <param name="inputs">By the operator's signature; null where an optional one is left out.</param>
    /// <param name="cancellation">Noticed within 50 ms.</param>
    /// <returns>The outputs. The caller disposes them.</returns>
    Tensor[] Run(Operator @operator, OperatorAttributes attributes, ReadOnlySpan<Tensor?> inputs, CancellationToken cancellation = default);

    /// <summary>Prepares a graph to be run many times.</summary>
    IExecutable Compile(Graph graph, CompileOptions options);
}

/// <summary>A compiled graph. Safe to run from several threads.</summary>
public interface IExecutable : IDisposable
{
    /// <summary>Runs once.</summary>
    /// <param name="inputs">In the order of the graph's inputs; element types and shapes as declared.</param>
    /// <param name="outputs">In the order of the graph's outputs. A tensor that is given receives the result; null is replaced by a new one,
    /// which the caller disposes.</param>
    /// <param name="state">The graph's states by name, read and written; may be null for a graph without states.</param>
    /// <param name="cancellation">Noticed within 50 ms, inside kernels too.</param>
    /// <exception cref="ShapeException">An input or output does not fit.</exception>
    void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs, ModelState? state = null, CancellationToken cancellation = default);

    /// <summary>The plan of the latest run as text: kernels, layouts, memory, and which nodes fell back to another kernel.</summary>
    string PlanText { get; }
}

/// <summary>A graph that can tell what its steps take.</summary>
internal interface IRecordedExecutable : IExecutable
{
    /// <summary>As <see cref="IExecutable.Run"/>, with the times of the steps told to a recorder.</summary>
    void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs, ModelState? state, StepRecorder? recorder, CancellationToken cancellation);
}
