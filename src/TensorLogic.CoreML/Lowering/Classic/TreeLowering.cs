using TensorLogic.CoreML.Specification;
using TensorLogic.CoreML.Specification.Classic;
using TensorLogic.Models.Classic;

namespace TensorLogic.CoreML.Lowering.Classic;

/// <summary>Tree ensembles: nodes that name one another become trees, or an error.</summary>
internal static class TreeLowering
{
    public static ClassicEvaluator Lower(ClassicScope scope, TreeSpecification specification)
    {
        TreeTransform transform = specification.Transform switch
        {
            0 => TreeTransform.None,
            1 => TreeTransform.Softmax,
            2 => TreeTransform.Logistic,
            3 => TreeTransform.SoftmaxWithZeroReference,
            _ => throw scope.Broken("postEvaluationTransform", $"Expected a transform of 0 to 3, found {specification.Transform}."),
        };
        if (specification.Dimensions == 0) throw scope.Broken("treeEnsemble.numPredictionDimensions", "Expected at least one dimension, found 0.");
        if (specification.Dimensions > (ulong)scope.Limits.Count) throw scope.TooMany("Dimensions of a tree ensemble", specification.Dimensions, scope.Limits.Count);
        int dimensions = (int)specification.Dimensions;
        if (specification.Base.Length != 0 && specification.Base.Length != dimensions)
            throw scope.Broken("treeEnsemble.basePredictionValue", $"Expected {dimensions} base values, one for each dimension, found {specification.Base.Length}.");

        int? inputs = scope.VectorCount();
        (TreeNode[] nodes, int needed) = Link(scope, specification, inputs, dimensions, out int[] roots);
        LeafValue[] leaves = Array.ConvertAll(specification.Leaves, leaf => new LeafValue((int)leaf.Dimension, leaf.Value));
        double[] start = specification.Base.Length == 0 ? new double[dimensions] : specification.Base;
        TreeEnsemble trees = new(nodes, roots, leaves, start, inputs ?? needed, inputs is not null, transform);
        int results = transform == TreeTransform.SoftmaxWithZeroReference ? dimensions + 1 : dimensions;
        if (scope.Kind == ModelKind.TreeEnsembleRegressor) return new TreeRegressor(trees, scope.RegressorOutput(results));

        ClassOutputs outputs = scope.ClassifierOutputs(specification.Labels);
        int classes = outputs.Labels.Count;
        bool isBinary = dimensions == 1 && classes == 2;
        if (results != classes && !isBinary) throw scope.Broken("ClassLabels", $"Expected {results} labels for {dimensions} dimensions, found {classes}.");
        return new TreeClassifier(trees, outputs);
    }

    private static (TreeNode[] Nodes, int Needed) Link(ClassicScope scope, TreeSpecification specification, int? inputs, int dimensions, out int[] roots)
    {
        NodeSpecification[] found = specification.Nodes;
        // By tree and id, so that a child is found by halving.
        Array.Sort(found, static (a, b) => a.Tree != b.Tree ? a.Tree.CompareTo(b.Tree) : a.Node.CompareTo(b.Node));
        var nodes = new TreeNode[found.Length];
        var hasParent = new bool[found.Length];
        int needed = 0;
        for (int i = 0; i < found.Length; i++)
        {
            ref readonly NodeSpecification node = ref found[i];
            if (i > 0 && found[i - 1].Tree == node.Tree && found[i - 1].Node == node.Node) throw Broken(scope, node, "Expected the id once, found it twice.");
            if (node.Behavior is < 0 or > 6) throw Broken(scope, node, $"Expected a behaviour of 0 to 6, found {node.Behavior}.");
            if (node.Behavior == (int)TreeRelation.Leaf)
            {
                CheckLeaf(scope, node, specification.Leaves, dimensions);
                nodes[i] = new(TreeRelation.Leaf, false, node.FirstLeaf, node.LeafCount, -1, -1, 0);
                continue;
            }
            if (node.Feature >= (ulong)(inputs ?? int.MaxValue - 1)) throw Broken(scope, node, $"Expected the index of one of {inputs ?? int.MaxValue - 1} values, found {node.Feature}.");
            needed = Math.Max(needed, (int)node.Feature + 1);
            nodes[i] = new((TreeRelation)node.Behavior, node.MissingIsTrue, (int)node.Feature, 0, Child(scope, found, i, node.TrueChild, hasParent), Child(scope, found, i, node.FalseChild, hasParent), node.Value);
        }
        roots = Roots(scope, found, hasParent);
        CheckReachable(scope, found, nodes, roots);
        return (nodes, needed);
    }

    private static void CheckLeaf(ClassicScope scope, NodeSpecification node, LeafSpecification[] leaves, int dimensions)
    {
        if (node.LeafCount == 0) throw Broken(scope, node, "Expected values of the leaf, found none.");
        var seen = node.LeafCount > 1 ? new HashSet<ulong>() : null;
        for (int i = node.FirstLeaf; i < node.FirstLeaf + node.LeafCount; i++)
        {
            if (leaves[i].Dimension >= (ulong)dimensions) throw Broken(scope, node, $"Expected a value for a dimension of 0 to {dimensions - 1}, found {leaves[i].Dimension}.");
            if (seen?.Add(leaves[i].Dimension) == false) throw Broken(scope, node, $"Expected one value for each dimension, found two for {leaves[i].Dimension}.");
        }
    }

    private static int Child(ClassicScope scope, NodeSpecification[] nodes, int parent, ulong id, bool[] hasParent)
    {
        ulong tree = nodes[parent].Tree;
        int low = 0, high = nodes.Length - 1;
        while (low < high)
        {
            int middle = (int)(((long)low + high) / 2);
            bool isBefore = nodes[middle].Tree != tree ? nodes[middle].Tree < tree : nodes[middle].Node < id;
            if (isBefore) low = middle + 1;
            else high = middle;
        }
        if (nodes[low].Tree != tree || nodes[low].Node != id) throw Broken(scope, nodes[parent], $"Expected a child that is a node of the tree, found {id}.");
        if (low == parent) throw Broken(scope, nodes[parent], "Expected another node as a child, found the node itself.");
        if (hasParent[low]) throw Broken(scope, nodes[parent], $"Expected a child of no other node, found {id}, which has a parent.");
        hasParent[low] = true;
        return low;
    }

    private static int[] Roots(ClassicScope scope, NodeSpecification[] nodes, bool[] hasParent)
    {
        List<int> roots = [];
        for (int i = 0; i < nodes.Length; i++)
        {
            if (hasParent[i]) continue;
            if (roots.Count > 0 && nodes[roots[^1]].Tree == nodes[i].Tree) throw Broken(scope, nodes[i], $"Expected one root of the tree, found also {nodes[roots[^1]].Node}.");
            roots.Add(i);
        }
        return [.. roots];
    }

    /// <summary>No node has two parents, so that one that no root leads to hangs in a circle.</summary>
    private static void CheckReachable(ClassicScope scope, NodeSpecification[] found, TreeNode[] nodes, int[] roots)
    {
        var isReached = new bool[nodes.Length];
        Stack<int> open = new(roots);
        while (open.TryPop(out int at))
        {
            isReached[at] = true;
            if (nodes[at].Relation == TreeRelation.Leaf) continue;
            open.Push(nodes[at].TrueChild);
            open.Push(nodes[at].FalseChild);
        }
        int lost = Array.IndexOf(isReached, false);
        if (lost >= 0) throw Broken(scope, found[lost], "Expected a way from a root to the node, found a circle.");
    }

    private static ModelFormatException Broken(ClassicScope scope, NodeSpecification node, string problem) => scope.Broken($"treeEnsemble.nodes(tree {node.Tree}, node {node.Node})", problem);
}
