namespace TensorLogic.Language;

/// <summary>Reads an imported file from somewhere else than the file root.</summary>
/// <param name="path">As the script names it.</param>
/// <param name="importer">File name of the importing script.</param>
/// <returns>The source, or null if there is none.</returns>
public delegate string? ImportResolver(string path, string importer);

/// <summary>What scripts may use. A limit that is passed ends the run with its code; the engine stays usable.</summary>
public sealed record EngineOptions
{
    /// <summary>Statements, loop iterations, calls, recurrence steps and partial answers of one run (TL6001).</summary>
    public long StepLimit { get; init; } = 50_000_000;

    /// <summary>Wall clock of one run; null for no limit (TL6002).</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Bytes of live tensors, checked before they are made; also of a single string or list (TL6003).</summary>
    public long MemoryLimit { get; init; } = 1L << 30;

    /// <summary>Nested calls of script functions (TL6004).</summary>
    public int RecursionLimit { get; init; } = 256;

    /// <summary>Bytes of UTF-8 output of one run, line feeds included (TL6005).</summary>
    public long OutputLimit { get; init; } = 1 << 20;

    /// <summary>Facts, given and derived (TL6007).</summary>
    public long FactLimit { get; init; } = 1_000_000;

    /// <summary>The folder that scripts may read files of; null for none (TL5002).</summary>
    public string? FileRoot { get; init; }

    /// <summary>Lets scripts write files under <see cref="FileRoot"/> (TL5006).</summary>
    public bool AllowWrite { get; init; }

    /// <summary>Loads models and owns devices; null for one of the engine's own with what the core has.</summary>
    public TensorLogicRuntime? Runtime { get; init; }

    /// <summary>Where <c>load_model</c> runs models unless told otherwise.</summary>
    public Device Device { get; init; } = Device.Auto;

    /// <summary>What <c>time()</c> reads; null for the system's clock.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>Seed of the random numbers at the start and after a reset.</summary>
    public ulong Seed { get; init; }

    /// <summary>Where imports come from; null for files under <see cref="FileRoot"/>.</summary>
    public ImportResolver? ImportResolver { get; init; }

    /// <summary>Steps between two <see cref="Engine.Step"/> events.</summary>
    public int StepEventInterval { get; init; } = 10_000;
}
