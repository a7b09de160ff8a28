namespace TensorLogic.Graphs;

/// <summary>What a step of a prediction cost: a node of the graph, or several that one kernel computes.</summary>
/// <param name="Name">Name of the value that the step gives.</param>
/// <param name="Operator">Its operator, or <c>reorder</c> for a change of layout.</param>
/// <param name="Kernel">What computed it.</param>
/// <param name="Milliseconds">Median over the measured runs.</param>
/// <param name="Flops">Multiplications and additions of the definition, whatever the kernel saves of them.</param>
/// <param name="Bytes">Inputs, weights and outputs in the types that the runtime holds them in.</param>
public sealed record StepProfile(string Name, string Operator, string Kernel, double Milliseconds, double Flops, double Bytes);
