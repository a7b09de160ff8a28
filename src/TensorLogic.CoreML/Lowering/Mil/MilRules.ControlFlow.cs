using System.Collections.Immutable;
using TensorLogic.CoreML.Specification;
using TensorLogic.Graphs;
using TensorLogic.Operators;
using ValueType = TensorLogic.Operators.ValueType;

namespace TensorLogic.CoreML.Lowering.Mil;

internal static partial class MilRules
{
    private static IEnumerable<KeyValuePair<string, Rule>> ControlFlow() =>
    [
        Row("cond", call =>
        {
            MilOperation operation = call.Operation;
            if (operation.Blocks.Count != 2) throw operation.Broken($"It has {operation.Blocks.Count} blocks, not one for each case.");
            Graph[] bodies = [call.Block(0, []), call.Block(1, [])];
            if (bodies.Any(body => body.Outputs.Count != operation.Outputs.Count)) throw operation.Broken($"Its blocks return {bodies[0].Outputs.Count} and {bodies[1].Outputs.Count} values; it has {operation.Outputs.Count} outputs.");
            ImmutableArray<ValueType> types = [.. bodies[0].Outputs.Zip(bodies[1].Outputs, (yes, no) => Joined(yes.Type, no.Type) ?? throw operation.Broken($"Its blocks return {yes.Type} and {no.Type} for one output."))];
            for (int i = 0; i < types.Length; i++)
                if (bodies.FirstOrDefault(body => !MayBe(body.Outputs[i].Type, Declared(operation.Outputs[i].Type))) is { } other) throw operation.Broken($"A block returns {other.Outputs[i].Type} for '{operation.Outputs[i].Name}', which is declared as {operation.Outputs[i].Type}.");
            Value condition = call.Value("pred");
            if (condition.Type is not TensorValueType { Tensor.ElementType: ElementType.Bool }) throw operation.Broken($"Its predicate is {condition.Type}, not a truth value.");
            call.Emit(Op.Cond, new Op.BodyAttributes(types), bodies, condition);
        }),
        Row("while_loop", call =>
        {
            MilOperation operation = call.Operation;
            if (operation.Blocks.Count != 2) throw operation.Broken($"It has {operation.Blocks.Count} blocks, not a condition and a body.");
            Value[] initial = call.Values("loop_vars");
            // The file says which sizes change from one iteration to the next.
            ImmutableArray<ValueType> types = [.. initial.Select((value, i) => Joined(value.Type, i < operation.Outputs.Count ? Declared(operation.Outputs[i].Type) : null) ?? value.Type)];
            Graph condition = call.Block(0, types), body = call.Block(1, types);
            if (condition.Outputs is not [{ Type: TensorValueType }]) throw operation.Broken("Its condition is not one truth value.");
            if (body.Outputs.Count != initial.Length || operation.Outputs.Count != initial.Length) throw operation.Broken($"It carries {initial.Length} values; its body returns {body.Outputs.Count}.");
            for (int i = 0; i < initial.Length; i++)
                if (Joined(types[i], body.Outputs[i].Type) is null) throw operation.Broken($"Its body returns {body.Outputs[i].Type} for '{operation.Outputs[i].Name}', which is {types[i]}.");
            call.Emit(Op.WhileLoop, new Op.BodyAttributes(types), [condition, body], initial);
        }),
        Row("make_list", call =>
        {
            if (call.Operation.Outputs is not [{ Type: MilListType { Element: MilTensorType { HasRank: true, IsString: false } element } }]) throw call.Operation.Broken("Its result is no list of tensors.");
            // The declared type says what these two say.
            _ = call.Has("elem_shape") | call.Has("dtype");
            call.Emit(Op.MakeList, new Op.MakeListAttributes(element.Tensor, call.Flag("dynamic_length", true)), call.OptionalValue("init_length"));
        }),
        Row("list_length", call => call.Emit(Op.ListLength, call.Value("ls"))),
        Row("list_read", call => call.Emit(Op.ListRead, call.Value("ls"), call.Value("index"))),
        Row("list_write", call => call.Emit(Op.ListWrite, call.Value("ls"), call.Value("index"), call.Value("value"))),
        Row("list_gather", call => call.Emit(Op.ListGather, call.Value("ls"), call.Value("indices"))),
        Row("list_scatter", call => call.Emit(Op.ListScatter, call.Value("ls"), call.Value("indices"), call.Value("value"))),
    ];

    private static TensorValueType? Declared(MilType type) => type is MilTensorType { HasRank: true, IsString: false } tensor ? new TensorValueType(tensor.Tensor) : null;

    /// <summary>The type that holds values of both: sizes that differ are unknown. Null if there is none.</summary>
    private static bool MayBe(ValueType type, ValueType? declared) => (type, declared) is not (TensorValueType { Tensor: var actual }, TensorValueType { Tensor: var expected })
        || actual.Rank == expected.Rank && actual.Dimensions.Zip(expected.Dimensions).All(pair => Inference.MayEqual(pair.First, pair.Second));

    private static ValueType? Joined(ValueType left, ValueType? right) => (left, right) switch
    {
        (TensorValueType a, TensorValueType b) when Joined(a.Tensor, b.Tensor) is { } tensor => new TensorValueType(tensor),
        (ListValueType a, ListValueType b) when Joined(a.Element, b.Element) is { } element => new ListValueType(element, a.Length == b.Length ? a.Length : Dimension.Unknown),
        _ => null,
    };

    private static TensorType? Joined(TensorType a, TensorType b) => a.ElementType != b.ElementType || a.Rank != b.Rank ? null
        : new(a.ElementType, [.. a.Dimensions.Zip(b.Dimensions, (x, y) => x == y ? x : Dimension.Unknown)]);
}
