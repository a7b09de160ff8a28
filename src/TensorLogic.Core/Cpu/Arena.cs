namespace TensorLogic.Cpu;

/// <summary>A pool for the runs of a graph, whose tensors live as long as their values: each takes the lowest place that is free, so that a run
/// stays in little memory, which the caches keep.</summary>
/// <remarks>What outgrows the first slab gets another; when all is given back, one slab of the size of all takes their place.</remarks>
internal sealed unsafe class Arena : BufferPool
{
    // Beyond a cache line, so that rows of equal tensors do not fall on the same sets of a cache.
    private const long Alignment = 64, Gap = 128;

    private readonly Lock _lock = new();
    private readonly List<Slab> _slabs = [];
    private long _wanted;
    private bool _disposed;

    public override long HeldBytes
    {
        get
        {
            lock (_lock) return _slabs.Sum(slab => slab.Bytes);
        }
    }

    protected override TensorStorage Rent(long bytes)
    {
        long size = (Math.Max(bytes, 1) + Alignment - 1) / Alignment * Alignment + Gap;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            foreach (Slab slab in _slabs)
                if (slab.Take(size) is >= 0 and var offset) return new Storage(this, slab, offset, size);
            Slab added = new(Math.Max(size, _wanted));
            _slabs.Add(added);
            return new Storage(this, added, added.Take(size), size);
        }
    }

    private void Return(Slab slab, long offset, long size)
    {
        lock (_lock)
        {
            slab.Give(offset, size);
            if (!slab.IsFree) return;
            if (_disposed) slab.Dispose();
            else if (_slabs.Count > 1 && _slabs.TrueForAll(other => other.IsFree))
            {
                _wanted = Math.Max(_wanted, _slabs.Sum(each => each.Bytes));
                Clear();
            }
        }
    }

    private void Clear()
    {
        foreach (Slab slab in _slabs)
            if (slab.IsFree) slab.Dispose();
        _slabs.Clear();
    }

    public override void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            Clear();
        }
    }

    /// <summary>A block with its free ranges, in the order of their offsets.</summary>
    private sealed class Slab(long bytes) : IDisposable
    {
        private readonly NativeBlock _block = new(bytes);
        private readonly List<(long Offset, long Size)> _free = [(0, bytes)];

        public long Bytes => _block.Bytes;

        public bool IsFree => _free is [{ Offset: 0 } whole] && whole.Size == _block.Bytes;

        public byte* At(long offset) => _block.Pointer + offset;

        /// <summary>The lowest offset of a free range of this size; -1 if there is none.</summary>
        public long Take(long size)
        {
            for (int i = 0; i < _free.Count; i++)
            {
                (long offset, long free) = _free[i];
                if (free < size) continue;
                if (free == size) _free.RemoveAt(i);
                else _free[i] = (offset + size, free - size);
                return offset;
            }
            return -1;
        }

        public void Give(long offset, long size)
        {
            int i = 0;
            while (i < _free.Count && _free[i].Offset < offset) i++;
            bool joinsNext = i < _free.Count && _free[i].Offset == offset + size, joinsLast = i > 0 && _free[i - 1].Offset + _free[i - 1].Size == offset;
            if (joinsLast && joinsNext)
            {
                _free[i - 1] = (_free[i - 1].Offset, _free[i - 1].Size + size + _free[i].Size);
                _free.RemoveAt(i);
            }
            else if (joinsLast) _free[i - 1] = (_free[i - 1].Offset, _free[i - 1].Size + size);
            else if (joinsNext) _free[i] = (offset, size + _free[i].Size);
            else _free.Insert(i, (offset, size));
        }

        public void Dispose() => _block.Dispose();
    }

    private sealed class Storage : TensorStorage
    {
        private readonly Arena _arena;
        private readonly long _offset, _size;
        private Slab? _slab;

        public Storage(Arena arena, Slab slab, long offset, long size)
        {
            (_arena, _slab, _offset, _size) = (arena, slab, offset, size);
            Pointer = slab.At(offset);
            ByteLength = size - Gap;
        }

        protected override void Free()
        {
            Pointer = null;
            if (Interlocked.Exchange(ref _slab, null) is { } slab) _arena.Return(slab, _offset, _size);
        }
    }
}
