namespace TensorLogic.Tool;

/// <summary>What a command works with.</summary>
/// <param name="Terminal">Where it reads and writes.</param>
/// <param name="Runtimes">Makes its runtime.</param>
/// <param name="Cancellation">Ctrl-C.</param>
internal sealed record CommandContext(Terminal Terminal, RuntimeFactory Runtimes, CancellationToken Cancellation);
