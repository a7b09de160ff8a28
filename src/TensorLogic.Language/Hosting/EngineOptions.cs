namespace TensorLogic.Language;

/// <summary>What scripts may use (18.4). Copied by the engine.</summary>
public sealed record EngineOptions
{
    /// <summary>Statements and calls of one run.</summary>
    public long StepLimit { get; init; } = 50_000_000;

    /// <summary>Wall clock of one run; null for no limit.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Bytes of one tensor that a script makes.</summary>
    public long MemoryLimit { get; init; } = 1L << 30;

    /// <summary>Bytes of UTF-8 output of one run, line feeds included.</summary>
    public long OutputLimit { get; init; } = 1 << 20;

    /// <summary>The folder that scripts may read files of; null for none.</summary>
    public string? FileRoot { get; init; }

    /// <summary>Lets scripts write files under <see cref="FileRoot"/>. No function writes as yet.</summary>
    public bool AllowWrite { get; init; }

    /// <summary>Loads models and owns devices; null for one of the engine's own with what the core has.</summary>
    public TensorLogicRuntime? Runtime { get; init; }

    /// <summary>Where <c>load_model</c> runs models unless told otherwise.</summary>
    public Device Device { get; init; } = Device.Auto;
}
