using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.Mil;

internal static partial class MilRules
{
    private static IEnumerable<KeyValuePair<string, Rule>> Recurrent() =>
    [
        Row("rnn", call => call.Emit(Op.Rnn, new Op.RnnAttributes(Direction(call), call.Flag("output_sequence"), Gate(call, "activation", "tanh")),
            call.Value("x"), call.Value("initial_h"), call.Value("weight_ih"), call.Value("weight_hh"), call.OptionalValue("bias"))),
        Row("gru", call => call.Emit(Op.Gru,
            new Op.GruAttributes(Direction(call), call.Flag("output_sequence"), Gate(call, "recurrent_activation", "sigmoid"), Gate(call, "activation", "tanh"), call.Flag("reset_after")),
            call.Value("x"), call.Value("initial_h"), call.Value("weight_ih"), call.Value("weight_hh"), call.OptionalValue("bias"), call.OptionalValue("input_bias"))),
        Row("lstm", call => call.Emit(Op.Lstm,
            new Op.LstmAttributes(Direction(call), call.Flag("output_sequence"), Gate(call, "recurrent_activation", "sigmoid"), Gate(call, "cell_activation", "tanh"), Gate(call, "activation", "tanh"), Clip(call)),
            call.Value("x"), call.Value("initial_h"), call.Value("initial_c"),
            call.Value("weight_ih"), call.Value("weight_hh"), call.OptionalValue("bias"), call.OptionalValue("peephole"),
            call.OptionalValue("weight_ih_back"), call.OptionalValue("weight_hh_back"), call.OptionalValue("bias_back"), call.OptionalValue("peephole_back"))),
    ];

    private static Op.RecurrentDirection Direction(MilCall call) => call.Choice("direction", "forward",
        ("forward", Op.RecurrentDirection.Forward), ("reverse", Op.RecurrentDirection.Reverse), ("bidirectional", Op.RecurrentDirection.Bidirectional));

    // The scaled forms have their default scales, with which "scaled_tanh" is "tanh".
    private static Op.RecurrentActivation Gate(MilCall call, string parameter, string otherwise) => call.Choice(parameter, otherwise,
        ("sigmoid", Op.RecurrentActivation.Sigmoid), ("tanh", Op.RecurrentActivation.Tanh), ("scaled_tanh", Op.RecurrentActivation.Tanh), ("relu", Op.RecurrentActivation.Relu),
        ("sigmoid_hard", Op.RecurrentActivation.SigmoidHard), ("hard_sigmoid", Op.RecurrentActivation.SigmoidHard), ("linear", Op.RecurrentActivation.Linear));

    private static double Clip(MilCall call)
    {
        double clip = call.Number("clip", double.PositiveInfinity);
        return clip >= 0 ? clip : throw call.Operation.Broken($"The parameter 'clip' is {clip}, not a bound of 0 or more.");
    }
}
