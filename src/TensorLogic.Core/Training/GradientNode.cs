using TensorLogic.Operators;

namespace TensorLogic.Training;

/// <summary>A tensor that gradients are taken with respect to.</summary>
/// <param name="key">Which one: copies of a parameter share it.</param>
internal sealed class GradientLeaf(object key) : TensorHistory
{
    public object Key { get; } = key;

    /// <summary>What <c>Backward</c> has summed up.</summary>
    public Tensor? Gradient { get; set; }
}

/// <summary>An operator that ran: what its gradients are computed from.</summary>
internal sealed class GradientNode(OperatorRunner runner, Operator @operator, OperatorAttributes attributes, Tensor?[] inputs, Tensor[] outputs)
{
    private static long s_last;

    /// <summary>Grows with time: inputs of a node come from nodes of lower order.</summary>
    public long Order { get; } = Interlocked.Increment(ref s_last);

    public OperatorRunner Runner => runner;

    public Operator Operator => @operator;

    public OperatorAttributes Attributes => attributes;

    public Tensor?[] Inputs => inputs;

    public Tensor[] Outputs => outputs;
}

/// <summary>An output of a node.</summary>
internal sealed class NodeOutput(GradientNode node, int index) : TensorHistory
{
    public GradientNode Node => node;

    public int Index => index;
}
