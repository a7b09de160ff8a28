using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Training;

/// <summary>Runs operators of the op table one by one and records what gradients need.</summary>
/// <remarks>A result has a history if an input has one and the operator is differentiable; recording costs nothing otherwise.</remarks>
internal sealed class OperatorRunner(IBackend backend)
{
    /// <summary>Ends operators early.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>False while results should have no history.</summary>
    public bool Records { get; set; } = true;

    /// <summary>The first output of an operator.</summary>
    public Tensor Run(Operator @operator, OperatorAttributes attributes, params ReadOnlySpan<Tensor?> inputs) => RunAll(@operator, attributes, inputs)[0];

    /// <summary>The outputs of an operator.</summary>
    public Tensor[] RunAll(Operator @operator, OperatorAttributes attributes, params ReadOnlySpan<Tensor?> inputs)
    {
        Tensor[] outputs = backend.Run(@operator, attributes, inputs, Cancellation);
        if (!Records || !@operator.IsDifferentiable) return outputs;
        foreach (Tensor? input in inputs)
        {
            if (input?.History is null) continue;
            GradientNode node = new(this, @operator, attributes, inputs.ToArray(), outputs);
            for (int i = 0; i < outputs.Length; i++)
                if (outputs[i].ElementType.IsFloat)
                    outputs[i].History = new NodeOutput(node, i);
            break;
        }
        return outputs;
    }
}
