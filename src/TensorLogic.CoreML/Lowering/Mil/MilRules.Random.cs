using TensorLogic.CoreML.Specification;
using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.Mil;

internal static partial class MilRules
{
    private static IEnumerable<KeyValuePair<string, Rule>> RandomTensors() =>
    [
        Row("random_bernoulli", call => call.Emit(Op.RandomBernoulli, new Op.RandomAttributes(ResultType(call), call.Integer("seed", -1), call.Number("prob", 0.5)), call.Value("shape"))),
        Row("random_normal", call => call.Emit(Op.RandomNormal, new Op.RandomAttributes(ResultType(call), call.Integer("seed", -1), call.Number("mean", 0), call.Number("stddev", 1)), call.Value("shape"))),
        Row("random_uniform", call => call.Emit(Op.RandomUniform, new Op.RandomAttributes(ResultType(call), call.Integer("seed", -1), call.Number("low", 0), call.Number("high", 1)), call.Value("shape"))),
        Row("random_categorical", call => call.Emit(Op.RandomCategorical,
            new Op.CategoricalAttributes(call.Choice("mode", "logits", ("logits", true), ("probs", false)), call.Integer("size", 1), call.Integer("seed", -1)), call.Value("x"))),
    ];

    // The definition takes the type of its numbers, which files may leave out: the declared result has it too.
    private static ElementType ResultType(MilCall call) =>
        call.Operation.Outputs is [{ Type: MilTensorType { IsString: false } type }, ..] && type.Tensor.ElementType.IsFloat ? type.Tensor.ElementType : ElementType.Float32;
}
