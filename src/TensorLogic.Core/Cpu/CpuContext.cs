using TensorLogic.Operators;

namespace TensorLogic.Cpu;

/// <summary>One node being run.</summary>
internal sealed class CpuContext(Step step, Frame frame) : EvaluationContext
{
    public Workers Workers => frame.Workers;

    public BlockPool Pool => frame.Pool;

    /// <summary>An output that was written before.</summary>
    public Tensor Result(int index) => frame.Tensor(step.Outputs[index]);

    public override int InputCount => step.Inputs.Length;

    public override bool Has(int index) => index < step.Inputs.Length && step.Inputs[index] >= 0;

    public override Tensor Input(int index) => frame.Tensor(step.Inputs[index]);

    public override Tensor Output(int index, Shape shape)
    {
        ElementType declared = ((TensorValueType)step.OutputTypes[index]).Tensor.ElementType;
        Tensor tensor = frame.Pool.Rent(Storage.Of(declared), shape);
        frame.Set(step.Outputs[index], tensor);
        return tensor;
    }

    public override void SetOutput(int index, Tensor tensor)
    {
        ElementType stored = Storage.Of(tensor.ElementType);
        if (stored != tensor.ElementType)
        {
            Tensor converted = frame.Pool.Rent(stored, tensor.Shape);
            tensor.CopyTo(converted);
            tensor.Dispose();
            tensor = converted;
        }
        frame.Set(step.Outputs[index], tensor);
    }

    public override TensorList InputList(int index) => (TensorList)frame.Slots[step.Inputs[index]]!;

    public override void SetOutput(int index, TensorList list) => frame.Set(step.Outputs[index], list);

    public override Tensor State(int index) => frame.State(step.StateNames[index]!);

    public override object[] RunSubgraph(int subgraph, ReadOnlySpan<object> inputs) => frame.Run(step.Subgraphs[subgraph], inputs);

    public override Random Random => Random.Shared;

    public override CancellationToken Cancellation => frame.Cancellation;

    public override ShapeException Error(int index, string actual, string expected)
    {
        OperatorInput input = step.Node.Operator.Inputs[Math.Min(index, step.Node.Operator.Inputs.Length - 1)];
        return new() { Operator = step.Node.Operator.Name, Node = step.Node.Name, Input = input.Name, Actual = actual, Expected = expected, Place = step.Node.Place };
    }
}

/// <summary>How values are kept between nodes: 16-bit floats in 32 bits, everything else as it is.</summary>
internal static class Storage
{
    public static ElementType Of(ElementType declared) => declared is ElementType.Float16 or ElementType.BFloat16 ? ElementType.Float32 : declared;
}
