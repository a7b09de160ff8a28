using TensorLogic.Language.Diagnostics;

namespace TensorLogic.Language.Evaluation;

/// <summary>Exceptions of the layers below as errors of the script.</summary>
internal static class Faults
{
    /// <summary>True for a problem that has no place yet. What has one passes without being caught: a handler that throws again keeps the stack
    /// below it, which a deep recursion does not have.</summary>
    public static bool HasNoPlace(Exception problem) => problem is not ScriptFault fault || fault.Span is null && fault.File is null;

    /// <summary>As <see cref="HasNoPlace"/>, but for limits: their place is the call or statement in progress.</summary>
    public static bool IsOpen(Exception problem) => problem is not ScriptFault fault || fault.Span is null && fault.File is null && !fault.IsLimit;

    public static ScriptFault From(Exception problem, RunState run)
    {
        switch (problem)
        {
            // The framework's sort wraps what a comparison throws.
            case InvalidOperationException { InnerException: ScriptFault or OperationCanceledException } wrapped: return From(wrapped.InnerException!, run);
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
