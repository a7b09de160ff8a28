namespace TensorLogic.Operators;

/// <summary>Access to values that survive a run. Sources: MIL <c>read_state</c>, <c>coreml_update_state</c> (iOS18).</summary>
internal static partial class Op
{
    /// <summary>The value of a state.</summary>
    public static readonly Operator<NoAttributes> ReadState = new("read_state")
    {
        Inputs = [new("input", ElementTypes.Any)],
        HasEffects = true,
        InferWith = static (context, _) => Inference.One(StateType(context)),
        EvaluateWith = static (context, _) => context.SetOutput(0, context.State(0).Clone()),
    };

    /// <summary>Sets a state; gives no output.</summary>
    public static readonly Operator<NoAttributes> WriteState = new("write_state")
    {
        Inputs = [new("input", ElementTypes.Any), new("data", ElementTypes.Any)],
        HasEffects = true,
        InferWith = static (context, _) =>
        {
            CheckData(context, StateType(context));
            return [];
        },
        EvaluateWith = static (context, _) => context.Input(1).CopyTo(context.State(0)),
    };

    /// <summary>Sets a state and gives its new value.</summary>
    public static readonly Operator<NoAttributes> UpdateState = new("coreml_update_state")
    {
        Inputs = [new("state", ElementTypes.Any), new("value", ElementTypes.Any)],
        HasEffects = true,
        InferWith = static (context, _) =>
        {
            TensorType state = StateType(context);
            CheckData(context, state);
            return Inference.One(state);
        },
        EvaluateWith = static (context, _) =>
        {
            context.Input(1).CopyTo(context.State(0));
            context.SetOutput(0, context.State(0).Clone());
        },
    };

    private static void CheckData(InferenceContext context, TensorType state)
    {
        TensorType data = context.Input(1);
        context.Require(data.ElementType == state.ElementType && data.Rank == state.Rank && data.Dimensions.Zip(state.Dimensions).All(pair => Inference.MayEqual(pair.First, pair.Second)), 1, $"{state}, as the state");
    }

    private static TensorType StateType(InferenceContext context) =>
        context.AnyInput(0) is StateValueType state ? state.Tensor : throw context.Error(0, "a state");
}
