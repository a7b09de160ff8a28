namespace TensorLogic;

/// <summary>A limit on the bytes of live tensors that a thread makes while the budget is entered.</summary>
/// <remarks>Tensors without an owner who disposes them give their bytes back when they are collected: at the limit a collection is forced
/// before the budget says no.</remarks>
internal sealed class MemoryBudget(long limit)
{
    [ThreadStatic]
    private static MemoryBudget? t_current;

    private long _used;

    /// <summary>The budget of this thread, or null.</summary>
    public static MemoryBudget? Current => t_current;

    public long Limit => limit;

    public long Used => Interlocked.Read(ref _used);

    /// <summary>Makes this the budget of the thread; returns the one before, to be set again.</summary>
    public static MemoryBudget? Enter(MemoryBudget? budget)
    {
        MemoryBudget? before = t_current;
        t_current = budget;
        return before;
    }

    /// <summary>Checks that so many bytes may be made, before anything is computed.</summary>
    /// <exception cref="MemoryBudgetException">They may not.</exception>
    public void Expect(Int128 bytes)
    {
        if (bytes + Used <= limit) return;
        if (bytes <= limit)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            if (bytes + Used <= limit) return;
        }
        throw new MemoryBudgetException(limit);
    }

    /// <summary>Counts bytes until the charge is given back or collected.</summary>
    public Charge Take(long bytes)
    {
        Expect(bytes);
        Interlocked.Add(ref _used, bytes);
        return new Charge(this, bytes);
    }

    /// <summary>Bytes taken from a budget; held by the storage they belong to.</summary>
    public sealed class Charge(MemoryBudget budget, long bytes)
    {
        private int _returned;

        ~Charge() => Return();

        public void Release()
        {
            Return();
            GC.SuppressFinalize(this);
        }

        private void Return()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 0) Interlocked.Add(ref budget._used, -bytes);
        }
    }
}

/// <summary>A <see cref="MemoryBudget"/> is used up.</summary>
internal sealed class MemoryBudgetException(long limit) : Exception($"The limit of {limit} bytes is reached.")
{
    public long Limit => limit;
}
