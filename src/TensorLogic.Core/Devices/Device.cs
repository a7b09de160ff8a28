namespace TensorLogic;

/// <summary>Where a model runs. Printed <c>auto</c>, <c>cpu</c>, <c>gpu</c>, <c>neural_engine</c>.</summary>
public enum Device
{
    /// <summary>The best device that is present: the Neural Engine for Core ML files on a Mac, else the CPU.</summary>
    Auto,
    /// <summary>The portable CPU runtime.</summary>
    Cpu,
    /// <summary>Metal; for Core ML files, Apple's Core ML with the GPU.</summary>
    Gpu,
    /// <summary>Apple's Core ML with the Neural Engine.</summary>
    NeuralEngine,
}

/// <summary>Names of devices in scripts and on the command line.</summary>
public static class DeviceExtensions
{
    extension(Device device)
    {
        /// <summary><c>auto</c>, <c>cpu</c>, <c>gpu</c> or <c>neural_engine</c>.</summary>
        public string Name => device switch
        {
            Device.Auto => "auto",
            Device.Cpu => "cpu",
            Device.Gpu => "gpu",
            Device.NeuralEngine => "neural_engine",
            _ => throw new ArgumentOutOfRangeException(nameof(device), device, "This is not a device."),
        };
    }

    /// <summary>Finds a device by its name.</summary>
    public static bool TryParse(string name, out Device device)
    {
        foreach (Device candidate in Enum.GetValues<Device>())
            if (candidate.Name == name)
            {
                device = candidate;
                return true;
            }
        device = default;
        return false;
    }
}
