using TensorLogic.Language.Diagnostics;

namespace TensorLogic.Language.Evaluation;

/// <summary>Exceptions of the layers below as errors of the script.</summary>
internal static class Faults
{
    public static ScriptFault From(Exception problem, RunState run)
    {
        switch (problem)
        {
            case ScriptFault fault: return fault;
            case MemoryBudgetException: return new(Messages.MemoryLimit(run.Engine.Options.MemoryLimit), problem);
            case InsufficientExecutionStackException: return new(Messages.RecursionLimit(run.Engine.Options.RecursionLimit), problem);
            case UnsupportedOperatorException unsupported: return new(Messages.OperationNotSupported(unsupported.Operator), problem);
            case OperationCanceledException:
                try
                {
                    run.CheckTime();
                }
                catch (ScriptFault limit)
                {
                    return limit;
                }
                // The timer was a little ahead of the clock.
                return run.Engine.Options.TimeLimit is { } time ? new(Messages.TimeLimit((long)time.TotalMilliseconds), problem) : new(Messages.Cancelled(), problem);
            case OverflowException: return new(Messages.MemoryLimit(run.Engine.Options.MemoryLimit), problem);
            default: return new(Messages.Internal(problem.Message), problem);
        }
    }
}
