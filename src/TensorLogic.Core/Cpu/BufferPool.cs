namespace TensorLogic.Cpu;

/// <summary>Memory that tensors give back when they are disposed, so that repeated work allocates none.</summary>
/// <remarks>Thread-safe.</remarks>
internal abstract class BufferPool : IDisposable
{
    /// <summary>Bytes that the pool holds at present, in use or free.</summary>
    public abstract long HeldBytes { get; }

    /// <summary>A contiguous tensor of undefined content, aligned to 64 bytes.</summary>
    public Tensor Rent(ElementType type, Shape shape) => Tensor.Over(Rent(type.ByteCount(shape.ElementCount)), type, shape);

    protected abstract TensorStorage Rent(long bytes);

    /// <summary>Frees what is not in use; what is comes free when it is given back.</summary>
    public abstract void Dispose();
}
