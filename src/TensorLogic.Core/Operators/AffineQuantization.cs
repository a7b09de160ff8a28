namespace TensorLogic.Operators;

/// <summary>Quantisation of values as a model runs. Sources: MIL <c>quantization_ops</c> (iOS17).</summary>
internal static partial class Op
{
    /// <param name="Type">u8 or i8.</param>
    /// <param name="Axis">Axis whose every index has its own scale, where the scale is a vector.</param>
    public sealed record QuantizeAttributes(ElementType Type, int Axis) : OperatorAttributes;

    /// <summary>input / scale, rounded to the nearest integer (ties to even), plus zero_point, clipped to the range of the type.</summary>
    public static readonly Operator<QuantizeAttributes> Quantize = new("quantize")
    {
        Inputs = [new("input", ElementTypes.Floats), new("zero_point", ElementTypes.Numbers, Optional: true), new("scale", ElementTypes.Floats)],
        InferWith = static (context, a) =>
        {
            context.Require(a.Type is ElementType.Int8 or ElementType.UInt8, 0, $"i8 or u8 as the type of the result, found {a.Type.Name}");
            CheckAffine(context, a.Axis);
            return Inference.One(context.Input(0).WithElementType(a.Type));
        },
        EvaluateWith = static (context, a) =>
        {
            Shape shape = context.Input(0).Shape;
            double[] values = context.Doubles(0), scales = context.Doubles(2);
            double[] zeros = context.Has(1) ? context.Doubles(1) : [0];
            double low = a.Type == ElementType.Int8 ? sbyte.MinValue : byte.MinValue, high = a.Type == ElementType.Int8 ? sbyte.MaxValue : byte.MaxValue;
            (_, int size, int inner) = shape.Rank == 0 ? (1, 1, 1) : Reduction.Split(shape, shape.Axis(a.Axis));
            CheckCounts(context, size, scales, zeros);
            for (int i = 0; i < values.Length; i++)
            {
                int k = i / inner % size;
                double quotient = Math.Round(values[i] / scales[scales.Length == 1 ? 0 : k], MidpointRounding.ToEven);
                values[i] = Math.Min(Math.Max(quotient + zeros[zeros.Length == 1 ? 0 : k], low), high);
            }
            context.Write(0, shape, values);
        },
    };

    /// <summary>scale · (input - zero_point).</summary>
    public static readonly Operator<AxisAttributes> Dequantize = new("dequantize")
    {
        Inputs = [new("input", ElementTypes.Integers), new("zero_point", ElementTypes.Numbers, Optional: true), new("scale", ElementTypes.Floats)],
        InferWith = static (context, a) =>
        {
            CheckAffine(context, a.Axis);
            return Inference.One(context.Input(0).WithElementType(context.Input(2).ElementType));
        },
        EvaluateWith = static (context, a) =>
        {
            Shape shape = context.Input(0).Shape;
            double[] values = context.Doubles(0), scales = context.Doubles(2);
            double[] zeros = context.Has(1) ? context.Doubles(1) : [0];
            (_, int size, int inner) = shape.Rank == 0 ? (1, 1, 1) : Reduction.Split(shape, shape.Axis(a.Axis));
            CheckCounts(context, size, scales, zeros);
            for (int i = 0; i < values.Length; i++)
            {
                int k = i / inner % size;
                values[i] = scales[scales.Length == 1 ? 0 : k] * (values[i] - zeros[zeros.Length == 1 ? 0 : k]);
            }
            context.Write(0, shape, values);
        },
    };

    // Scale and zero point are one value, or one for each index of the axis.
    private static void CheckAffine(InferenceContext context, int axis)
    {
        TensorType x = context.Input(0);
        Dimension size = x.Rank == 0 ? 1 : x.Dimensions[Inference.Axis(context, 0, axis, x.Rank)];
        for (int input = 1; input <= 2; input++)
            if (context.Has(input))
                context.Require(context.Input(input).Rank == 0 || context.Input(input).Rank == 1 && (context.Input(input).Dimensions[0].Size == 1 || Inference.MayEqual(context.Input(input).Dimensions[0], size)), input,
                    $"a scalar or a vector [{size}]");
    }

    private static void CheckCounts(EvaluationContext context, int size, double[] scales, double[] zeros)
    {
        if (scales.Length != 1 && scales.Length != size) throw context.Error(2, context.Input(2).ToString(), $"a scalar or a vector [{size}]");
        if (zeros.Length != 1 && zeros.Length != size) throw context.Error(1, context.Input(1).ToString(), $"a scalar or a vector [{size}]");
    }
}
