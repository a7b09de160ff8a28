using System.Diagnostics;
using System.Text;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Syntax;

namespace TensorLogic.Language.Evaluation;

/// <summary>One run: its limits, what it has used of them, and its output.</summary>
internal sealed class RunState(Engine engine, SourceText source, CancellationToken cancellation)
{
    private readonly StringBuilder _output = new();
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _outputBytes;

    public Engine Engine => engine;

    public SourceText Source => source;

    public CancellationToken Cancellation => cancellation;

    public long Steps { get; private set; }

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

    public string Output => _output.ToString();

    /// <summary>Counts a statement or call.</summary>
    /// <exception cref="ScriptFault">TL6001, TL6002, TL6006.</exception>
    public void Step()
    {
        if (++Steps > engine.Options.StepLimit) throw new ScriptFault(Messages.StepLimit(engine.Options.StepLimit));
        CheckTime();
    }

    /// <exception cref="ScriptFault">TL6002, TL6006.</exception>
    public void CheckTime()
    {
        if (engine.Options.TimeLimit is { } limit && Elapsed > limit) throw new ScriptFault(Messages.TimeLimit((long)limit.TotalMilliseconds));
        if (cancellation.IsCancellationRequested) throw new ScriptFault(Messages.Cancelled());
    }

    /// <summary>A line of output.</summary>
    /// <exception cref="ScriptFault">TL6005; the line is not written then. TL7001 if a handler of the host fails.</exception>
    public void Write(string line)
    {
        _outputBytes += Encoding.UTF8.GetByteCount(line) + 1;
        if (_outputBytes > engine.Options.OutputLimit) throw new ScriptFault(Messages.OutputLimit(engine.Options.OutputLimit));
        _output.Append(line).Append('\n');
        engine.Written(line);
    }

    /// <summary>Checks that so many bytes of a new tensor are within the memory limit.</summary>
    /// <exception cref="ScriptFault">TL6003.</exception>
    public void Reserve(Int128 bytes)
    {
        if (bytes > engine.Options.MemoryLimit) throw new ScriptFault(Messages.MemoryLimit(engine.Options.MemoryLimit));
    }
}
