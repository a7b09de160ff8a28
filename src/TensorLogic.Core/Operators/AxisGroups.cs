namespace TensorLogic.Operators;

/// <summary>Operators of neural network files that join axes, part them again, and broadcast. Source: Core ML <c>NeuralNetwork.proto</c>, whose layers
/// treat leading axes as one batch.</summary>
internal static partial class Op
{
    /// <summary>The axes first to last, counted from the front.</summary>
    public sealed record AxisRangeAttributes(int First, int Last) : OperatorAttributes;

    /// <summary>x with the axes first to last as one, in row-major order.</summary>
    public static readonly Operator<AxisRangeAttributes> MergeAxes = new("merge_axes")
    {
        DifferentiateWith = static (g, _) => g.Set(0, g.Reshape(g.Upstream, g.X.Shape.Sizes)),
        Inputs = [new("x", ElementTypes.Any)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0);
            context.Require(0 <= a.First && a.First <= a.Last && a.Last < x.Rank, 0, $"a tensor with the axes {a.First} to {a.Last}");
            Int128 product = 1;
            foreach (Dimension size in x.Dimensions[a.First..(a.Last + 1)]) product = size.Size is int known && product >= 0 ? product * known : -1;
            context.Require(product <= int.MaxValue, 0, "axes with less than 2^31 elements together");
            return Inference.One(x.ElementType, [.. x.Dimensions[..a.First], product < 0 ? Dimension.Unknown : (int)product, .. x.Dimensions[(a.Last + 1)..]]);
        },
        EvaluateWith = static (context, a) =>
        {
            Tensor x = context.Input(0);
            long product = 1;
            for (int axis = a.First; axis <= a.Last; axis++) product *= x.Shape[axis];
            if (product > int.MaxValue) throw context.Error(0, x.ToString(), "axes with less than 2^31 elements together");
            context.SetOutput(0, x.Reshape([.. x.Shape.Sizes[..a.First], (int)product, .. x.Shape.Sizes[(a.Last + 1)..]]));
        },
    };

    /// <summary>x with its axis first parted into the sizes that the axes first to last of another tensor have.</summary>
    public static readonly Operator<AxisRangeAttributes> SplitAxis = new("split_axis")
    {
        DifferentiateWith = static (g, _) => g.Set(0, g.Reshape(g.Upstream, g.X.Shape.Sizes)),
        Inputs = [new("x", ElementTypes.Any), new("like", ElementTypes.Any)],
        InferWith = static (context, a) =>
        {
            TensorType x = context.Input(0), like = context.Input(1);
            context.Require(0 <= a.First && a.First < x.Rank, 0, $"a tensor with an axis {a.First}");
            context.Require(a.First <= a.Last && a.Last < like.Rank, 1, $"a tensor with the axes {a.First} to {a.Last}");
            return Inference.One(x.ElementType, [.. x.Dimensions[..a.First], .. like.Dimensions[a.First..(a.Last + 1)], .. x.Dimensions[(a.First + 1)..]]);
        },
        EvaluateWith = static (context, a) =>
        {
            Tensor x = context.Input(0), like = context.Input(1);
            long product = 1;
            for (int axis = a.First; axis <= a.Last; axis++) product *= like.Shape[axis];
            if (product != x.Shape[a.First]) throw context.Error(1, like.ToString(), $"axes with {x.Shape[a.First]} elements together");
            context.SetOutput(0, x.Reshape([.. x.Shape.Sizes[..a.First], .. like.Shape.Sizes[a.First..(a.Last + 1)], .. x.Shape.Sizes[(a.First + 1)..]]));
        },
    };

    /// <summary>x repeated along axes of size 1, and along new leading axes, so that it has a shape.</summary>
    public static readonly Operator<NoAttributes> BroadcastTo = new("broadcast_to")
    {
        DifferentiateWith = static (g, _) => g.Set(0, g.Upstream),
        Inputs = [new("x", ElementTypes.Any), new("shape", ElementTypes.Integers)],
        InferWith = static (context, _) =>
        {
            TensorType x = context.Input(0), shape = context.Input(1);
            context.Require(shape.Rank == 1 && shape.IsStatic && shape.Shape[0] >= x.Rank && shape.Shape[0] <= Shape.MaxRank, 1, $"a vector of {x.Rank} to {Shape.MaxRank} sizes");
            if (context.Integers(1) is not { } sizes) return Inference.One(x.ElementType, Enumerable.Repeat(Dimension.Unknown, shape.Shape[0]));
            for (int k = 1; k <= sizes.Length; k++)
                context.Require(sizes[^k] >= 0 && (k > x.Rank || x.Dimensions[^k].Size is not int size || size == 1 || size == sizes[^k]), 1, $"sizes to which {x} broadcasts");
            return Inference.One(x.ElementType, sizes.Select(size => (Dimension)size));
        },
        EvaluateWith = static (context, _) =>
        {
            Tensor x = context.Input(0);
            long[] sizes = context.Longs(1);
            bool fits = sizes.Length >= x.Rank;
            for (int k = 1; fits && k <= sizes.Length; k++)
                fits = sizes[^k] is >= 0 and <= int.MaxValue && (k > x.Rank || x.Shape[-k] == 1 || x.Shape[-k] == sizes[^k]);
            if (!fits) throw context.Error(1, $"[{string.Join(", ", sizes)}]", $"sizes to which {x} broadcasts");
            Tensor y = context.Output(0, Shape.Create(Array.ConvertAll(sizes, size => (int)size)));
            using Tensor all = x.BroadcastTo(y.Shape);
            all.CopyTo(y);
        },
    };

    /// <summary>Inverse hyperbolic sine.</summary>
    public static readonly Operator<NoAttributes> Asinh = Elementwise.Unary("asinh", Math.Asinh);

    /// <summary>Inverse hyperbolic cosine.</summary>
    public static readonly Operator<NoAttributes> Acosh = Elementwise.Unary("acosh", Math.Acosh);
}
