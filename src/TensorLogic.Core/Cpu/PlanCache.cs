namespace TensorLogic.Cpu;

/// <summary>Plans by input shapes; the least recently used goes first. Thread-safe.</summary>
internal sealed class PlanCache(int capacity)
{
    private readonly List<CpuPlan> _plans = [];
    private readonly Lock _lock = new();

    public int Count
    {
        get
        {
            lock (_lock) return _plans.Count;
        }
    }

    public CpuPlan? Find(ReadOnlySpan<Tensor> inputs)
    {
        lock (_lock)
        {
            for (int i = 0; i < _plans.Count; i++)
            {
                if (!Fits(_plans[i], inputs)) continue;
                CpuPlan plan = _plans[i];
                if (i > 0)
                {
                    _plans.RemoveAt(i);
                    _plans.Insert(0, plan);
                }
                return plan;
            }
            return null;
        }
    }

    public void Add(CpuPlan plan)
    {
        lock (_lock)
        {
            _plans.Insert(0, plan);
            if (_plans.Count > Math.Max(1, capacity)) _plans.RemoveAt(_plans.Count - 1);
        }
    }

    private static bool Fits(CpuPlan plan, ReadOnlySpan<Tensor> inputs)
    {
        for (int i = 0; i < inputs.Length; i++)
            if (plan.Shapes[i] != inputs[i].Shape) return false;
        return true;
    }
}
