namespace TensorLogic.Cpu;

/// <summary>A constant of a graph as the runtime holds it: as the file stores it, and widened once a kernel asks for that.</summary>
internal sealed class ConstantSlot(Tensor constant, ElementType stored) : IDisposable
{
    private Tensor? _stored;

    /// <summary>The elements as the file holds them. A reference of its own: a mapped file stays mapped.</summary>
    public Tensor Original { get; } = constant.View(constant.Shape, constant.Strides.ToArray(), constant.Offset);

    /// <summary>Contiguous, in the element type that kernels compute with. Made once, shared by all runs; not to be written.</summary>
    public Tensor Stored
    {
        get
        {
            if (_stored is { } made) return made;
            Tensor fresh = Original.ElementType == stored ? Original.Contiguous() : Original.To(stored);
            if (Interlocked.CompareExchange(ref _stored, fresh, null) is { } other)
            {
                fresh.Dispose();
                return other;
            }
            return fresh;
        }
    }

    public void Dispose()
    {
        Original.Dispose();
        Interlocked.Exchange(ref _stored, null)?.Dispose();
    }
}
