namespace TensorLogic.Tool.Prediction;

/// <summary>Elements of tensors of any type.</summary>
internal static class Elements
{
    /// <summary>All elements in row-major order.</summary>
    public static double[] Doubles(Tensor tensor)
    {
        using Tensor converted = tensor.To(ElementType.Float64);
        return converted.As<double>().ToArray();
    }
}
