using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Cpu.Blocked;

/// <summary>Which nodes of a body run on blocked tensors, and what must be reordered between them and the others.</summary>
/// <remarks>A convolution starts a stack of blocked values; what can take them follows, until a node that cannot.</remarks>
internal sealed class LayoutPlan
{
    private readonly BlockedOperation?[] _operations;
    private readonly HashSet<Value> _blocked = [];
    private readonly Dictionary<Value, Border> _borders = [];

    /// <param name="nodes">The nodes of a graph in running order.</param>
    public LayoutPlan(IReadOnlyList<FusedNode> nodes)
    {
        _operations = new BlockedOperation?[nodes.Count];
        for (int i = 0; i < nodes.Count; i++)
        {
            FusedNode node = nodes[i];
            if (node.Node.Subgraphs.Count > 0 || node.Last.Outputs.Count != 1) continue;
            BlockedOperation? operation = BlockedOperations.Find(KernelRequest.For(node), [.. node.Node.Inputs.Select(input => input is not null && _blocked.Contains(input))]);
            if (operation is null || node.Added.Any(added => !BlockedOperations.IsPlanar(added.TensorType.WithElementType(CpuProgram.Stored(added.TensorType.ElementType))))) continue;
            _operations[i] = operation;
            if (operation.HasBlockedOutput) _blocked.Add(node.Last.Outputs[0]);
            for (int input = 0; input < operation.Inputs.Length; input++)
                if (operation.Inputs[input].IsBlocked) Surround(node.Node.Inputs[input]!, operation.Inputs[input].Border);
        }
    }

    /// <summary>How node number <paramref name="index"/> runs blocked; null if it runs plain.</summary>
    public BlockedOperation? this[int index] => _operations[index];

    /// <summary>True for a value whose node writes it in blocks.</summary>
    public bool IsMadeBlocked(Value value) => _blocked.Contains(value);

    /// <summary>The border that readers of a blocked value need.</summary>
    public Border BorderOf(Value value) => _borders.GetValueOrDefault(value);

    private void Surround(Value value, Border border) => _borders[value] = BorderOf(value).Union(border);
}
