using TensorLogic.Operators;

namespace TensorLogic.Cpu;

/// <summary>What computes a node: made once when a graph is compiled, used by all its runs.</summary>
internal abstract class CpuKernel
{
    /// <summary>For plans: <c>conv 8x48</c>, <c>reference</c>.</summary>
    public abstract string Name { get; }

    /// <summary>True if a constant input was taken up when the kernel was made, packed in its own way.</summary>
    public virtual bool Packs(int input) => false;

    /// <summary>True if a constant input may come in its own element type rather than the one that values are stored in.</summary>
    public virtual bool TakesAsDeclared(int input) => false;

    public abstract void Run(CpuContext context);
}

/// <summary>The operator's own kernel.</summary>
internal sealed class ReferenceKernel(Operator @operator, OperatorAttributes attributes) : CpuKernel
{
    public override string Name => "reference";

    public override void Run(CpuContext context) => @operator.Evaluate(context, attributes);
}
