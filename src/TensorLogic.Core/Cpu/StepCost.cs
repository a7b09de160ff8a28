using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Cpu;

/// <summary>What a step's definition computes and moves under the shapes of a plan.</summary>
internal static class StepCost
{
    public static StepProfile Describe(CpuStep step, CpuPlan plan)
    {
        double bytes = 0;
        HashSet<Value> inside = [.. step.Nodes.SelectMany(node => node.Outputs)];
        foreach (Value value in step.Nodes.SelectMany(node => node.Inputs).OfType<Value>().Where(value => !inside.Contains(value)).Distinct()) bytes += Bytes(value, plan);
        foreach (Value value in step.Outputs) bytes += Bytes(value, plan);
        return new(step.Outputs[0].Name, step.ToString(), step.Kernel?.Name ?? "reference", 0, step.Nodes.Sum(node => Flops(node, plan)), bytes);
    }

    private static double Flops(Node node, CpuPlan plan)
    {
        double outputs = node.Outputs.Sum(output => Count(output, plan));
        if (node.Operator == Op.Conv) return 2 * outputs * Sizes(node.Inputs[1]!, plan).Skip(1).Aggregate(1.0, (product, size) => product * size);
        if (node.Operator == Op.ConvTranspose) return 2 * Count(node.Inputs[0]!, plan) * Sizes(node.Inputs[1]!, plan).Skip(1).Aggregate(1.0, (product, size) => product * size);
        if (node.Operator == Op.Linear) return 2 * outputs * Sizes(node.Inputs[1]!, plan).LastOrDefault(1);
        if (node.Operator == Op.MatMul) return 2 * outputs * (Sizes(node.Inputs[0]!, plan) is { Length: >= 2 } left ? ((Op.MatMulAttributes)node.Attributes).TransposeX ? left[^2] : left[^1] : 1);
        return outputs;
    }

    private static double Count(Value value, CpuPlan plan) => Sizes(value, plan).Aggregate(1.0, (product, size) => product * size);

    private static double Bytes(Value value, CpuPlan plan) => plan.TypeOf(value) is TensorValueType { Tensor: var type } ? Count(value, plan) * CpuProgram.Stored(type.ElementType).Bits / 8 : 0;

    private static int[] Sizes(Value value, CpuPlan plan) => plan.TypeOf(value) is TensorValueType { Tensor: var type } ? [.. type.Dimensions.Select(dimension => dimension.Size ?? 0)] : [];
}
