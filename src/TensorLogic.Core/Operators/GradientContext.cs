namespace TensorLogic.Operators;

/// <summary>What the gradient of an operator works with: inputs, outputs, the gradients of the outputs, and places for those of the inputs.</summary>
/// <remarks>Gradients have at least 32 bits. The helpers here bring operands to the wider type; they run operators, so that gradients can be
/// differentiated in turn.</remarks>
internal abstract class GradientContext
{
    /// <summary>Number of inputs.</summary>
    public abstract int InputCount { get; }

    /// <summary>An input; null where an optional one is left out.</summary>
    public abstract Tensor? Optional(int index);

    /// <summary>An output.</summary>
    public abstract Tensor Output(int index);

    /// <summary>The gradient of an output; null if nothing depends on it.</summary>
    public abstract Tensor? UpstreamOf(int index);

    /// <summary>True if the gradient of this input is asked for.</summary>
    public abstract bool Needs(int index);

    /// <summary>Adds to the gradient of an input. Along axes that were broadcast it is summed.</summary>
    public abstract void Set(int index, Tensor gradient);

    /// <summary>Runs an operator; its first output.</summary>
    /// <remarks>Gradients name operators that are declared further down: null to the compiler, but set by the time that a gradient runs.</remarks>
    public abstract Tensor Run(Operator? @operator, OperatorAttributes attributes, params ReadOnlySpan<Tensor?> inputs);

    public Tensor Run(Operator<NoAttributes>? @operator, params ReadOnlySpan<Tensor?> inputs) => Run(@operator, NoAttributes.Value, inputs);

    public Tensor Input(int index) => Optional(index)!;

    public Tensor X => Input(0);

    public Tensor Y => Output(0);

    public Tensor Upstream => UpstreamOf(0)!;

    private ElementType Type => Upstream.ElementType;

    public Tensor Mul(Tensor a, Tensor b) => Binary(Op.Mul, a, b);
    public Tensor Mul(Tensor a, double b) => Mul(a, Scalar(b));
    public Tensor Add(Tensor a, Tensor b) => Binary(Op.Add, a, b);
    public Tensor Add(Tensor a, double b) => Add(a, Scalar(b));
    public Tensor Sub(Tensor a, Tensor b) => Binary(Op.Sub, a, b);
    public Tensor Div(Tensor a, Tensor b) => Binary(Op.RealDiv, a, b);
    public Tensor Neg(Tensor a) => Mul(a, -1);
    public Tensor OneMinus(Tensor a) => Sub(Ones, a);
    public Tensor OneMinusSquare(Tensor a) => OneMinus(Run(Op.Square, a));

    /// <summary>x &gt; 0, as bool.</summary>
    public Tensor Positive(Tensor x) => Run(Op.Greater, x, Like(x, 0));

    /// <summary>lo &lt;= x &lt;= hi, as bool.</summary>
    public Tensor Between(Tensor x, double lo, double hi) => Run(Op.LogicalAnd, Run(Op.GreaterEqual, x, Like(x, lo)), Run(Op.LessEqual, x, Like(x, hi)));

    /// <summary>Numbers that depend on a condition.</summary>
    public Tensor Where(Tensor condition, double then, double otherwise) => Select(condition, Scalar(then), Scalar(otherwise));

    public Tensor Select(Tensor condition, Tensor then, Tensor otherwise)
    {
        (then, otherwise) = Match(then, otherwise);
        return Run(Op.Select, condition, then, otherwise);
    }

    /// <summary>A bool tensor as numbers.</summary>
    public Tensor Number(Tensor condition) => Cast(condition, Type);

    /// <summary>A number of the gradients' type.</summary>
    public Tensor Scalar(double value) => Filled(Type, Shape.Scalar, value);

    public Tensor Zero => Scalar(0);

    public Tensor Ones => Scalar(1);

    /// <summary>Zeros in the shape of the first input.</summary>
    public Tensor Zeros => Tensor.Create(Type, X.Shape);

    /// <summary>The sum along axes, which stay with size 1.</summary>
    public Tensor Sum(Tensor x, params ReadOnlySpan<int> axes) => Run(Op.ReduceSum, new Op.ReduceAttributes(Ints.Create(axes), KeepDims: true), x);

    public Tensor Reshape(Tensor x, ReadOnlySpan<int> sizes) => x.Shape.Sizes.SequenceEqual(sizes) ? x : Run(Op.Reshape, x, Indices(sizes));

    public Tensor Broadcast(Tensor x, Shape shape) => x.Shape == shape ? x : Run(Op.BroadcastTo, x, Indices(shape.Sizes));

    public Tensor Transpose(Tensor x, params ReadOnlySpan<int> order) => Run(Op.Transpose, new Op.TransposeAttributes(Ints.Create(order)), x);

    public Tensor Cast(Tensor x, ElementType type) => x.ElementType == type ? x : Run(Op.Cast, new Op.CastAttributes(type), x);

    /// <summary>Elements of an axis.</summary>
    public Tensor Slice(Tensor x, int axis, int start, int count, int step = 1)
    {
        int[] begin = new int[x.Rank], end = x.Shape.Sizes.ToArray(), steps = new int[x.Rank];
        Array.Fill(steps, 1);
        (begin[axis], end[axis], steps[axis]) = (start, Math.Min(start + count * step, end[axis]), step);
        return Run(Op.SliceByIndex, new Op.SliceByIndexAttributes(Ints.Create(steps), [], [], []), x, Indices(begin), Indices(end));
    }

    /// <summary>A product of matrices.</summary>
    public Tensor MatMul(Tensor x, Tensor y, bool transposeX = false, bool transposeY = false)
    {
        (x, y) = Match(x, y);
        return Run(Op.MatMul, new Op.MatMulAttributes(transposeX, transposeY), x, y);
    }

    /// <summary>Zeros of the gradients' type.</summary>
    public Tensor ZerosOf(Shape shape) => Tensor.Create(Type, shape);

    /// <summary>A vector of integers, as shapes and indices are given.</summary>
    public static Tensor Indices(ReadOnlySpan<int> values) => Tensor.FromSpan(values, [values.Length]);

    private Tensor Binary(Operator<NoAttributes> @operator, Tensor a, Tensor b)
    {
        (a, b) = Match(a, b);
        return Run(@operator, a, b);
    }

    /// <summary>Both in the wider of their types; 16-bit types and truth values become those of the gradients.</summary>
    public (Tensor A, Tensor B) Match(Tensor a, Tensor b)
    {
        ElementType type = a.ElementType == ElementType.Float64 || b.ElementType == ElementType.Float64 ? ElementType.Float64 : Type;
        return (Cast(a, type), Cast(b, type));
    }

    /// <summary>An input as the gradients have it.</summary>
    public Tensor Wide(int index) => Cast(Input(index), Type == ElementType.Float64 ? Type : Input(index).ElementType == ElementType.Float64 ? ElementType.Float64 : ElementType.Float32);

    private static Tensor Like(Tensor x, double value) => Filled(x.ElementType == ElementType.Bool ? ElementType.Float32 : x.ElementType, Shape.Scalar, value);

    private static Tensor Filled(ElementType type, Shape shape, double value)
    {
        Tensor filled = Tensor.Create(type, shape);
        TensorConversion.Write(filled, [value]);
        return filled;
    }
}
