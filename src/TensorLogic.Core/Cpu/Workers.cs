using System.Collections.Concurrent;

namespace TensorLogic.Cpu;

/// <summary>The threads of a CPU backend. Work is cut into numbered tasks that do not depend on the number of threads, so neither do results.</summary>
internal sealed class Workers : IDisposable
{
    private readonly ConcurrentQueue<Job> _jobs = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Thread[] _threads;
    private volatile bool _disposed;

    public Workers(int threads)
    {
        _threads = new Thread[threads - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Loop) { IsBackground = true, Name = $"TensorLogic worker {i + 1}" };
            _threads[i].Start();
        }
    }

    /// <summary>Runs tasks 0 to <paramref name="tasks"/> - 1, the caller's thread among those that run them, and returns when all have ended.</summary>
    /// <exception cref="OperationCanceledException">Tasks that had not begun were dropped.</exception>
    public void Run(int tasks, Action<int> body, CancellationToken cancellation)
    {
        if (tasks <= 0) return;
        if (tasks == 1 || _threads.Length == 0)
        {
            for (int i = 0; i < tasks; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                body(i);
            }
            return;
        }
        Job job = new(tasks, body, cancellation);
        int helpers = Math.Min(_threads.Length, tasks - 1);
        for (int i = 0; i < helpers; i++) _jobs.Enqueue(job);
        _wake.Release(helpers);
        job.Work();
        job.Wait();
    }

    private void Loop()
    {
        SpinWait spin = default;
        while (!_disposed)
        {
            if (_jobs.TryDequeue(out Job? job))
            {
                // One wake-up is sent for each job taken: it is used up here.
                _wake.Wait(0);
                job.Work();
                spin.Reset();
                continue;
            }
            // The next layer usually follows within microseconds.
            if (!spin.NextSpinWillYield)
            {
                spin.SpinOnce(-1);
                continue;
            }
            _wake.Wait();
            spin.Reset();
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _wake.Release(Math.Max(1, _threads.Length));
        foreach (Thread thread in _threads) thread.Join();
        _wake.Dispose();
    }

    private sealed class Job(int tasks, Action<int> body, CancellationToken cancellation)
    {
        private int _next, _ended;
        private Exception? _error;

        public void Work()
        {
            int task;
            while ((task = Interlocked.Increment(ref _next) - 1) < tasks)
            {
                try
                {
                    if (_error is null)
                    {
                        cancellation.ThrowIfCancellationRequested();
                        body(task);
                    }
                }
                catch (Exception error)
                {
                    Interlocked.CompareExchange(ref _error, error, null);
                }
                Interlocked.Increment(ref _ended);
            }
        }

        public void Wait()
        {
            SpinWait spin = default;
            while (Volatile.Read(ref _ended) < tasks) spin.SpinOnce(-1);
            if (_error is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_error);
        }
    }
}
