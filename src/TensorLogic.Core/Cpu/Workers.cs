using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace TensorLogic.Cpu;

/// <summary>A piece of a kernel's work. Pieces write to places of their own and may run in any order and on any thread.</summary>
/// <param name="piece">Number of the piece.</param>
/// <param name="worker">Number of the thread, below <see cref="Workers.Count"/>: for scratch memory.</param>
internal delegate void Piece(int piece, int worker);

/// <summary>The threads of the CPU backend. They wait spinning while a run is in progress, and sleep between runs.</summary>
/// <remarks>How work is cut into pieces is the kernel's affair and does not depend on the number of threads, so that results do not
/// either. One job has the threads at a time; a job that finds them taken runs on its own thread alone.</remarks>
internal sealed class Workers : IDisposable
{
    // Waking a sleeping thread takes 20 to 50 µs, as long as many a layer; spinning through the serial parts of a run costs nothing else.
    private static readonly long SpinTicks = Stopwatch.Frequency / 20_000, RunSpinTicks = Stopwatch.Frequency / 200;

    private readonly Thread[] _threads;
    private readonly Lock _owner = new();
    private readonly object _sleep = new();
    private volatile Job? _job;
    private volatile int _runs;
    private volatile int _sleeping;
    private bool _started;
    private volatile bool _stopping;

    public Workers(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        _threads = new Thread[count - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i + 1;
            _threads[i] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"TensorLogic CPU {worker}" };
        }
    }

    /// <summary>Number of threads, the caller's included.</summary>
    public int Count { get; }

    /// <summary>Says that jobs will follow each other closely until <see cref="EndRun"/>.</summary>
    public void BeginRun() => Interlocked.Increment(ref _runs);

    /// <summary>Ends what <see cref="BeginRun"/> began.</summary>
    public void EndRun() => Interlocked.Decrement(ref _runs);

    /// <summary>Runs pieces 0 to <paramref name="pieces"/> - 1 and returns when all are done.</summary>
    /// <exception cref="OperationCanceledException">Asked for between pieces; those not begun are left out.</exception>
    public void Run(int pieces, Piece piece, CancellationToken cancellation)
    {
        if (pieces <= 1 || _threads.Length == 0 || !_owner.TryEnter())
        {
            for (int i = 0; i < pieces; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                piece(i, 0);
            }
            return;
        }
        try
        {
            Job job = new(pieces, piece, cancellation);
            Start(job);
            job.Work(0);
            job.WaitForOthers();
            job.ThrowIfFailed();
        }
        finally
        {
            _owner.Exit();
        }
    }

    private void Start(Job job)
    {
        ObjectDisposedException.ThrowIf(_stopping, this);
        if (!_started)
        {
            _started = true;
            foreach (Thread thread in _threads) thread.Start();
        }
        _job = job;
        // A thread that goes to sleep counts itself before it looks for a job once more: one of the two sees the other.
        Interlocked.MemoryBarrier();
        if (_sleeping == 0) return;
        lock (_sleep) Monitor.PulseAll(_sleep);
    }

    private void Work(int worker)
    {
        Job? last = null;
        while (!_stopping)
        {
            Job? job = _job;
            if (job != last)
            {
                last = job;
                job!.Work(worker);
            }
            else if (!SpinForOtherThan(last)) SleepUntilOtherThan(last);
        }
    }

    private bool SpinForOtherThan(Job? last)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            for (int i = 0; i < 20; i++)
            {
                if (_job != last || _stopping) return true;
                Thread.SpinWait(1);
            }
            if (Stopwatch.GetTimestamp() - start > (_runs > 0 ? RunSpinTicks : SpinTicks)) return false;
        }
    }

    private void SleepUntilOtherThan(Job? last)
    {
        lock (_sleep)
        {
            _sleeping++;
            Interlocked.MemoryBarrier();
            while (_job == last && !_stopping) Monitor.Wait(_sleep);
            _sleeping--;
        }
    }

    public void Dispose()
    {
        lock (_sleep)
        {
            _stopping = true;
            Monitor.PulseAll(_sleep);
        }
    }

    private sealed class Job(int pieces, Piece piece, CancellationToken cancellation)
    {
        private int _next = -1;
        private int _done;
        private ExceptionDispatchInfo? _failure;

        public void Work(int worker)
        {
            for (int i = Interlocked.Increment(ref _next); i < pieces; i = Interlocked.Increment(ref _next))
            {
                try
                {
                    if (_failure is null && !cancellation.IsCancellationRequested) piece(i, worker);
                }
                catch (Exception error)
                {
                    Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(error), null);
                }
                Interlocked.Increment(ref _done);
            }
        }

        public void WaitForOthers()
        {
            // Whoever still works may have lost its core, perhaps to this thread.
            for (int spins = 0; Volatile.Read(ref _done) < pieces; spins++)
                if (spins < 1000) Thread.SpinWait(1);
                else Thread.Yield();
        }

        public void ThrowIfFailed()
        {
            _failure?.Throw();
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
