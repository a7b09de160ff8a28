using System.Runtime.InteropServices;

namespace TensorLogic.Cpu;

/// <summary>Aligned native memory for values between nodes, used again and again.</summary>
internal sealed unsafe class BlockPool : IDisposable
{
    private readonly Dictionary<long, Stack<nint>> _free = [];
    private readonly Lock _gate = new();
    private bool _disposed;

    /// <summary>A tensor of undefined content whose memory comes back when it is released.</summary>
    public Tensor Rent(ElementType type, Shape shape) => Tensor.Over(new Block(this, type.ByteCount(shape.ElementCount)), type, shape);

    private nint Take(long size)
    {
        lock (_gate)
        {
            if (_free.TryGetValue(size, out Stack<nint>? blocks) && blocks.TryPop(out nint block)) return block;
        }
        return (nint)NativeMemory.AlignedAlloc((nuint)size, 64);
    }

    private void Return(nint block, long size)
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                if (!_free.TryGetValue(size, out Stack<nint>? blocks)) _free[size] = blocks = new();
                blocks.Push(block);
                return;
            }
        }
        NativeMemory.AlignedFree((void*)block);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (Stack<nint> blocks in _free.Values)
                foreach (nint block in blocks) NativeMemory.AlignedFree((void*)block);
            _free.Clear();
        }
    }

    private sealed class Block : TensorStorage
    {
        private readonly BlockPool _pool;
        private readonly long _size;

        public Block(BlockPool pool, long bytes)
        {
            _pool = pool;
            // Four steps to each doubling: at most a quarter is wasted, and blocks of like sizes serve each other.
            long step = Math.Max(64, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(bytes, 1)) / 8);
            _size = (bytes + step - 1) / step * step;
            if (_size == 0) _size = 64;
            Pointer = (byte*)pool.Take(_size);
            ByteLength = bytes;
        }

        ~Block() => Give();

        protected override void Free()
        {
            Give();
            GC.SuppressFinalize(this);
        }

        private void Give()
        {
            if (Pointer is null) return;
            _pool.Return((nint)Pointer, _size);
            Pointer = null;
        }
    }
}
