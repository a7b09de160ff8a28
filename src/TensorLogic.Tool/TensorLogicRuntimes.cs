namespace TensorLogic.Tool;

/// <summary>Makes the runtime that a command works with.</summary>
/// <param name="threads">Threads of the CPU runtime; null for one per core.</param>
internal delegate TensorLogicRuntime RuntimeFactory(int? threads);

internal static class TensorLogicRuntimes
{
    /// <summary>Everything that <c>tl</c> can open and run on.</summary>
    public static TensorLogicRuntime Create(int? threads)
    {
        TensorLogicRuntimeBuilder builder = TensorLogicRuntime.CreateBuilder().AddCoreML().AddMetal();
        return (threads is int count ? builder.UseThreads(count) : builder).Build();
    }
}
