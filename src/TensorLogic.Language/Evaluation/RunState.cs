using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Hosting;
using TensorLogic.Language.Logic;
using TensorLogic.Language.Syntax;

namespace TensorLogic.Language.Evaluation;

/// <summary>One run: its limits, what it has used of them, and its output.</summary>
internal sealed class RunState : IDisposable
{
    private const int TimeCheckInterval = 1000;

    private readonly StringBuilder _output = new();
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly CancellationTokenSource? _deadline;
    private readonly long _stepLimit;
    private readonly int _eventInterval;
    private long _nextCheck;
    private long _nextEvent;
    private long _outputBytes;

    public RunState(Engine engine, CancellationToken cancellation)
    {
        Engine = engine;
        HostCancellation = cancellation;
        _stepLimit = engine.Options.StepLimit;
        _eventInterval = Math.Max(1, engine.Options.StepEventInterval);
        _nextEvent = _eventInterval;
        if (engine.Options.TimeLimit is { } limit)
        {
            _deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            _deadline.CancelAfter(limit < TimeSpan.Zero ? TimeSpan.Zero : limit);
        }
        Cancellation = _deadline?.Token ?? cancellation;
        Functions = engine.Runtime.CreateFunctions();
        Functions.Runner.Cancellation = Cancellation;
        ScheduleCheck();
    }

    public Engine Engine { get; }

    public TensorFunctions Functions { get; }

    public Database Database => Engine.State.Database;

    /// <summary>The host's token, or that with the time limit.</summary>
    public CancellationToken Cancellation { get; }

    private CancellationToken HostCancellation { get; }

    public long Steps { get; private set; }

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

    public string Output => _output.ToString();

    /// <summary>The file of the call in progress: paths start from its folder.</summary>
    public SourceText? Caller { get; set; }

    /// <summary>Nested calls of script functions.</summary>
    public int Depth { get; set; }

    /// <summary>Counts a statement, iteration or call.</summary>
    /// <exception cref="ScriptFault">TL6001, TL6002, TL6006.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step()
    {
        if (++Steps >= _nextCheck || Cancellation.IsCancellationRequested) Check();
    }

    /// <summary>Counts steps that were taken together.</summary>
    public void Step(long count)
    {
        Steps += count;
        if (Steps >= _nextCheck || Cancellation.IsCancellationRequested) Check();
    }

    private void Check()
    {
        if (Steps > _stepLimit) throw new ScriptFault(Messages.StepLimit(_stepLimit));
        CheckTime();
        if (Steps >= _nextEvent)
        {
            _nextEvent = Steps + _eventInterval;
            Engine.Stepped(Steps, Elapsed);
        }
        ScheduleCheck();
    }

    private void ScheduleCheck() => _nextCheck = Math.Min(Math.Min(_stepLimit == long.MaxValue ? _stepLimit : _stepLimit + 1, _nextEvent), Steps + TimeCheckInterval);

    /// <exception cref="ScriptFault">TL6002, TL6006.</exception>
    public void CheckTime()
    {
        if (HostCancellation.IsCancellationRequested) throw new ScriptFault(Messages.Cancelled());
        if (Engine.Options.TimeLimit is { } limit && Elapsed > limit) throw new ScriptFault(Messages.TimeLimit((long)limit.TotalMilliseconds));
    }

    /// <summary>A line of output.</summary>
    /// <exception cref="ScriptFault">TL6005; the line is not written then. TL7001 if a handler of the host fails.</exception>
    public void Write(string line)
    {
        long bytes = Encoding.UTF8.GetByteCount(line) + 1L;
        if (_outputBytes + bytes > Engine.Options.OutputLimit) throw new ScriptFault(Messages.OutputLimit(Engine.Options.OutputLimit));
        _outputBytes += bytes;
        _output.Append(line).Append('\n');
        Engine.Written(line);
    }

    /// <summary>Checks that so many bytes of a string or list may be made.</summary>
    /// <exception cref="ScriptFault">TL6003.</exception>
    public void Reserve(Int128 bytes)
    {
        if (bytes > Engine.Options.MemoryLimit) throw new ScriptFault(Messages.MemoryLimit(Engine.Options.MemoryLimit));
    }

    public void Dispose() => _deadline?.Dispose();
}
