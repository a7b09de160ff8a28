namespace TensorLogic.Operators;

/// <summary>What a reference kernel works with: its inputs, a place for its outputs, and the services of the run.</summary>
/// <remarks>A plan may store 16-bit floats as 32-bit ones: a kernel takes the element types of the tensors it is handed, not of the graph.</remarks>
internal abstract class EvaluationContext
{
    /// <summary>Number of inputs given, variadic ones counted singly.</summary>
    public abstract int InputCount { get; }

    /// <summary>True if input <paramref name="index"/> is given.</summary>
    public abstract bool Has(int index);

    /// <summary>A tensor input. It may be a view with any strides.</summary>
    public abstract Tensor Input(int index);

    /// <summary>The output of this shape, contiguous and of undefined content; its element type is the inferred one as stored.</summary>
    public abstract Tensor Output(int index, Shape shape);

    /// <summary>Sets an output to a tensor made by the kernel, such as a view of an input; its reference is taken over.</summary>
    public abstract void SetOutput(int index, Tensor tensor);

    /// <summary>A list input; changing it is not allowed.</summary>
    public abstract TensorList InputList(int index);

    /// <summary>Sets a list output.</summary>
    public abstract void SetOutput(int index, TensorList list);

    /// <summary>The tensor behind a state input, of the state's own element type.</summary>
    public abstract Tensor State(int index);

    /// <summary>Runs a sub-graph of the node: values in, values out (tensors or lists).</summary>
    public abstract object[] RunSubgraph(int subgraph, ReadOnlySpan<object> inputs);

    /// <summary>Source of random numbers for nodes without a seed of their own.</summary>
    public abstract Random Random { get; }

    /// <summary>To be asked in every loop that may take longer than some milliseconds.</summary>
    public abstract CancellationToken Cancellation { get; }

    /// <summary>An error that names operator, node and input.</summary>
    public abstract ShapeException Error(int index, string actual, string expected);

    /// <summary>Elements of an input as doubles in row-major order: exact for every float, and for integers up to 2^53.</summary>
    public double[] Doubles(int index) => TensorConversion.ReadDoubles(Input(index));

    /// <summary>Elements of an integer or bool input in row-major order.</summary>
    public long[] Longs(int index) => TensorConversion.ReadLongs(Input(index));

    /// <summary>Writes an output, rounding each element once to the output's type.</summary>
    public void Write(int index, Shape shape, ReadOnlySpan<double> values) => TensorConversion.Write(Output(index, shape), values);

    /// <summary>Writes an output; narrower integers wrap.</summary>
    public void Write(int index, Shape shape, ReadOnlySpan<long> values) => TensorConversion.Write(Output(index, shape), values);
}

/// <summary>A list of tensors as a value; immutable once made.</summary>
internal sealed class TensorList(IReadOnlyList<Tensor> items)
{
    public IReadOnlyList<Tensor> Items { get; } = items;
}
