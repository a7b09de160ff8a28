using TensorLogic.Cpu.Kernels;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Cpu;

/// <summary>A node that multiplies each output channel by a constant and adds one: batch normalisation, a separate bias or scale.</summary>
/// <param name="Scale">One for each channel; null for 1.</param>
/// <param name="Shift">One for each channel; null for 0.</param>
internal sealed record ChannelArithmetic(double[]? Scale, double[]? Shift)
{
    /// <summary>What a reader of a layer's result does to its channels, or null if it does something else.</summary>
    /// <param name="layer">Convolution (channels on axis 1) or linear layer (on the last axis).</param>
    /// <param name="reader">The node that reads its result.</param>
    /// <param name="result">The result.</param>
    public static ChannelArithmetic? Of(Node layer, Node reader, Value result)
    {
        int rank = result.TensorType.Rank, axis = layer.Operator == Op.Conv ? 1 : rank - 1;
        if (rank == 0 || result.TensorType.Dimensions[axis].Size is not int channels) return null;
        if (reader.Operator == Op.BatchNorm)
        {
            if (axis != 1 || reader.Inputs[0] != result || reader.Inputs.Skip(1).Any(input => input is { IsConstant: false })) return null;
            double[][] constants = [.. reader.Inputs.Skip(1).Select(input => input is null ? [] : TensorConversion.ReadDoubles(input.Constant!))];
            (double[] scale, double[] shift) = NormalizationKernels.ScaleAndShift(constants[0], constants[1], Given(2), Given(3), ((Op.EpsilonAttributes)reader.Attributes).Epsilon);
            return new(scale, shift);

            double[]? Given(int index) => index < constants.Length && reader.Inputs[index + 1] is not null ? constants[index] : null;
        }
        if (reader.Operator != Op.Add && reader.Operator != Op.Mul && reader.Operator != Op.Sub) return null;
        bool left = reader.Inputs[0] == result;
        Value other = left ? reader.Inputs[1]! : reader.Inputs[0]!;
        if (other.Constant is not { } constant || reader.Operator == Op.Sub && !left) return null;
        if (PerChannel(constant, rank, axis, channels) is not { } values) return null;
        return reader.Operator == Op.Mul ? new(values, null) : new(null, reader.Operator == Op.Add ? values : Array.ConvertAll(values, value => -value));
    }

    private static double[]? PerChannel(Tensor constant, int rank, int axis, int channels)
    {
        if (constant.Rank > rank || constant.ElementCount != 1 && constant.ElementCount != channels) return null;
        double[] values = TensorConversion.ReadDoubles(constant);
        if (values.Length == 1) return [.. Enumerable.Repeat(values[0], channels)];
        int own = axis - (rank - constant.Rank);
        return own >= 0 && constant.Shape.Sizes[own] == channels ? values : null;
    }
}
