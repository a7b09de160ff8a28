using TensorLogic.Operators;

namespace TensorLogic.Training;

/// <summary>Reverse-mode differentiation over recorded operators.</summary>
internal static class Gradients
{
    /// <summary>The gradients of a tensor's sum with respect to leaves; null for those that it does not depend on.</summary>
    /// <param name="runner">Runs the gradients.</param>
    /// <param name="y">What is differentiated.</param>
    /// <param name="keys">The leaves.</param>
    /// <param name="record">The gradients have histories themselves.</param>
    public static Tensor?[] Of(OperatorRunner runner, Tensor y, IReadOnlyList<object> keys, bool record = false)
    {
        Dictionary<object, Tensor> leaves = Leaves(runner, y, new HashSet<object>(keys, ReferenceEqualityComparer.Instance), record);
        return [.. keys.Select(key => leaves.GetValueOrDefault(key))];
    }

    /// <summary>All leaves that a tensor depends on, in the order in which they were first used.</summary>
    public static IReadOnlyList<object> KeysOf(Tensor y)
    {
        List<object> keys = [];
        HashSet<object> known = new(ReferenceEqualityComparer.Instance);
        if (y.History is GradientLeaf own) return [own.Key];
        foreach (GradientNode node in Nodes(y))
            foreach (Tensor? input in node.Inputs)
                if (input?.History is GradientLeaf leaf && known.Add(leaf.Key)) keys.Add(leaf.Key);
        return keys;
    }

    private static Dictionary<object, Tensor> Leaves(OperatorRunner runner, Tensor y, HashSet<object> wanted, bool record)
    {
        Dictionary<object, Tensor> leaves = new(ReferenceEqualityComparer.Instance);
        Tensor seed = Ones(y);
        if (y.History is GradientLeaf own)
        {
            if (wanted.Contains(own.Key)) leaves[own.Key] = seed;
            return leaves;
        }
        List<GradientNode> nodes = Nodes(y);
        HashSet<GradientNode> relevant = [];
        foreach (GradientNode node in nodes)
            if (node.Inputs.Any(input => IsWanted(input, wanted, relevant)))
                relevant.Add(node);
        if (y.History is not NodeOutput last || !relevant.Contains(last.Node)) return leaves;

        Dictionary<GradientNode, Tensor?[]> upstream = new() { [last.Node] = new Tensor?[last.Node.Outputs.Length] };
        upstream[last.Node][last.Index] = seed;
        bool recorded = runner.Records;
        runner.Records = record;
        try
        {
            for (int i = nodes.Count - 1; i >= 0; i--)
            {
                GradientNode node = nodes[i];
                if (!relevant.Contains(node) || !upstream.Remove(node, out Tensor?[]? gradients)) continue;
                NodeContext context = new(runner, node, gradients, Array.ConvertAll(node.Inputs, input => IsWanted(input, wanted, relevant)));
                node.Operator.Differentiate(context, node.Attributes);
                for (int k = 0; k < node.Inputs.Length; k++)
                {
                    if (context.Gradients[k] is not { } gradient) continue;
                    switch (node.Inputs[k]!.History)
                    {
                        case GradientLeaf leaf:
                            leaves[leaf.Key] = leaves.TryGetValue(leaf.Key, out Tensor? before) ? context.Add(before, gradient) : gradient;
                            break;
                        case NodeOutput output:
                            if (!upstream.TryGetValue(output.Node, out Tensor?[]? sums)) upstream[output.Node] = sums = new Tensor?[output.Node.Outputs.Length];
                            sums[output.Index] = sums[output.Index] is { } sum ? context.Add(sum, gradient) : gradient;
                            break;
                    }
                }
            }
        }
        finally
        {
            runner.Records = recorded;
        }
        return leaves;
    }

    private static bool IsWanted(Tensor? input, HashSet<object> wanted, HashSet<GradientNode> relevant) => input?.History switch
    {
        GradientLeaf leaf => wanted.Contains(leaf.Key),
        NodeOutput output => relevant.Contains(output.Node),
        _ => false,
    };

    /// <summary>All nodes that a tensor depends on, inputs before what uses them.</summary>
    private static List<GradientNode> Nodes(Tensor y)
    {
        List<GradientNode> nodes = [];
        HashSet<GradientNode> seen = [];
        Stack<GradientNode> open = new();
        Visit(y);
        while (open.TryPop(out GradientNode? node))
            foreach (Tensor? input in node.Inputs)
                Visit(input);
        nodes.Sort((a, b) => a.Order.CompareTo(b.Order));
        return nodes;

        void Visit(Tensor? tensor)
        {
            if (tensor?.History is not NodeOutput { Node: var node } || !seen.Add(node)) return;
            nodes.Add(node);
            open.Push(node);
        }
    }

    private static Tensor Ones(Tensor y)
    {
        Tensor ones = Tensor.Create(y.ElementType == ElementType.Float64 ? ElementType.Float64 : ElementType.Float32, y.Shape);
        var values = new double[y.ElementCount];
        Array.Fill(values, 1);
        TensorConversion.Write(ones, values);
        return ones;
    }

    private sealed class NodeContext(OperatorRunner runner, GradientNode node, Tensor?[] upstream, bool[] needs) : GradientContext
    {
        public Tensor?[] Gradients { get; } = new Tensor?[node.Inputs.Length];

        public override int InputCount => node.Inputs.Length;

        public override Tensor? Optional(int index) => index < node.Inputs.Length ? node.Inputs[index] : null;

        public override Tensor Output(int index) => node.Outputs[index];

        public override Tensor? UpstreamOf(int index) => upstream[index];

        public override bool Needs(int index) => index < needs.Length && needs[index];

        public override Tensor Run(Operator? @operator, OperatorAttributes attributes, params ReadOnlySpan<Tensor?> inputs) => runner.Run(@operator!, attributes, inputs);

        public override void Set(int index, Tensor gradient)
        {
            if (!Needs(index)) return;
            Tensor input = node.Inputs[index]!;
            if (gradient.ElementType is ElementType.Float16 or ElementType.BFloat16) gradient = Cast(gradient, ElementType.Float32);
            gradient = SumTo(gradient, input.Shape);
            Gradients[index] = Gradients[index] is { } sum ? Add(sum, gradient) : gradient;
        }

        // Axes that broadcasting added or stretched are summed; a gradient that is the same everywhere is spread.
        private Tensor SumTo(Tensor gradient, Shape shape)
        {
            if (gradient.Shape == shape) return gradient;
            if (gradient.Rank < shape.Rank || Shape.TryBroadcast(gradient.Shape, shape, out Shape both) && both == shape) return Broadcast(gradient, shape);
            int leading = gradient.Rank - shape.Rank;
            int[] axes = [.. Enumerable.Range(0, gradient.Rank).Where(axis => axis < leading || shape[axis - leading] == 1 && gradient.Shape[axis] != 1)];
            return Reshape(Sum(gradient, axes), shape.Sizes);
        }
    }
}
