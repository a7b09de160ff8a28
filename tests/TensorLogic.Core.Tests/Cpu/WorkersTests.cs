using TensorLogic.Cpu;

namespace TensorLogic.Core.Tests.Cpu;

public class WorkersTests
{
    [Test]
    public void Every_piece_runs_once([Values(1, 2, 5)] int threads, [Values(0, 1, 2, 1000)] int pieces)
    {
        using Workers workers = new(threads);
        var runs = new int[pieces];

        for (int repeat = 0; repeat < 3; repeat++)
            workers.Run(pieces, (piece, worker) =>
            {
                Assert.That(worker, Is.InRange(0, threads - 1));
                Interlocked.Increment(ref runs[piece]);
            }, CancellationToken.None);

        Assert.That(runs, Is.All.EqualTo(3));
    }

    [Test]
    public void An_error_of_a_piece_reaches_the_caller()
    {
        using Workers workers = new(2);

        Assert.That(() => workers.Run(100, (piece, _) => { if (piece == 77) throw new ArithmeticException(); }, CancellationToken.None), Throws.TypeOf<ArithmeticException>());
    }

    [Test]
    public void A_cancelled_job_leaves_out_its_later_pieces([Values(1, 2)] int threads)
    {
        using Workers workers = new(threads);
        using CancellationTokenSource cancellation = new();
        int begun = 0;

        Assert.That(() => workers.Run(10000, (_, _) =>
        {
            Interlocked.Increment(ref begun);
            cancellation.Cancel();
        }, cancellation.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(begun, Is.LessThanOrEqualTo(2));
    }

    [Test]
    public void Jobs_of_several_threads_and_jobs_inside_jobs_all_finish()
    {
        using Workers workers = new(2);
        int done = 0;

        Parallel.For(0, 8, _ => workers.Run(4, (_, _) => workers.Run(4, (_, _) => Interlocked.Increment(ref done), CancellationToken.None), CancellationToken.None));

        Assert.That(done, Is.EqualTo(8 * 4 * 4));
    }
}
