using TensorLogic.Operators;

namespace TensorLogic.Cpu;

/// <summary>What computes a node: made once when a graph is compiled, used by all its runs.</summary>
internal abstract class CpuKernel
{
    /// <summary>For plans: <c>conv 8x48</c>, <c>reference</c>.</summary>
    public abstract string Name { get; }

    public abstract void Run(NodeContext context);
}

/// <summary>The operator's own kernel.</summary>
internal sealed class ReferenceKernel(Operator @operator, OperatorAttributes attributes) : CpuKernel
{
    public override string Name => "reference";

    public override void Run(NodeContext context) => @operator.Evaluate(context, attributes);
}
