namespace TensorLogic.Models.Classic;

/// <summary>Which way a node leads: the true child where <c>x[feature] (relation) value</c> holds.</summary>
internal enum TreeRelation : byte
{
    LessThanEqual,
    LessThan,
    GreaterThanEqual,
    GreaterThan,
    Equal,
    NotEqual,
    /// <summary>No relation: the node adds its values.</summary>
    Leaf,
}

/// <summary>What is applied to the sums of an ensemble.</summary>
internal enum TreeTransform
{
    None,
    Softmax,
    /// <summary><c>1 / (1 + exp(-x))</c> of each.</summary>
    Logistic,
    /// <summary>Softmax with a first class of score zero that has no sum.</summary>
    SoftmaxWithZeroReference,
}

/// <summary>A node. Of a branch the children, of a leaf a range of the ensemble's leaf values.</summary>
/// <param name="Relation">What is asked, or leaf.</param>
/// <param name="MissingIsTrue">True: NaN leads to the true child.</param>
/// <param name="Feature">Index into the input; of a leaf the first of its values.</param>
/// <param name="Count">Number of a leaf's values.</param>
/// <param name="TrueChild">Index of a node.</param>
/// <param name="FalseChild">Index of a node.</param>
/// <param name="Value">What the input is compared with.</param>
internal readonly record struct TreeNode(TreeRelation Relation, bool MissingIsTrue, int Feature, int Count, int TrueChild, int FalseChild, double Value);

/// <summary>Adds <paramref name="Value"/> to the sum of <paramref name="Dimension"/>.</summary>
internal readonly record struct LeafValue(int Dimension, double Value);

/// <summary>Trees whose leaves are added up. The nodes are acyclic, their indices in range.</summary>
/// <param name="Nodes">The nodes of all trees.</param>
/// <param name="Roots">One for each tree.</param>
/// <param name="Leaves">Values of leaves.</param>
/// <param name="Base">What the sums start from, one for each dimension.</param>
/// <param name="InputCount">Values of an input; the least number that the branches need where the model leaves it open.</param>
/// <param name="InputIsExact">False: more values may be given.</param>
/// <param name="Transform">Applied to the sums.</param>
internal sealed record TreeEnsemble(TreeNode[] Nodes, int[] Roots, LeafValue[] Leaves, double[] Base, int InputCount, bool InputIsExact, TreeTransform Transform)
{
    /// <summary>The sums, before the transform.</summary>
    public double[] Evaluate(ClassicCall call)
    {
        double[] x = call.Vector();
        if (InputIsExact || x.Length < InputCount) call.CheckCount(x.Length, InputCount);
        double[] sums = [.. Base];
        for (int tree = 0; tree < Roots.Length; tree++)
        {
            if ((tree & 255) == 0) call.Cancellation.ThrowIfCancellationRequested();
            TreeNode node = Nodes[Roots[tree]];
            while (node.Relation != TreeRelation.Leaf) node = Nodes[Holds(node, x[node.Feature]) ? node.TrueChild : node.FalseChild];
            foreach (LeafValue leaf in Leaves.AsSpan(node.Feature, node.Count)) sums[leaf.Dimension] += leaf.Value;
        }
        return sums;
    }

    private static bool Holds(TreeNode node, double x) => double.IsNaN(x) ? node.MissingIsTrue : node.Relation switch
    {
        TreeRelation.LessThanEqual => x <= node.Value,
        TreeRelation.LessThan => x < node.Value,
        TreeRelation.GreaterThanEqual => x >= node.Value,
        TreeRelation.GreaterThan => x > node.Value,
        TreeRelation.Equal => x == node.Value,
        _ => x != node.Value,
    };
}

/// <summary>A regressor of trees.</summary>
internal sealed class TreeRegressor(TreeEnsemble trees, string output) : ClassicEvaluator
{
    public override void Evaluate(ClassicCall call)
    {
        double[] sums = trees.Evaluate(call);
        switch (trees.Transform)
        {
            case TreeTransform.Logistic:
                for (int i = 0; i < sums.Length; i++) sums[i] = Probability.Logistic(sums[i]);
                break;
            case TreeTransform.Softmax:
                Probability.Softmax(sums);
                break;
            case TreeTransform.SoftmaxWithZeroReference:
                sums = [0, .. sums];
                Probability.Softmax(sums);
                break;
        }
        call.Set(output, sums);
    }
}

/// <summary>A classifier of trees.</summary>
/// <remarks>One dimension decides between two classes: it is the score or the probability of the second. Without a transform the sums are shares,
/// such as those of a random forest, and are divided by their sum.</remarks>
internal sealed class TreeClassifier(TreeEnsemble trees, ClassOutputs outputs) : ClassicEvaluator
{
    public override void Evaluate(ClassicCall call)
    {
        double[] scores = trees.Evaluate(call);
        bool isBinary = scores.Length == 1 && outputs.Labels.Count == 2;
        if (trees.Transform == TreeTransform.SoftmaxWithZeroReference) scores = [0, .. scores];
        else if (isBinary)
        {
            double second = trees.Transform == TreeTransform.None ? scores[0] : Probability.Logistic(scores[0]);
            bool isSecond = trees.Transform == TreeTransform.None ? second > 0.5 : scores[0] > 0;
            outputs.Set(call, isSecond ? 1 : 0, [1 - second, second]);
            return;
        }
        int best = Probability.Largest(scores);
        if (trees.Transform == TreeTransform.Logistic)
            for (int i = 0; i < scores.Length; i++) scores[i] = Probability.Logistic(scores[i]);
        else if (trees.Transform != TreeTransform.None)
            Probability.Softmax(scores);
        else if (scores.All(score => score >= 0))
            Probability.Normalize(scores);
        outputs.Set(call, best, scores);
    }
}
