namespace TensorLogic.Benchmarks;

/// <summary>The devices of this machine.</summary>
internal static class Devices
{
    /// <summary>Devices that can be measured here.</summary>
    public static IReadOnlyList<Device> Present { get; } = FindPresent();

    /// <summary>Devices that the library knows and this machine lacks.</summary>
    public static IReadOnlyList<Device> Absent { get; } = [.. Enum.GetValues<Device>().Where(device => device != Device.Auto && !Present.Contains(device))];

    private static IReadOnlyList<Device> FindPresent()
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().AddMetal().Build();
        return runtime.Devices;
    }
}
