using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace TensorLogic.Cpu;

/// <summary>A piece of a kernel's work. Pieces write to places of their own and may run in any order and on any thread.</summary>
/// <param name="piece">Number of the piece.</param>
/// <param name="worker">Number of the thread, below <see cref="Workers.Count"/>: for scratch memory.</param>
internal delegate void Piece(int piece, int worker);

/// <summary>The threads of the CPU backend. They wait spinning for a moment after each job, then sleep.</summary>
/// <remarks>How work is cut into pieces is the kernel's affair and does not depend on the number of threads, so that results do not
/// either. One job has the threads at a time; a job that finds them taken runs on its own thread alone.</remarks>
internal sealed class Workers : IDisposable
{
    // Between two kernels of a run little time passes; waking a sleeping thread takes 20 to 50 µs.
    private static readonly long SpinTicks = Stopwatch.Frequency / 5000;

    private readonly Thread[] _threads;
    private readonly Lock _owner = new();
    private readonly object _sleep = new();
    private Job? _job;
    private int _epoch;
    private bool _stopping;

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
        lock (_sleep)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            if (_epoch == 0)
                foreach (Thread thread in _threads) thread.Start();
            Volatile.Write(ref _job, job);
            Volatile.Write(ref _epoch, _epoch + 1);
            Monitor.PulseAll(_sleep);
        }
    }

    private void Work(int worker)
    {
        int seen = 0;
        while (true)
        {
            long start = Stopwatch.GetTimestamp();
            while (Volatile.Read(ref _epoch) == seen && Stopwatch.GetTimestamp() - start < SpinTicks) Thread.SpinWait(1);
            if (Volatile.Read(ref _epoch) == seen)
                lock (_sleep)
                    while (_epoch == seen && !_stopping) Monitor.Wait(_sleep);
            if (_stopping) return;
            Job? job;
            lock (_sleep) (seen, job) = (_epoch, _job);
            job?.Work(worker);
        }
    }

    public void Dispose()
    {
        lock (_sleep)
        {
            _stopping = true;
            _epoch++;
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
            SpinWait wait = default;
            while (Volatile.Read(ref _done) < pieces) wait.SpinOnce(sleep1Threshold: -1);
        }

        public void ThrowIfFailed()
        {
            _failure?.Throw();
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
