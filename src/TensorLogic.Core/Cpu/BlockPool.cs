using System.Numerics;

namespace TensorLogic.Cpu;

/// <summary>A pool of blocks by size, for tensors of any lifetime. One that is never disposed is freed with its block's finalizer.</summary>
internal sealed unsafe class BlockPool : BufferPool
{
    private readonly Dictionary<long, Stack<NativeBlock>> _free = [];
    private readonly Lock _lock = new();
    private long _held;
    private bool _disposed;

    public override long HeldBytes => _held;

    protected override TensorStorage Rent(long bytes) => new Storage(this, RentBlock(RoundedSize(bytes)));

    private NativeBlock RentBlock(long size)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_free.TryGetValue(size, out Stack<NativeBlock>? blocks) && blocks.TryPop(out NativeBlock? block)) return block;
            _held += size;
        }
        return new NativeBlock(size);
    }

    private void Return(NativeBlock block)
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                if (!_free.TryGetValue(block.Bytes, out Stack<NativeBlock>? blocks)) _free[block.Bytes] = blocks = new();
                blocks.Push(block);
                return;
            }
            _held -= block.Bytes;
        }
        block.Dispose();
    }

    // Eight sizes for each power of two: little waste, and blocks of similar tensors serve each other.
    private static long RoundedSize(long bytes)
    {
        const long least = 1024;
        if (bytes <= least) return least;
        long step = 1L << Math.Max(6, 60 - BitOperations.LeadingZeroCount((ulong)(bytes - 1)));
        return (bytes + step - 1) / step * step;
    }

    public override void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (NativeBlock block in _free.Values.SelectMany(blocks => blocks))
            {
                _held -= block.Bytes;
                block.Dispose();
            }
            _free.Clear();
        }
    }

    private sealed class Storage : TensorStorage
    {
        private readonly BlockPool _pool;
        private NativeBlock? _block;

        public Storage(BlockPool pool, NativeBlock block)
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
