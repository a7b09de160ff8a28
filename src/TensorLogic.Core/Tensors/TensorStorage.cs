using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TensorLogic;

/// <summary>A block of bytes at a fixed address that tensors view. It lives as long as one tensor refers to it.</summary>
/// <remarks>Counted: each tensor over it holds one reference and drops it when disposed. A tensor that is never disposed is collected
/// like any object, and a native block then goes with its finalizer.</remarks>
internal abstract unsafe class TensorStorage
{
    private int _references = 1;
    private MemoryBudget.Charge? _charge;

    /// <summary>First byte. Valid while <c>this</c> is reachable and has a reference.</summary>
    public byte* Pointer { get; protected set; }

    /// <summary>Length in bytes.</summary>
    public long ByteLength { get; protected init; }

    /// <summary>False for mapped files and memory lent for reading.</summary>
    public bool IsWritable { get; protected init; } = true;

    public void AddReference()
    {
        int count;
        do
        {
            count = Volatile.Read(ref _references);
            ObjectDisposedException.ThrowIf(count == 0, typeof(Tensor));
        }
        while (Interlocked.CompareExchange(ref _references, count + 1, count) != count);
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0) return;
        _charge?.Release();
        Free();
    }

    public bool IsFreed => Volatile.Read(ref _references) <= 0;

    protected abstract void Free();

    /// <summary>Zeroed memory, aligned to 64 bytes: collected up to 1 GiB, native beyond.</summary>
    /// <exception cref="MemoryBudgetException">The thread's budget does not allow it.</exception>
    public static TensorStorage Allocate(long bytes, bool zero = true)
    {
        MemoryBudget.Charge? charge = MemoryBudget.Current?.Take(bytes);
        TensorStorage storage = bytes <= 1 << 30 ? new ManagedStorage((int)bytes, zero) : new NativeStorage(bytes, zero);
        storage._charge = charge;
        return storage;
    }
}

/// <summary>An array on the pinned heap.</summary>
internal sealed unsafe class ManagedStorage : TensorStorage
{
    private byte[]? _array;

    public ManagedStorage(int bytes, bool zero)
    {
        const int alignment = 64;
        _array = zero ? GC.AllocateArray<byte>(bytes + alignment, pinned: true) : GC.AllocateUninitializedArray<byte>(bytes + alignment, pinned: true);
        nuint start = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_array));
        Pointer = (byte*)((start + alignment - 1) & ~(nuint)(alignment - 1));
        ByteLength = bytes;
    }

    protected override void Free() => _array = null;
}

/// <summary>Memory outside the collected heap.</summary>
internal sealed unsafe class NativeStorage : TensorStorage
{
    public NativeStorage(long bytes, bool zero)
    {
        Pointer = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), 64);
        if (zero) NativeMemory.Clear(Pointer, (nuint)bytes);
        ByteLength = bytes;
        GC.AddMemoryPressure(Math.Max(bytes, 1));
    }

    ~NativeStorage() => FreeBlock();

    protected override void Free()
    {
        FreeBlock();
        GC.SuppressFinalize(this);
    }

    private void FreeBlock()
    {
        if (Pointer is null) return;
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
        GC.RemoveMemoryPressure(Math.Max(ByteLength, 1));
    }
}

/// <summary>A caller's array, pinned while tensors refer to it.</summary>
internal sealed unsafe class PinnedArrayStorage : TensorStorage
{
    private GCHandle _handle;

    public PinnedArrayStorage(Array array, long bytes)
    {
        _handle = GCHandle.Alloc(array, GCHandleType.Pinned);
        Pointer = (byte*)_handle.AddrOfPinnedObject();
        ByteLength = bytes;
    }

    ~PinnedArrayStorage() => Unpin();

    protected override void Free()
    {
        Unpin();
        GC.SuppressFinalize(this);
    }

    private void Unpin()
    {
        if (_handle.IsAllocated) _handle.Free();
    }
}

/// <summary>A whole file mapped for reading. Several tensors, models and blobs view one mapping.</summary>
/// <remarks>A file that another process truncates while it is mapped raises a bus error on Unix, as with every memory map.</remarks>
internal sealed unsafe class MappedStorage : TensorStorage
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    private MappedStorage(MemoryMappedFile file, long length)
    {
        _file = file;
        _view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        Pointer = pointer + _view.PointerOffset;
        ByteLength = length;
        IsWritable = false;
    }

    /// <summary>Maps the file; an empty file becomes an empty block, which no operating system maps.</summary>
    public static TensorStorage Open(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1);
        if (stream.Length == 0) return Allocate(0);
        var file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        return new MappedStorage(file, stream.Length);
    }

    // The pointer counts as a use of the handle, which without this would keep the mapping of a tensor that nobody disposes. Handles are
    // finalised after ordinary objects, so this one is still good here.
    ~MappedStorage() => Unmap();

    protected override void Free()
    {
        Unmap();
        _view.Dispose();
        _file.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Unmap()
    {
        if (Pointer is null) return;
        Pointer = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
    }
}
