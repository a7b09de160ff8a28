using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Cpu;

/// <summary>What a kernel sees of a graph's run: the slots of its node.</summary>
internal sealed class NodeContext(Frame frame, CpuStep step) : KernelContext
{
    public override Workers Workers => frame.Workers;

    public override BufferPool Pool => frame.Pool;

    public override Tensor Original(int index) => frame.Original(step.InputSlots[index]) ?? Input(index);

    public override int InputCount => step.InputSlots.Length;

    public override Random Random => frame.Random;

    public override CancellationToken Cancellation => frame.Cancellation;

    public override bool Has(int index) => index < step.InputSlots.Length && step.InputSlots[index] >= 0;

    public override Tensor Input(int index) => frame.Get(step.InputSlots[index]) as Tensor ?? throw Error(index, "a list", "a tensor");

    public override TensorList InputList(int index) => frame.Get(step.InputSlots[index]) as TensorList ?? throw Error(index, "a tensor", "a list");

    public override Tensor State(int index) => frame.State(step.Node.Inputs[index]!);

    public override Tensor Output(int index, Shape shape)
    {
        Tensor output = frame.Pool.Rent(StoredType(index), shape);
        frame.Set(step.OutputSlots[index], output);
        return output;
    }

    public override void SetOutput(int index, Tensor tensor) => frame.Set(step.OutputSlots[index], AsStored(tensor, StoredType(index)));

    public override void SetOutput(int index, TensorList list)
    {
        ElementType type = StoredType(index);
        frame.Set(step.OutputSlots[index], list.Items.All(item => item.ElementType == type) ? list : new TensorList([.. list.Items.Select(item => item.To(type))]));
    }

    public override object[] RunSubgraph(int subgraph, ReadOnlySpan<object> inputs) => frame.Run(step.Bodies[subgraph], inputs);

    /// <summary>Rounds what the kernel made, where every value rounds.</summary>
    public void Finish()
    {
        if (frame.Rounding != Rounding.EveryValue) return;
        for (int i = 0; i < step.OutputSlots.Length; i++)
        {
            ElementType type = step.OutputType(i);
            if (type == CpuProgram.Stored(type)) continue;
            int slot = step.OutputSlots[i];
            if (frame.Get(slot) is not Tensor value) continue;
            // A view shows values that are rounded already, but they may be another node's: never written in place.
            using Tensor rounded = value.To(type);
            Tensor stored = frame.Pool.Rent(CpuProgram.Stored(type), value.Shape);
            rounded.CopyTo(stored);
            frame.Set(slot, stored);
        }
    }

    public override ShapeException Error(int index, string actual, string expected) => NodeErrors.Misfit(step.Node, index, actual, expected);

    private ElementType StoredType(int index) => CpuProgram.Stored(step.OutputType(index));

    private static Tensor AsStored(Tensor tensor, ElementType type)
    {
        if (tensor.ElementType == type) return tensor;
        using (tensor) return tensor.To(type);
    }
}

/// <summary>Errors that name a node.</summary>
internal static class NodeErrors
{
    public static ShapeException Misfit(Node node, int index, string actual, string expected) =>
        new InferenceContext(node.Operator, node.Name, node.Place, [], []).Error(index, actual, expected);
}
