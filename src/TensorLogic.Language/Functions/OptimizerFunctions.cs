using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Values;
using TensorLogic.Training;

namespace TensorLogic.Language.Functions;

/// <summary>Optimisers and schedules (12.1, 12.2).</summary>
internal static class OptimizerFunctions
{
    public static void AddTo(Library library)
    {
        library.Add("sgd(params?, lr = 0.01, momentum = 0.0, dampening = 0.0, nesterov = false, weight_decay = 0.0)", static c =>
            Made(c, new SgdRule(c.Number(2), c.Number(3), c.Bool(4), c.Number(5))));
        library.Add("adam(params?, lr = 0.001, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 0.0)", static c =>
            Made(c, new AdamRule(c.Number(2), c.Number(3), c.Number(4), c.Number(5), Decoupled: false)));
        library.Add("adamw(params?, lr = 0.001, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 0.01)", static c =>
            Made(c, new AdamRule(c.Number(2), c.Number(3), c.Number(4), c.Number(5), Decoupled: true)));
        library.Add("rmsprop(params?, lr = 0.01, alpha = 0.99, eps = 1e-8, momentum = 0.0, weight_decay = 0.0)", static c =>
            Made(c, new RmsPropRule(c.Number(2), c.Number(3), c.Number(4), c.Number(5))));
        library.Add("adagrad(params?, lr = 0.01, eps = 1e-10, weight_decay = 0.0)", static c => Made(c, new AdagradRule(c.Number(2), c.Number(3))));

        library.Add("step_decay(every, factor = 0.1)", static c =>
        {
            int every = c.SmallInt(0);
            if (every < 1) throw new ScriptFault(Messages.MustBePositive("every"));
            Func<int, double> factor = LearningRateSchedule.StepDecay(every, c.Number(1));
            return Schedule(c.Name, factor);
        });
        library.Add("cosine(total, floor = 0.0, warmup = 0)", static c => Schedule(c.Name, LearningRateSchedule.Cosine(c.SmallInt(0), c.Number(1), c.SmallInt(2))));
        library.Add("warmup(epochs)", static c =>
        {
            int epochs = c.SmallInt(0);
            if (epochs < 1) throw new ScriptFault(Messages.MustBePositive("epochs"));
            return Schedule(c.Name, LearningRateSchedule.Warmup(epochs));
        });
    }

    private static Value Schedule(string name, Func<int, double> factor) => Value.Of(new ScheduleValue(name, epoch => factor((int)Math.Clamp(epoch, 0, int.MaxValue))));

    private static Value Made(LibraryCall c, UpdateRule rule) => Value.Of(new OptimizerValue(c.Name, new ParameterUpdates(rule), c.Has(0) ? Parameters(c[0]) : null, c.Number(1)));

    /// <summary>A learnable or a list of them.</summary>
    /// <exception cref="ScriptFault">TL4009.</exception>
    public static Learnable[] Parameters(Value value) => value.Content switch
    {
        Learnable learnable => [learnable],
        ListValue list => [.. list.SelectMany(item => Parameters(item))],
        _ => throw new ScriptFault(Messages.OptimizerTakesLearnables()),
    };
}
