using TensorLogic.Language.Binding;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Functions;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Evaluation;

/// <summary>The settings of <c>learn</c>; errors point to their names.</summary>
internal sealed record LearnSettings(Setting Objective, Setting Optimizer, Setting Epochs, Setting? Scheduler, Setting? Parameters);

internal sealed record Setting(SourceSpan Span, ExpressionNode Value);

/// <summary><c>learn { … }</c> (12.3).</summary>
internal sealed class LearnNode(SourceSpan span, LocalSymbol epoch, LocalSymbol epochs, BlockNode body, LearnSettings settings) : ExpressionNode(span)
{
    public override Value Evaluate(Frame f)
    {
        Value count = settings.Epochs.Value.Evaluate(f);
        if (Tensors.IntOrNull(count) is not { } total) throw f.Fault(Messages.ArgumentMustBeInt("epochs", "learn"), settings.Epochs.Span);
        OptimizerValue? optimizer = null;
        Value scheduler = Value.None;
        Learnable[]? only = null;
        Value loss = Value.None;
        LocalTarget.Declare(f, epochs, total);
        for (long i = 0; i < total; i++)
        {
            f.Run.Step();
            LocalTarget.Declare(f, epoch, i);
            body.Execute(f);
            Value objective = settings.Objective.Value.Evaluate(f);
            if (optimizer is null)
            {
                Value given = settings.Optimizer.Value.Evaluate(f);
                optimizer = given.Content as OptimizerValue ?? throw f.Fault(Messages.Expects("learn", "an optimizer", given.TypeName), settings.Optimizer.Span);
                scheduler = settings.Scheduler?.Value.Evaluate(f) ?? Value.None;
                if (settings.Parameters is { } parameters) only = At(f, parameters.Span, () => OptimizerFunctions.Parameters(parameters.Value.Evaluate(f)));
            }
            double factor = 1;
            if (!scheduler.IsNone)
            {
                Value scaled = Calls.Invoke(f, scheduler, [new(null, i)], settings.Scheduler!.Span);
                factor = Tensors.NumberOrNull(scaled) ?? throw f.Fault(Messages.NeedsNumbers("scheduler"), settings.Scheduler.Span);
            }
            loss = At(f, settings.Objective.Span, () =>
            {
                Tensor? tensor = Operations.IsTensorLike(objective) ? Tensors.Of(f.Run, objective) : null;
                if (tensor is not { ElementCount: 1 }) throw new ScriptFault(objective.IsNumber ? Messages.ObjectiveIndependent() : Messages.ObjectiveNotOneElement());
                return optimizer.Step(f.Run, tensor, only, factor);
            });
        }
        return Value.Of(new RecordValue([new("loss", loss), new("epochs", Math.Max(total, 0))]));
    }

    private static T At<T>(Frame f, SourceSpan span, Func<T> evaluate)
    {
        try
        {
            return evaluate();
        }
        catch (Exception problem) when (Faults.IsOpen(problem))
        {
            throw f.Fault(problem, span);
        }
    }
}
