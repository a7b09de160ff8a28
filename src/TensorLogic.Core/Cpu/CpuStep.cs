using TensorLogic.Graphs;
using TensorLogic.Operators;
using ValueType = TensorLogic.Operators.ValueType;

namespace TensorLogic.Cpu;

/// <summary>A node, or several that one kernel computes, or a change of layout, with its slots.</summary>
internal sealed class CpuStep
{
    private readonly FusedNode? _fused;
    private readonly Value? _reordered;

    public CpuStep(FusedNode fused, CpuKernel? kernel, int[] inputSlots, int[] outputSlots, CpuBody[] bodies)
    {
        (_fused, Kernel, InputSlots, OutputSlots, Bodies) = (fused, kernel, inputSlots, outputSlots, bodies);
        Nodes = [fused.Node, .. fused.Absorbed];
        Outputs = fused.Last.Outputs;
    }

    /// <summary>A step that changes the layout of a value of f32.</summary>
    public CpuStep(Value reordered, CpuKernel kernel, int from, int to)
    {
        (_reordered, Kernel, InputSlots, OutputSlots, Bodies) = (reordered, kernel, [from], [to], []);
        Nodes = [];
        Outputs = [reordered];
        IsBlocked = true;
    }

    /// <summary>The node that gives the step its operator.</summary>
    /// <exception cref="InvalidOperationException">The step changes a layout.</exception>
    public Node Node => _fused?.Node ?? throw new InvalidOperationException($"The step reorders {_reordered} and belongs to no node.");

    /// <summary>The node, and those after it that its kernel computes too; empty for a change of layout.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>What it writes.</summary>
    public IReadOnlyList<Value> Outputs { get; }

    /// <summary>The fast kernel; null for the reference kernel.</summary>
    public CpuKernel? Kernel { get; }

    /// <summary>-1 for an input that is left out.</summary>
    public int[] InputSlots { get; }

    public int[] OutputSlots { get; }

    public CpuBody[] Bodies { get; }

    /// <summary>True if it reads or writes values in blocks of channels.</summary>
    public bool IsBlocked { get; init; }

    public IEnumerable<Graph> Subgraphs => _fused?.Node.Subgraphs ?? [];

    /// <summary>Slots that nobody reads after this step.</summary>
    public int[] Releases { get; set; } = [];

    public ElementType OutputType(int index) => Outputs[index].Type switch
    {
        TensorValueType tensor => tensor.Tensor.ElementType,
        ListValueType list => list.Element.ElementType,
        StateValueType state => state.Tensor.ElementType,
        ValueType other => throw new NotSupportedException($"A value of type {other} has no elements."),
    };

    /// <summary>What it does, for the plan's text.</summary>
    public override string ToString() => _fused is null ? "reorder" : Node.Operator.Name;
}
