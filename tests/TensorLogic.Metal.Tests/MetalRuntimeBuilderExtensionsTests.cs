namespace TensorLogic.Tests.Metal;

public sealed class MetalRuntimeBuilderExtensionsTests
{
    [Test]
    public void Without_a_Metal_backend_the_GPU_is_not_listed()
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddMetal().Build();

        Assert.That(runtime.Devices, Is.EqualTo(new[] { Device.Cpu }));
    }

    [Test]
    public void Asking_for_the_absent_GPU_names_it_and_the_devices_there_are()
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddMetal().Build();

        DeviceException error = Assert.Throws<DeviceException>(() => runtime.Backend(Device.Gpu))!;

        Assert.That((error.Device, error.Remedy), Is.EqualTo((Device.Gpu, "Use one of: auto, cpu.")));
    }
}
