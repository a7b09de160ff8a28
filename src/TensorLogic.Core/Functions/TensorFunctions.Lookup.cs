using TensorLogic.Operators;

namespace TensorLogic;

/// <summary>Selection by indices, order, and linear algebra.</summary>
public sealed partial class TensorFunctions
{
    /// <summary>Rows of weight: shape of ids, then the trailing axes of weight.</summary>
    public Tensor Embedding(Tensor weight, Tensor ids) => Run(Op.Gather, new Op.GatherAttributes(0), weight, ids);

    /// <summary>Slices along an axis by an index tensor, whose axes stand in its place.</summary>
    public Tensor Take(Tensor x, Tensor indices, int axis = 0) => Run(Op.Gather, new Op.GatherAttributes(axis), x, indices);

    /// <summary>result[i, j] = x[index[i, j], j] for axis 0, and so on.</summary>
    public Tensor Gather(Tensor x, Tensor index, int axis = 0) => Run(Op.GatherAlongAxis, new Op.GatherAttributes(axis), x, index);

    /// <summary>x with the elements that <see cref="Gather"/> would select replaced (the last wins) or added to.</summary>
    public Tensor Scatter(Tensor x, Tensor index, Tensor source, int axis = 0, bool add = false)
    {
        ElementType compute = ComputeType(x.ElementType);
        return Cast(Run(Op.ScatterAlongAxis, new Op.ScatterAttributes(axis, add ? Op.ScatterMode.Add : Op.ScatterMode.Update), Cast(x, compute), index, Cast(source, compute)), x.ElementType);
    }

    /// <summary>The k largest elements along the last axis, descending, and their positions (i64); of equal ones the first.</summary>
    public (Tensor Values, Tensor Indices) TopK(Tensor x, int k)
    {
        Tensor[] outputs = Runner.RunAll(Op.TopK, new Op.TopKAttributes(k, -1, Ascending: false, ElementType.Int64), Cast(x, ComputeType(x.ElementType)));
        return (Cast(outputs[0], x.ElementType), outputs[1]);
    }

    /// <summary>In ascending order along the last axis.</summary>
    public Tensor Sort(Tensor x)
    {
        Tensor[] outputs = Runner.RunAll(Op.TopK, new Op.TopKAttributes(-1, -1, Ascending: true, ElementType.Int64), Cast(x, ComputeType(x.ElementType)));
        return Cast(outputs[0], x.ElementType);
    }

    /// <summary>The inverse of a square matrix, computed in f64.</summary>
    public Tensor Inverse(Tensor x) => Cast(Run(Op.MatrixInverse, Cast(x, ElementType.Float64)), FloatType(x.ElementType));

    /// <summary>The determinant of a square matrix, computed in f64.</summary>
    public Tensor Determinant(Tensor x) => Cast(Run(Op.Determinant, Cast(x, ElementType.Float64)), FloatType(x.ElementType));

    /// <summary>The solution y of x y = b for a square matrix x and a vector or matrix b, computed in f64.</summary>
    public Tensor Solve(Tensor x, Tensor b)
    {
        Tensor right = Cast(b, ElementType.Float64);
        if (b.Rank == 1) right = Unsqueeze(right, 1);
        Tensor y = Run(Op.Solve, Cast(x, ElementType.Float64), right);
        return Cast(b.Rank == 1 ? Squeeze(y, 1) : y, FloatType(Promote(x.ElementType, b.ElementType)));
    }

    /// <summary>result[i, j] = x[i] · y[j].</summary>
    public Tensor Outer(Tensor x, Tensor y) => Multiply(Unsqueeze(x, 1), Unsqueeze(y, 0));

    /// <summary>The diagonal of a matrix, or a matrix with a vector as its diagonal.</summary>
    public Tensor Diag(Tensor x)
    {
        int n = x.Rank == 1 ? x.Shape[0] : Math.Min(x.Shape[0], x.Shape[1]);
        if (x.Rank == 1)
        {
            Tensor places = Tensor.FromArray(Array.ConvertAll(Enumerable.Range(0, n).ToArray(), i => (long)i * (n + 1)), [n]);
            return Reshape(Run(Op.ScatterAlongAxis, new Op.ScatterAttributes(0), Tensor.Create(x.ElementType, [checked(n * n)]), places, x), n, n);
        }
        int columns = x.Shape[1];
        return Take(Flatten(x), Tensor.FromArray(Array.ConvertAll(Enumerable.Range(0, n).ToArray(), i => (long)i * (columns + 1)), [n]));
    }

    /// <summary>The sum of the diagonal.</summary>
    public Tensor Trace(Tensor x) => Cast(Sum(Diag(Cast(x, ComputeType(x.ElementType)))), x.ElementType.IsFloat ? x.ElementType : ElementType.Int64);

    /// <summary>The cosine of the angle between x and y along the last axis.</summary>
    public Tensor CosineSimilarity(Tensor x, Tensor y)
    {
        ElementType type = Promote(x.ElementType, y.ElementType) == ElementType.Float64 ? ElementType.Float64 : ElementType.Float32;
        Tensor a = Cast(x, type), b = Cast(y, type);
        Tensor norms = Multiply(Norm(a, [-1]), Norm(b, [-1]));
        return Divide(Sum(Multiply(a, b), [-1]), Maximum(norms, Constant(1e-12, type)));
    }
}
