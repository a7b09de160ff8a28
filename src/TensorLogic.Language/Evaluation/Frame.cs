using TensorLogic.Language.Binding;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Syntax;
using TensorLogic.Language.Values;

namespace TensorLogic.Language.Evaluation;

/// <summary>How a statement ended.</summary>
internal enum Flow : byte { Next, Break, Continue, Return }

/// <summary>The variables of one activation: of a script, a module or a call.</summary>
internal sealed class Frame(RunState run, ScriptCode code, Cell[] globals, int locals, Box[] captures)
{
    public readonly RunState Run = run;
    public readonly ScriptCode Code = code;

    /// <summary>Script-level variables, in the order of the code's names.</summary>
    public readonly Cell[] Globals = globals;

    public readonly Value[] Locals = locals == 0 ? [] : new Value[locals];
    public readonly Box[] Captures = captures;

    /// <summary>What <c>return</c> gave.</summary>
    public Value Result;

    public SourceText Source => Code.Source;

    /// <summary>A problem of a construct that is neither a call nor a statement: limits are left for those (16.2).</summary>
    public ScriptFault Fault(Exception problem, SourceSpan span)
    {
        ScriptFault fault = Faults.From(problem, Run);
        return fault.IsLimit ? fault : fault.At(Source, span);
    }

    /// <summary>A problem of a call or statement.</summary>
    public ScriptFault CallFault(Exception problem, SourceSpan span) => Faults.From(problem, Run).At(Source, span);

    public ScriptFault Fault(Message message, SourceSpan span) => new(message) { Source = Source, Span = span };
}
