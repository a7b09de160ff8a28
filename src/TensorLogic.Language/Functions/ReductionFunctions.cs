using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Functions;

/// <summary>Reductions (6.4), and the sum, largest and smallest of lists of numbers.</summary>
internal static class ReductionFunctions
{
    private delegate Tensor Reduction(TensorFunctions f, Tensor x, ReadOnlySpan<int> axes, bool keepDims);

    public static void AddTo(Library library)
    {
        library.Add("sum(x, axis?, keepdims = false)", static c => !c.Has(1) && Numbers(c[0]) is { } numbers
            ? numbers.Aggregate((Value)0, (total, item) => total.IsInt && item.IsInt ? Operations.Ints(BinaryOperator.Add, total.Bits, item.Bits) : total.AsFloat() + item.AsFloat())
            : Reduced(c, static (f, x, axes, keep) => f.Sum(x, axes, keep)));
        library.Add("max(x, axis?, keepdims = false)", static c => Extreme(c, static order => order > 0, static (f, x, axes, keep) => f.Max(x, axes, keep)));
        library.Add("min(x, axis?, keepdims = false)", static c => Extreme(c, static order => order < 0, static (f, x, axes, keep) => f.Min(x, axes, keep)));
        library.Add("prod(x, axis?, keepdims = false)", static c => Reduced(c, static (f, x, axes, keep) => f.Prod(x, axes, keep)));
        library.Add("mean(x, axis?, keepdims = false)", static c => Reduced(c, static (f, x, axes, keep) => f.Mean(x, axes, keep)));
        library.Add("any(x, axis?, keepdims = false)", static c => Reduced(c, static (f, x, axes, keep) => f.Any(x, axes, keep)));
        library.Add("all(x, axis?, keepdims = false)", static c => Reduced(c, static (f, x, axes, keep) => f.All(x, axes, keep)));
        library.Add("var(x, axis?, keepdims = false, ddof = 0)", static c =>
        {
            int ddof = c.SmallInt(3);
            return Reduced(c, (f, x, axes, keep) => f.Var(x, axes, keep, ddof));
        });
        library.Add("std(x, axis?, keepdims = false, ddof = 0)", static c =>
        {
            int ddof = c.SmallInt(3);
            return Reduced(c, (f, x, axes, keep) => f.Std(x, axes, keep, ddof));
        });
        library.Add("norm(x, axis?, keepdims = false)", static c => Reduced(c, static (f, x, axes, keep) => f.Norm(x, axes, keep)));
        library.Add("argmax(x, axis?)", static c => Argument(c, static (f, x, axis) => f.ArgMax(x, axis)));
        library.Add("argmin(x, axis?)", static c => Argument(c, static (f, x, axis) => f.ArgMin(x, axis)));
        library.Add("cumsum(x, axis = -1)", static c =>
        {
            Tensor x = c.Tensor(0);
            return c.F.CumSum(x, c.Axis(1, x.Rank));
        });
    }

    private static Value Reduced(LibraryCall c, Reduction reduction)
    {
        Tensor x = c.Tensor(0);
        return reduction(c.F, x, c.Axes(1, x.Rank), c.Bool(2));
    }

    /// <summary>A flat list of numbers, or null.</summary>
    private static ListValue? Numbers(Value value) => value.Content is ListValue list && list.All(item => item.IsNumber) ? list : null;

    private static Value Extreme(LibraryCall c, Func<int, bool> wins, Reduction reduction)
    {
        if (c[0].IsNumber && c[1].IsNumber) return ElementwiseFunctions.ExtremeOf(c[0], c[1], wins);
        if (c[0].IsNumber && !c.Has(1)) return c[0];
        if (!c.Has(1) && Numbers(c[0]) is { Count: > 0 } numbers) return numbers.Aggregate((best, item) => ElementwiseFunctions.ExtremeOf(best, item, wins));
        if (c.Tensor(0).ElementCount == 0) throw new ScriptFault(Messages.EmptyTensor(c.Name));
        return Reduced(c, reduction);
    }

    private static Value Argument(LibraryCall c, Func<TensorFunctions, Tensor, int, Tensor> position)
    {
        Tensor x = c.Tensor(0);
        if (x.ElementCount == 0) throw new ScriptFault(Messages.EmptyTensor(c.Name));
        if (c.Has(1)) return position(c.F, x, c.Axis(1, x.Rank));
        return TensorConversion.ReadLongs(position(c.F, c.F.Flatten(x), 0))[0];
    }
}
