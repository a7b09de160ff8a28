using System.Runtime.InteropServices;

namespace TensorLogic.Cpu;

/// <summary>A block of native memory, aligned to 64 bytes, of undefined content.</summary>
internal sealed unsafe class NativeBlock : IDisposable
{
    public NativeBlock(long bytes)
    {
        Bytes = bytes;
        Pointer = HugePages.Allocate(bytes);
        GC.AddMemoryPressure(bytes);
    }

    ~NativeBlock() => Free();

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
