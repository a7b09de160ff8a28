using TensorLogic.Cpu.Kernels;
using TensorLogic.Graphs;
using TensorLogic.Operators;
using ValueType = TensorLogic.Operators.ValueType;

namespace TensorLogic.Cpu;

/// <summary>Turns a graph into steps: folds constants, fuses activations, chooses kernels, gives values their slots and ends.</summary>
internal sealed class CpuCompiler(Rounding rounding)
{
    private readonly Dictionary<Value, int> _slots = [];
    private readonly Dictionary<Value, int> _storedConstants = [];
    private readonly Dictionary<Value, Tensor> _folded = [];
    private readonly Dictionary<Value, string> _states = [];
    private readonly List<object?> _constants = [];

    /// <summary>The content of every slot before a run: constants.</summary>
    public object?[] Constants => [.. _constants];

    public Block Compile(Graph graph)
    {
        foreach (Value state in graph.States) _states[state] = state.Name;
        int[] inputs = [.. graph.Inputs.Select(Slot)];
        Dictionary<Value, int> uses = Uses(graph);
        Dictionary<Value, Node> readers = [];
        foreach (Node node in graph.Nodes)
            foreach (Value? input in node.Inputs)
                if (input is not null) readers[input] = node;
        List<(Node Node, CpuKernel Kernel, Value[] Outputs)> chosen = [];
        HashSet<Node> done = [];
        foreach (Node node in graph.Nodes)
        {
            if (done.Contains(node) || TryFold(node)) continue;
            Value[] outputs = [.. node.Outputs];
            Activation? fused = null;
            if (rounding == Rounding.AtStores && node.Outputs is [var only] && KernelTable.Fuses(node.Operator) && uses.GetValueOrDefault(only) == 1 && !graph.Outputs.Contains(only)
                && readers.TryGetValue(only, out Node? next) && Activation.Of(next) is { } activation)
            {
                fused = activation;
                outputs = [.. next.Outputs];
                done.Add(next);
            }
            chosen.Add((node, KernelTable.Choose(node, Constant, fused), outputs));
        }

        int[] results = [.. graph.Outputs.Select(output => Constant(output) is null ? Slot(output) : ConstantSlot(output, asDeclared: false))];
        HashSet<int> kept = [.. results, .. inputs];
        Dictionary<int, int> lastUse = [];
        var steps = new Step[chosen.Count];
        for (int i = 0; i < steps.Length; i++)
        {
            (Node node, CpuKernel kernel, Value[] outputs) = chosen[i];
            Block[] subgraphs = [.. node.Subgraphs.Select(Compile)];
            int[] nodeInputs = [.. node.Inputs.Select((input, index) => InputSlot(input, index, kernel))];
            int[] nodeOutputs = [.. outputs.Select(Slot)];
            foreach (int slot in nodeInputs.Where(slot => slot >= 0).Concat(nodeOutputs).Concat(Captured(node))) lastUse[slot] = i;
            steps[i] = new Step(node, kernel, nodeInputs, [.. node.Inputs.Select(input => input is null ? null : _states.GetValueOrDefault(input))], nodeOutputs, [.. outputs.Select(output => output.Type)], [], subgraphs);
        }
        HashSet<int> own = [.. steps.SelectMany(step => step.Outputs)];
        ILookup<int, int> ends = lastUse.Where(use => own.Contains(use.Key) && !kept.Contains(use.Key)).ToLookup(use => use.Value, use => use.Key);
        for (int i = 0; i < steps.Length; i++) steps[i] = steps[i] with { LastUses = [.. ends[i]] };
        return new Block(inputs, steps, results);
    }

    private static Dictionary<Value, int> Uses(Graph graph)
    {
        Dictionary<Value, int> uses = [];
        foreach (Node node in graph.Nodes)
        {
            foreach (Value? input in node.Inputs)
                if (input is not null) uses[input] = uses.GetValueOrDefault(input) + 1;
            foreach (Graph subgraph in node.Subgraphs)
                foreach ((Value value, int count) in Uses(subgraph)) uses[value] = uses.GetValueOrDefault(value) + count;
        }
        foreach (Value output in graph.Outputs) uses[output] = uses.GetValueOrDefault(output) + 1;
        return uses;
    }

    private IEnumerable<int> Captured(Node node) => node.Subgraphs.SelectMany(subgraph => Uses(subgraph).Keys).Where(_slots.ContainsKey).Select(value => _slots[value]);

    private int Slot(Value value)
    {
        if (_slots.TryGetValue(value, out int slot)) return slot;
        _constants.Add(null);
        return _slots[value] = _constants.Count - 1;
    }

    private int InputSlot(Value? input, int index, CpuKernel kernel)
    {
        if (input is null || _states.ContainsKey(input)) return -1;
        if (Constant(input) is null) return Slot(input);
        return kernel.Packs(index) ? -1 : ConstantSlot(input, kernel.TakesAsDeclared(index));
    }

    private int ConstantSlot(Value value, bool asDeclared)
    {
        Tensor constant = Constant(value)!;
        ElementType stored = Storage.Of(constant.ElementType);
        Dictionary<Value, int> slots = asDeclared || stored == constant.ElementType ? _slots : _storedConstants;
        if (slots.TryGetValue(value, out int slot)) return slot;
        _constants.Add(slots == _storedConstants ? constant.To(stored) : constant);
        return slots[value] = _constants.Count - 1;
    }

    private Tensor? Constant(Value value) => value.Constant ?? _folded.GetValueOrDefault(value);

    // A node whose inputs are all known is computed once, in the element types that the graph declares.
    private bool TryFold(Node node)
    {
        if (node.Operator.HasEffects || node.Subgraphs.Count > 0 || node.Inputs.Count == 0 || node.Inputs.Any(input => input is not null && Constant(input) is null)) return false;
        if (node.Outputs.Any(output => output.Type is not TensorValueType { Tensor: { IsStatic: true } type } || type.ElementType.ByteCount(type.Shape.ElementCount) > 1L << 30)) return false;
        foreach ((Value value, Tensor tensor) in node.Outputs.Zip(OperatorRun.Evaluate(node.Operator, node.Attributes, [.. node.Inputs.Select(input => input is null ? null : Constant(input))], node.Name, CancellationToken.None)))
            _folded[value] = tensor;
        return true;
    }
}
