using TensorLogic.Cpu;
using TensorLogic.Operators;

namespace TensorLogic.Tests.Operators;

/// <summary>Runs one operator on numbers.</summary>
internal static class OperatorRun
{
    public static double[][] Outputs(Operator @operator, OperatorAttributes attributes, params Tensor?[] inputs)
    {
        using CpuBackend backend = new(1);
        return Array.ConvertAll(backend.Run(@operator, attributes, inputs), TensorConversion.ReadDoubles);
    }

    public static double[] Output(Operator @operator, OperatorAttributes attributes, params Tensor?[] inputs) => Outputs(@operator, attributes, inputs)[0];

    public static Tensor Floats(int[] shape, params float[] values) => Tensor.FromArray(values, Shape.Create(shape));

    public static Tensor Counting(params int[] shape) => Tensor.FromArray([.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(i => (float)i)], Shape.Create(shape));

    public static Tensor Integers(int[] shape, params int[] values) => Tensor.FromArray(values, Shape.Create(shape));
}
