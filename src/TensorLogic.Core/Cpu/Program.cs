using TensorLogic.Graphs;
using ValueType = TensorLogic.Operators.ValueType;

namespace TensorLogic.Cpu;

/// <summary>A node with its kernel and the slots of its values.</summary>
/// <param name="Node">The node.</param>
/// <param name="Kernel">What computes it.</param>
/// <param name="Inputs">Slots; -1 where an input is left out or has no slot: states, and constants that the kernel has packed.</param>
/// <param name="StateNames">The name of each input that is a state.</param>
/// <param name="Outputs">Slots.</param>
/// <param name="OutputTypes">Types as declared.</param>
/// <param name="LastUses">Slots that nothing reads after this step.</param>
/// <param name="Subgraphs">Bodies of branches and loops.</param>
internal sealed record Step(Node Node, CpuKernel Kernel, int[] Inputs, string?[] StateNames, int[] Outputs, ValueType[] OutputTypes, int[] LastUses, Block[] Subgraphs);

/// <summary>A graph as steps.</summary>
internal sealed record Block(int[] Inputs, Step[] Steps, int[] Outputs);
