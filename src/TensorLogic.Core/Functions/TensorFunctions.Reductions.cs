using TensorLogic.Operators;

namespace TensorLogic;

/// <summary>Reductions. Axes may be negative; without axes all are reduced.</summary>
public sealed partial class TensorFunctions
{
    /// <summary>The sum; integers and bool give i64.</summary>
    public Tensor Sum(Tensor x, ReadOnlySpan<int> axes = default, bool keepDims = false) => Total(Op.ReduceSum, x, axes, keepDims);

    /// <summary>The product; integers and bool give i64.</summary>
    public Tensor Prod(Tensor x, ReadOnlySpan<int> axes = default, bool keepDims = false) => Total(Op.ReduceProd, x, axes, keepDims);

    /// <summary>The arithmetic mean.</summary>
    public Tensor Mean(Tensor x, ReadOnlySpan<int> axes = default, bool keepDims = false) => Reduced(Op.ReduceMean, Wide(x), axes, keepDims, FloatType(x.ElementType));

    /// <summary>The largest element.</summary>
    public Tensor Max(Tensor x, ReadOnlySpan<int> axes = default, bool keepDims = false) => Reduced(Op.ReduceMax, Cast(x, ComputeType(x.ElementType)), axes, keepDims, x.ElementType);

    /// <summary>The smallest element.</summary>
    public Tensor Min(Tensor x, ReadOnlySpan<int> axes = default, bool keepDims = false) => Reduced(Op.ReduceMin, Cast(x, ComputeType(x.ElementType)), axes, keepDims, x.ElementType);

    /// <summary>True where an element is not 0.</summary>
    public Tensor Any(Tensor x, ReadOnlySpan<int> axes = default, bool keepDims = false) => Reduced(Op.ReduceMax, Truth(x), axes, keepDims, ElementType.Bool, empty: 0);

    /// <summary>True where all elements are not 0.</summary>
    public Tensor All(Tensor x, ReadOnlySpan<int> axes = default, bool keepDims = false) => Reduced(Op.ReduceMin, Truth(x), axes, keepDims, ElementType.Bool, empty: 1);

    /// <summary>The sum of squared deviations from the mean over (n - ddof).</summary>
    public Tensor Var(Tensor x, ReadOnlySpan<int> axes = default, bool keepDims = false, int ddof = 0) => Cast(WideVar(x, axes, keepDims, ddof), FloatType(x.ElementType));

    /// <summary>The square root of <see cref="Var"/>.</summary>
    public Tensor Std(Tensor x, ReadOnlySpan<int> axes = default, bool keepDims = false, int ddof = 0) => Cast(Run(Op.Sqrt, WideVar(x, axes, keepDims, ddof)), FloatType(x.ElementType));

    /// <summary>The Euclidean norm.</summary>
    public Tensor Norm(Tensor x, ReadOnlySpan<int> axes = default, bool keepDims = false) => Reduced(Op.ReduceL2Norm, Wide(x), axes, keepDims, FloatType(x.ElementType));

    /// <summary>The first position of the largest element along an axis, i64.</summary>
    public Tensor ArgMax(Tensor x, int axis) => Run(Op.ReduceArgmax, new Op.ArgAttributes(axis, KeepDims: false, ElementType.Int64), Cast(x, ComputeType(x.ElementType)));

    /// <summary>The first position of the smallest element along an axis, i64.</summary>
    public Tensor ArgMin(Tensor x, int axis) => Run(Op.ReduceArgmin, new Op.ArgAttributes(axis, KeepDims: false, ElementType.Int64), Cast(x, ComputeType(x.ElementType)));

    /// <summary>The sums of all elements up to each along an axis.</summary>
    public Tensor CumSum(Tensor x, int axis = -1)
    {
        ElementType type = x.ElementType == ElementType.Bool ? ElementType.Int64 : x.ElementType;
        return Cast(Run(Op.CumSum, new Op.CumSumAttributes(axis, Exclusive: false, Reverse: false), Cast(x, ComputeType(type))), type);
    }

    private Tensor Truth(Tensor x) => Cast(Cast(x, ElementType.Bool), ElementType.Int64);

    private Tensor Total(Operator<Op.ReduceAttributes> @operator, Tensor x, ReadOnlySpan<int> axes, bool keepDims) =>
        Reduced(@operator, Cast(x, ComputeType(x.ElementType)), axes, keepDims, x.ElementType.IsFloat ? x.ElementType : ElementType.Int64);

    private Tensor Reduced(Operator<Op.ReduceAttributes> @operator, Tensor x, ReadOnlySpan<int> axes, bool keepDims, ElementType type, double? empty = null)
    {
        if (x.Rank == 0) return Cast(@operator == Op.ReduceL2Norm ? Run(Op.Abs, x) : x, type);
        if (empty is { } value && x.ElementCount == 0) x = Broadcast(Constant(value, x.ElementType), Shape.Create([.. x.Shape.Select(size => Math.Max(size, 1))]));
        return Cast(Run(@operator, new Op.ReduceAttributes(Ints.Create(axes), keepDims), x), type);
    }

    private Tensor WideVar(Tensor x, ReadOnlySpan<int> axes, bool keepDims, int ddof)
    {
        Tensor wide = Wide(x);
        if (x.Rank == 0) return Run(Op.Sub, wide, wide);
        Tensor centred = Run(Op.Sub, wide, Run(Op.ReduceMean, new Op.ReduceAttributes(Ints.Create(axes), KeepDims: true), wide));
        Tensor squares = Run(Op.ReduceSum, new Op.ReduceAttributes(Ints.Create(axes), keepDims), Run(Op.Square, centred));
        double count = (double)x.ElementCount / Math.Max(1, squares.ElementCount);
        return Run(Op.RealDiv, squares, Constant(count - ddof, squares.ElementType));
    }
}
