using TensorLogic.Operators;

namespace TensorLogic;

/// <summary>Losses: rank 0, f32, or f64 if an operand is f64. All are means.</summary>
public sealed partial class TensorFunctions
{
    /// <summary>The mean of squared differences.</summary>
    public Tensor MeanSquaredError(Tensor prediction, Tensor target) => Mean(Square(Difference(prediction, target)));

    /// <summary>The mean of absolute differences.</summary>
    public Tensor MeanAbsoluteError(Tensor prediction, Tensor target) => Mean(Abs(Difference(prediction, target)));

    /// <summary>The mean of -(t ln p + (1 - t) ln(1 - p)), p clamped to [1e-7, 1 - 1e-7].</summary>
    public Tensor BinaryCrossEntropy(Tensor prediction, Tensor target)
    {
        ElementType type = LossType(prediction, target);
        Tensor one = Constant(1, type), t = Cast(target, type);
        Tensor p = Run(Op.Clip, new Op.ClipAttributes(1e-7, 1 - 1e-7), Cast(prediction, type));
        return Negate(Mean(Add(Multiply(t, Log(p)), Multiply(Subtract(one, t), Log(Subtract(one, p))))));
    }

    /// <summary>The mean of -log_softmax over the last axis: at the target class (integers, one axis less), or times a distribution (floats).</summary>
    public Tensor CrossEntropy(Tensor logits, Tensor target)
    {
        Tensor shares = LogSoftmax(Cast(logits, LossType(logits, target)));
        if (target.ElementType.IsFloat) return Negate(Mean(Sum(Multiply(shares, target), [-1])));
        return Negate(Mean(Gather(shares, Unsqueeze(target, -1), -1)));
    }

    private Tensor Difference(Tensor prediction, Tensor target)
    {
        ElementType type = LossType(prediction, target);
        return Subtract(Cast(prediction, type), Cast(target, type));
    }

    private static ElementType LossType(Tensor prediction, Tensor target) =>
        prediction.ElementType == ElementType.Float64 || target.ElementType == ElementType.Float64 ? ElementType.Float64 : ElementType.Float32;
}
