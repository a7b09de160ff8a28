using TensorLogic.Graphs;
using TensorLogic.Operators;
using TensorLogic.Training;

namespace TensorLogic;

/// <summary>Functions on tensors, run at once on the CPU, with gradients.</summary>
/// <remarks>
/// <para>Two tensors of different element types are promoted: the wider float wins over the narrower and over integers, bool gives way to all;
/// f16 with bf16 gives f32. f16 and bf16 are computed in f32 and rounded once; a function of real numbers gives f32 for integers.</para>
/// <para>Shapes broadcast, aligned at the right. Where an operand has <c>RequiresGrad</c>, the result remembers how it was made.
/// Functions throw <see cref="ShapeException"/> where shapes do not fit. Not thread-safe: use one object for each thread.</para>
/// </remarks>
/// <example><code>
/// TensorFunctions f = runtime.CreateFunctions();
/// Tensor y = f.Relu(f.Linear(x, weight, bias));
/// </code></example>
public sealed partial class TensorFunctions
{
    internal TensorFunctions(IBackend backend) => Runner = new OperatorRunner(backend);

    internal OperatorRunner Runner { get; }

    /// <summary>The element type of a result of tensors of two types.</summary>
    public static ElementType Promote(ElementType x, ElementType y)
    {
        if (x == y) return x;
        if (x == ElementType.Bool) return y;
        if (y == ElementType.Bool) return x;
        if (x.IsFloat && y.IsFloat) return x.Bits == y.Bits ? ElementType.Float32 : x.Bits > y.Bits ? x : y;
        if (x.IsFloat) return x;
        if (y.IsFloat) return y;
        if (x == ElementType.UInt8) return y == ElementType.Int8 ? ElementType.Int16 : y;
        if (y == ElementType.UInt8) return x == ElementType.Int8 ? ElementType.Int16 : x;
        return x.Bits >= y.Bits ? x : y;
    }

    /// <summary>The type that a function of real numbers gives.</summary>
    internal static ElementType FloatType(ElementType type) => type.IsFloat ? type : ElementType.Float32;

    /// <summary>The type in which tensors of a type are computed.</summary>
    internal static ElementType ComputeType(ElementType type) => type switch
    {
        ElementType.Float64 => type,
        ElementType.Float16 or ElementType.BFloat16 or ElementType.Float32 => ElementType.Float32,
        _ => ElementType.Int64,
    };

    internal Tensor Run(Operator<NoAttributes> @operator, params ReadOnlySpan<Tensor?> inputs) => Runner.Run(@operator, NoAttributes.Value, inputs);

    internal Tensor Run(Operator @operator, OperatorAttributes attributes, params ReadOnlySpan<Tensor?> inputs) => Runner.Run(@operator, attributes, inputs);

    /// <summary>Converts the elements, as <see cref="Tensor.To"/>; between floats the gradient passes unchanged.</summary>
    public Tensor Cast(Tensor x, ElementType type) => x.ElementType == type ? x : Run(Op.Cast, new Op.CastAttributes(type), x);

    /// <summary>As it is computed: floats of 32 or 64 bits.</summary>
    private Tensor Wide(Tensor x) => Cast(x, x.ElementType == ElementType.Float64 ? ElementType.Float64 : ElementType.Float32);

    private Tensor? WideOrNull(Tensor? x, ElementType type) => x is null ? null : Cast(x, type);

    /// <summary>A function of real numbers.</summary>
    private Tensor Real(Operator @operator, OperatorAttributes attributes, Tensor x) => Cast(Run(@operator, attributes, Wide(x)), FloatType(x.ElementType));

    private Tensor Real(Operator<NoAttributes> @operator, Tensor x) => Real(@operator, NoAttributes.Value, x);

    /// <summary>A function that keeps the type; bool counts as i64.</summary>
    private Tensor Number(Operator<NoAttributes> @operator, Tensor x)
    {
        ElementType type = x.ElementType == ElementType.Bool ? ElementType.Int64 : x.ElementType;
        return Cast(Run(@operator, Cast(x, ComputeType(type))), type);
    }

    /// <summary>An operation on the promoted type; bool with bool counts as i64.</summary>
    private Tensor Arithmetic(Operator<NoAttributes> @operator, Tensor x, Tensor y)
    {
        ElementType type = Promote(x.ElementType, y.ElementType);
        return Arithmetic(@operator, x, y, type == ElementType.Bool ? ElementType.Int64 : type);
    }

    /// <summary>An operation whose result has a given type.</summary>
    internal Tensor Arithmetic(Operator<NoAttributes> @operator, Tensor x, Tensor y, ElementType type)
    {
        ElementType compute = ComputeType(type);
        return Cast(Run(@operator, Cast(x, compute), Cast(y, compute)), type);
    }

    private Tensor Comparison(Operator<NoAttributes> @operator, Tensor x, Tensor y)
    {
        ElementType compute = ComputeType(Promote(x.ElementType, y.ElementType));
        return Run(@operator, Cast(x, compute), Cast(y, compute));
    }

    /// <summary>A rank-0 tensor.</summary>
    internal static Tensor Constant(double value, ElementType type) => Filled(value, type, Shape.Scalar);

    internal static Tensor Filled(double value, ElementType type, Shape shape)
    {
        Tensor filled = Tensor.Create(type, shape);
        var values = new double[shape.ElementCount];
        Array.Fill(values, value);
        TensorConversion.Write(filled, values);
        return filled;
    }

    private static Tensor<int> Vector(ReadOnlySpan<int> values) => Tensor.FromSpan(values, [values.Length]);
}
