using System.Collections.Immutable;
using System.Text;

namespace TensorLogic.Operators;

/// <summary>Branches and loops over sub-graphs. Sources: MIL <c>cond</c>, <c>while_loop</c> (iOS15).</summary>
/// <remarks>A body sees its own inputs and, by reference, every value made before the node. It hands back its outputs and changes nothing else,
/// states apart. A loop holds one set of carried values at a time, however often it runs.</remarks>
internal static partial class Op
{
    /// <summary>Types of the node's outputs; a loop's carried values have them in every iteration.</summary>
    public sealed record BodyAttributes(ImmutableArray<ValueType> Types) : OperatorAttributes
    {
        /// <inheritdoc/>
        public bool Equals(BodyAttributes? other) => other is not null && Types.SequenceEqual(other.Types);

        /// <inheritdoc/>
        public override int GetHashCode() => Types.Length;

        // The outputs of the node print the types.
        protected override bool PrintMembers(StringBuilder builder) => false;
    }

    /// <summary>The outputs of sub-graph 0 where pred holds, else of sub-graph 1. Neither has inputs.</summary>
    public static readonly Operator<BodyAttributes> Cond = new("cond")
    {
        Inputs = [new("pred", ElementTypes.Any)],
        InferWith = static (context, a) =>
        {
            context.Require(MayBeOne(context.Input(0)), 0, "one truth value");
            return a.Types;
        },
        EvaluateWith = static (context, a) =>
        {
            object[] outputs = context.RunSubgraph(IsTrue(context, context.Input(0)) ? 0 : 1, []);
            for (int i = 0; i < outputs.Length; i++) SetValue(context, i, outputs[i]);
        },
    };

    /// <summary>While sub-graph 0 says true of the carried values, sub-graph 1 makes new ones of them.</summary>
    public static readonly Operator<BodyAttributes> WhileLoop = new("while_loop")
    {
        Inputs = [new("loop_vars", ElementTypes.Any, Variadic: true)],
        InferWith = static (context, a) =>
        {
            for (int i = 0; i < a.Types.Length; i++)
                context.Require(i < context.InputCount && MayCarry(a.Types[i], context.AnyInput(i)), i, a.Types[i].ToString());
            return a.Types;
        },
        EvaluateWith = static (context, a) =>
        {
            object[] carried = [.. Enumerable.Range(0, context.InputCount).Select(i => a.Types[i] is ListValueType ? (object)context.InputList(i) : Reference(context.Input(i)))];
            while (true)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                object[] test = context.RunSubgraph(0, carried);
                bool more = IsTrue(context, (Tensor)test[0]);
                Free(test);
                if (!more) break;
                object[] next = context.RunSubgraph(1, carried);
                Free(carried);
                carried = next;
                for (int i = 0; i < carried.Length; i++)
                    if (carried[i] is Tensor tensor && a.Types[i] is TensorValueType { Tensor: var type } && !type.Accepts(tensor.Shape))
                        throw context.Error(i, $"{tensor} after an iteration", type.ToString());
            }
            for (int i = 0; i < carried.Length; i++) SetValue(context, i, carried[i]);
        },
    };

    private static bool MayBeOne(TensorType type) => type.Dimensions.All(size => Inference.MayEqual(size, 1));

    private static bool MayCarry(ValueType carried, ValueType given) => (carried, given) switch
    {
        (TensorValueType { Tensor: var a }, TensorValueType { Tensor: var b }) => a.ElementType == b.ElementType && a.Rank == b.Rank && a.Dimensions.Zip(b.Dimensions).All(pair => Inference.MayEqual(pair.First, pair.Second)),
        (ListValueType a, ListValueType b) => a.Element.ElementType == b.Element.ElementType,
        _ => false,
    };

    private static bool IsTrue(EvaluationContext context, Tensor truth) =>
        truth.ElementCount == 1 ? TensorConversion.ReadDoubles(truth)[0] != 0 : throw context.Error(0, $"{truth} as the condition", "one truth value");

    private static Tensor Reference(Tensor tensor) => tensor.View(tensor.Shape, tensor.Strides.ToArray(), tensor.Offset);

    private static void Free(object[] values)
    {
        foreach (object value in values) (value as Tensor)?.Dispose();
    }

    private static void SetValue(EvaluationContext context, int index, object value)
    {
        if (value is TensorList list) context.SetOutput(index, list);
        else context.SetOutput(index, (Tensor)value);
    }
}
