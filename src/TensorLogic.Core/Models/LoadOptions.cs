namespace TensorLogic;

/// <summary>How a model is loaded.</summary>
public sealed record LoadOptions
{
    /// <summary>Where it is to run. An absent device is a <see cref="DeviceException"/>.</summary>
    public Device Device { get; init; } = Device.Auto;

    /// <summary>Name of the function to run, in a file that has several; null for its default.</summary>
    public string? Function { get; init; }

    /// <summary>What a file may ask for.</summary>
    public LoadLimits Limits { get; init; } = LoadLimits.Default;

    /// <summary>Folder for what is worth keeping between runs, such as compiled models; null for the system's cache folder.</summary>
    public string? CacheFolder { get; init; }
}

/// <summary>Bounds on what a file may make the library do. Exceeding one is a <see cref="ModelLimitException"/>.</summary>
public sealed record LoadLimits
{
    /// <summary>The defaults: every model known to us passes.</summary>
    public static LoadLimits Default { get; } = new();

    /// <summary>Memory that reading may allocate beyond twice the file, in bytes.</summary>
    public long AllocationBytes { get; init; } = 16 << 20;

    /// <summary>Nesting of messages, blocks, arrays and brackets.</summary>
    public int Depth { get; init; } = 64;

    /// <summary>Tensors, operations, features or metadata entries in one list.</summary>
    public int Count { get; init; } = 1 << 20;

    /// <summary>Length of one name in UTF-8 bytes.</summary>
    public int NameBytes { get; init; } = 1 << 16;
}

/// <summary>How far loading has come.</summary>
/// <param name="Stage">What is being done now: <c>detect</c>, <c>read</c>, <c>lower</c>, <c>compile</c>.</param>
/// <param name="Fraction">0 to 1, over all stages.</param>
public readonly record struct LoadProgress(string Stage, double Fraction);
