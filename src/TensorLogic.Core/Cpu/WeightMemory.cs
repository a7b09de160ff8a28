namespace TensorLogic.Cpu;

/// <summary>A part of a large block that holds packed weights: parts follow each other, so that small ones share huge pages too.</summary>
internal sealed unsafe class WeightMemory : IDisposable
{
    private const long SlabBytes = 16 << 20, Alignment = 64;

    private static readonly Lock s_lock = new();
    private static Slab? s_current;

    private Slab? _slab;

    private WeightMemory(Slab slab, byte* pointer)
    {
        _slab = slab;
        Pointer = pointer;
    }

    public byte* Pointer { get; private set; }

    /// <summary>Memory of undefined content, aligned to 64 bytes.</summary>
    /// <param name="bytes">Its size.</param>
    /// <param name="isTransient">True for memory that soon goes again: a place among others would stay empty.</param>
    public static WeightMemory Rent(long bytes, bool isTransient = false)
    {
        long size = (bytes + Alignment - 1) / Alignment * Alignment;
        lock (s_lock)
        {
            if (isTransient || size > SlabBytes / 2) return new Slab(size).Take(size)!;
            if (s_current?.Take(size) is { } part) return part;
            s_current = new Slab(SlabBytes);
            return s_current.Take(size)!;
        }
    }

    public void Dispose()
    {
        lock (s_lock)
        {
            if (_slab is not { } slab) return;
            _slab = null;
            Pointer = null;
            if (!slab.Return()) return;
            slab.Dispose();
            if (s_current == slab) s_current = null;
        }
    }

    /// <summary>A block that is freed when the last of its parts is.</summary>
    private sealed class Slab(long bytes) : IDisposable
    {
        private readonly NativeBlock _block = new(bytes);
        private long _used;
        private int _parts;

        public WeightMemory? Take(long size)
        {
            if (_used + size > _block.Bytes) return null;
            WeightMemory part = new(this, _block.Pointer + _used);
            _used += size;
            _parts++;
            return part;
        }

        /// <summary>Gives one part back; true if it was the last.</summary>
        public bool Return() => --_parts == 0;

        public void Dispose() => _block.Dispose();
    }
}
