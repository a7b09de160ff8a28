namespace TensorLogic.Tool;

/// <summary>The runtime of the tool: everything the library has.</summary>
internal static class Runtimes
{
    public static TensorLogicRuntime Create(int? threads = null)
    {
        TensorLogicRuntimeBuilder builder = TensorLogicRuntime.CreateBuilder().AddCoreML().AddMetal();
        if (threads is { } count) builder.UseThreads(count);
        return builder.Build();
    }
}
