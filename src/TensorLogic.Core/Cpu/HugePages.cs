using System.Runtime.InteropServices;

namespace TensorLogic.Cpu;

/// <summary>Memory whose large blocks the system is asked to hold in pages of 2 MiB: weights and planes that are streamed through then cost few page walks.</summary>
internal static unsafe partial class HugePages
{
    public const long PageBytes = 2 << 20;

    private const int Alignment = 64, AdviseHugePage = 14;

    // Without the C library there is nothing to ask.
    private static bool s_isAvailable = OperatingSystem.IsLinux();

    /// <summary>Memory to be freed by <see cref="NativeMemory.AlignedFree"/>, aligned to 64 bytes, of undefined content.</summary>
    public static byte* Allocate(long bytes)
    {
        if (bytes < PageBytes || !s_isAvailable) return (byte*)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        byte* block = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, (nuint)PageBytes);
        try
        {
            // Whole pages inside the block; whether the system follows makes no difference but speed.
            _ = Advise(block, (nuint)(bytes / PageBytes * PageBytes), AdviseHugePage);
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            s_isAvailable = false;
        }
        return block;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
