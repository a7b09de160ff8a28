using System.Runtime.InteropServices;

namespace TensorLogic.Cpu;

/// <summary>Blocks of memory that one run gives back and the next takes up again, so that repeated runs allocate nothing.</summary>
/// <remarks>Thread-safe. Blocks are aligned to 64 bytes and of undefined content.</remarks>
internal sealed unsafe class BufferPool : IDisposable
{
    private readonly Dictionary<long, Stack<Block>> _free = [];
    private readonly Lock _lock = new();
    private bool _disposed;

    /// <summary>Bytes that blocks of this pool hold at present, in use or free.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>A contiguous tensor of undefined content.</summary>
    public Tensor Rent(ElementType type, Shape shape) => Tensor.Over(new PooledStorage(this, Rent(type.ByteCount(shape.ElementCount))), type, shape);

    /// <summary>A block of at least this size.</summary>
    public Block Rent(long bytes)
    {
        long size = RoundedSize(bytes);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_free.TryGetValue(size, out Stack<Block>? blocks) && blocks.TryPop(out Block? block)) return block;
            HeldBytes += size;
        }
        return new Block(size);
    }

    public void Return(Block block)
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                if (!_free.TryGetValue(block.Bytes, out Stack<Block>? blocks)) _free[block.Bytes] = blocks = new();
                blocks.Push(block);
                return;
            }
            HeldBytes -= block.Bytes;
        }
        block.Dispose();
    }

    // Eight sizes for each power of two: little waste, and blocks of similar tensors serve each other.
    private static long RoundedSize(long bytes)
    {
        const long least = 1024;
        if (bytes <= least) return least;
        long step = 1L << Math.Max(6, 60 - System.Numerics.BitOperations.LeadingZeroCount((ulong)(bytes - 1)));
        return (bytes + step - 1) / step * step;
    }

    /// <summary>Frees what is not in use; what is comes free when it is given back.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (Block block in _free.Values.SelectMany(blocks => blocks))
            {
                HeldBytes -= block.Bytes;
                block.Dispose();
            }
            _free.Clear();
        }
    }

    /// <summary>A block of native memory.</summary>
    public sealed class Block : IDisposable
    {
        public Block(long bytes)
        {
            Bytes = bytes;
            Pointer = HugePages.Allocate(bytes);
            GC.AddMemoryPressure(bytes);
        }

        ~Block() => Free();

        public byte* Pointer { get; private set; }

        public long Bytes { get; }

        public void Dispose()
        {
            Free();
            GC.SuppressFinalize(this);
        }

        private void Free()
        {
            if (Pointer is null) return;
            NativeMemory.AlignedFree(Pointer);
            Pointer = null;
            GC.RemoveMemoryPressure(Bytes);
        }
    }

    /// <summary>A block as storage of tensors. One that is never released is freed with its block's finalizer.</summary>
    private sealed class PooledStorage : TensorStorage
    {
        private readonly BufferPool _pool;
        private Block? _block;

        public PooledStorage(BufferPool pool, Block block)
        {
            _pool = pool;
            _block = block;
            Pointer = block.Pointer;
            ByteLength = block.Bytes;
        }

        protected override void Free()
        {
            Pointer = null;
            if (Interlocked.Exchange(ref _block, null) is { } block) _pool.Return(block);
        }
    }
}
