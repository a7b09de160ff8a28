using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Evaluation;

namespace TensorLogic.Language.Functions;

/// <summary>Linear algebra (6.12).</summary>
internal static class LinearAlgebraFunctions
{
    private const double LeastDeterminant = 1e-12;

    public static void AddTo(Library library)
    {
        library.Add("inv(x)", static c => c.F.Inverse(Regular(c)));
        library.Add("det(x)", static c => c.F.Determinant(Square(c)));
        library.Add("solve(a, b)", static c =>
        {
            Tensor a = Regular(c), b = c.Tensor(1);
            if (b.Rank is not (1 or 2) || b.Shape[0] != a.Shape[0]) throw new ScriptFault(Messages.CannotJoin(c.Name, a.Shape, b.Shape, b.Rank == 0 ? "an operand has no axes" : $"{a.Shape[0]} and {b.Shape[0]} differ"));
            return c.F.Solve(a, b);
        });
        library.Add("outer(a, b)", static c => c.F.Outer(Vector(c, 0), Vector(c, 1)));
        library.Add("trace(x)", static c => c.F.Trace(Matrix(c)));
        library.Add("diag(x)", static c => c.Tensor(0) is { Rank: 1 or 2 } x ? c.F.Diag(x) : throw new ScriptFault(Messages.NeedsAxes(c.Name, 2, c.Tensor(0).Shape)));
        library.Add("cosine_similarity(a, b)", static c =>
        {
            Tensor a = c.Tensor(0), b = c.Tensor(1);
            Operations.CheckBroadcast(a, b);
            return a.Rank > 0 && b.Rank > 0 ? c.F.CosineSimilarity(a, b) : throw new ScriptFault(Messages.AxisOutOfRange(-1, 0));
        });
    }

    private static Tensor Vector(LibraryCall c, int index) => c.Tensor(index) is { Rank: 1 } x ? x : throw new ScriptFault(Messages.NeedsAxes(c.Name, 1, c.Tensor(index).Shape));

    private static Tensor Matrix(LibraryCall c) => c.Tensor(0) is { Rank: 2 } x ? x : throw new ScriptFault(Messages.NeedsAxes(c.Name, 2, c.Tensor(0).Shape));

    private static Tensor Square(LibraryCall c) =>
        c.Tensor(0) is { Rank: 2 } x && x.Shape[0] == x.Shape[1] ? x : throw new ScriptFault(Messages.NeedsSquareMatrix(c.Name, c.Tensor(0).Shape));

    private static Tensor Regular(LibraryCall c)
    {
        Tensor x = Square(c);
        double determinant = TensorConversion.ReadDoubles(c.F.Determinant(c.F.Cast(x, ElementType.Float64)))[0];
        return Math.Abs(determinant) >= LeastDeterminant ? x : throw new ScriptFault(Messages.Singular());
    }
}
