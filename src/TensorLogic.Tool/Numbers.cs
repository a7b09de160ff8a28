namespace TensorLogic.Tool;

/// <summary>Elements of tensors as doubles, whatever their type.</summary>
internal static class Numbers
{
    public static double[] Of(Tensor tensor)
    {
        using Tensor doubles = tensor.To(ElementType.Float64);
        return ((Tensor<double>)doubles).ToArray();
    }
}
