using TensorLogic.Language.Syntax;

namespace TensorLogic.Language;

/// <summary>A checked script. Immutable; may run in many engines.</summary>
public sealed class Script
{
    internal Script(SourceText text, IReadOnlyList<Statement> statements) => (Text, Statements) = (text, statements);

    /// <summary>File name without directory.</summary>
    public string Name => Text.Name;

    /// <summary>The source.</summary>
    public string Source => Text.Text;

    internal SourceText Text { get; }

    internal IReadOnlyList<Statement> Statements { get; }
}

/// <summary>How a run ended.</summary>
public sealed class RunResult
{
    /// <summary>True without an error.</summary>
    public bool Success => Diagnostic is null;

    /// <summary>The error that ended the run, or null.</summary>
    public Diagnostic? Diagnostic { get; internal init; }

    /// <summary>All lines printed, each ended by a line feed.</summary>
    public required string Output { get; init; }

    /// <summary>Statements and calls.</summary>
    public long Steps { get; internal init; }

    /// <summary>Wall clock.</summary>
    public TimeSpan Elapsed { get; internal init; }
}

/// <summary>A printed line.</summary>
/// <param name="text">Without line feed.</param>
public sealed class OutputEventArgs(string text) : EventArgs
{
    /// <summary>The line without line feed.</summary>
    public string Text { get; } = text;
}
