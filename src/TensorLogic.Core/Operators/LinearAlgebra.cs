namespace TensorLogic.Operators;

/// <summary>Inverse, determinant and solution of square matrices, by elimination with partial pivoting in f64. Source: Golub and Van Loan,
/// <c>Matrix Computations</c>, 3.4.</summary>
internal static partial class Op
{
    /// <summary>The inverse of a matrix [n, n]; of a singular one, not finite.</summary>
    public static readonly Operator<NoAttributes> MatrixInverse = new("matrix_inverse")
    {
        DifferentiateWith = static (g, _) => g.Set(0, g.Neg(g.MatMul(g.MatMul(g.Y, g.Upstream, transposeX: true), g.Y, transposeY: true))),
        Inputs = [new("x", ElementTypes.Floats)],
        InferWith = static (context, _) =>
        {
            RequireSquare(context);
            return Inference.Same(context);
        },
        EvaluateWith = static (context, _) =>
        {
            Shape shape = context.Input(0).Shape;
            int n = shape[0];
            var identity = new double[n * n];
            for (int i = 0; i < n; i++) identity[i * n + i] = 1;
            Eliminate(context.Doubles(0), n, identity, n, context.Cancellation);
            context.Write(0, shape, identity);
        },
    };

    /// <summary>The determinant of a matrix [n, n].</summary>
    public static readonly Operator<NoAttributes> Determinant = new("determinant")
    {
        DifferentiateWith = static (g, _) => g.Set(0, g.Mul(g.Mul(g.Upstream, g.Y), g.Transpose(g.Run(MatrixInverse, g.X), 1, 0))),
        Inputs = [new("x", ElementTypes.Floats)],
        InferWith = static (context, _) =>
        {
            RequireSquare(context);
            return Inference.One(context.Input(0).ElementType);
        },
        EvaluateWith = static (context, _) => context.Write(0, Shape.Scalar, [Eliminate(context.Doubles(0), context.Input(0).Shape[0], [], 0, context.Cancellation)]),
    };

    /// <summary>The solution y of x y = b, with x [n, n] and b [n, m].</summary>
    public static readonly Operator<NoAttributes> Solve = new("solve")
    {
        DifferentiateWith = static (g, _) =>
        {
            Tensor gradient = g.Run(Solve!, g.Transpose(g.Cast(g.X, g.Upstream.ElementType), 1, 0), g.Upstream);
            g.Set(1, gradient);
            if (g.Needs(0)) g.Set(0, g.Neg(g.MatMul(gradient, g.Y, transposeY: true)));
        },
        Inputs = [new("x", ElementTypes.Floats), new("b", ElementTypes.Floats)],
        InferWith = static (context, _) =>
        {
            RequireSquare(context);
            TensorType b = context.Input(1);
            context.Require(b.Rank == 2 && Inference.MayEqual(b.Dimensions[0], context.Input(0).Dimensions[0]), 1, $"a matrix with {context.Input(0).Dimensions[0]} rows");
            return Inference.One(b);
        },
        EvaluateWith = static (context, _) =>
        {
            Shape shape = context.Input(1).Shape;
            double[] b = context.Doubles(1);
            Eliminate(context.Doubles(0), shape[0], b, shape[1], context.Cancellation);
            context.Write(0, shape, b);
        },
    };

    private static void RequireSquare(InferenceContext context)
    {
        TensorType x = context.Input(0);
        context.Require(x.Rank == 2 && Inference.MayEqual(x.Dimensions[0], x.Dimensions[1]), 0, "a square matrix");
    }

    /// <summary>Makes b [n, columns] the solution of x y = b; the determinant of x [n, n], which is overwritten.</summary>
    private static double Eliminate(double[] x, int n, double[] b, int columns, CancellationToken cancellation)
    {
        double determinant = 1;
        for (int k = 0; k < n; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            int pivot = k;
            for (int i = k + 1; i < n; i++)
                if (Math.Abs(x[i * n + k]) > Math.Abs(x[pivot * n + k])) pivot = i;
            if (pivot != k)
            {
                determinant = -determinant;
                for (int j = 0; j < n; j++) (x[k * n + j], x[pivot * n + j]) = (x[pivot * n + j], x[k * n + j]);
                for (int j = 0; j < columns; j++) (b[k * columns + j], b[pivot * columns + j]) = (b[pivot * columns + j], b[k * columns + j]);
            }
            double head = x[k * n + k];
            determinant *= head;
            if (head == 0 && columns == 0) return 0;
            for (int i = 0; i < n; i++)
            {
                // Rows above the pivot matter to a solution only.
                if (i == k || i < k && columns == 0) continue;
                double factor = x[i * n + k] / head;
                if (factor == 0) continue;
                for (int j = k; j < n; j++) x[i * n + j] -= factor * x[k * n + j];
                for (int j = 0; j < columns; j++) b[i * columns + j] -= factor * b[k * columns + j];
            }
        }
        for (int k = 0; k < n; k++)
            for (int j = 0; j < columns; j++) b[k * columns + j] /= x[k * n + k];
        return determinant;
    }
}
