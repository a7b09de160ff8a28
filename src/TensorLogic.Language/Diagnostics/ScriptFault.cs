using TensorLogic.Language.Syntax;

namespace TensorLogic.Language.Diagnostics;

/// <summary>A diagnostic's code, text and hint, without a place.</summary>
internal readonly record struct Message(string Code, string Text, string? Hint = null);

/// <summary>A script error on its way to the border, where it becomes a <see cref="Diagnostic"/>.</summary>
/// <remarks>What throws it may not know the place; the construct in progress adds it (16.2).</remarks>
internal sealed class ScriptFault(Message message, Exception? cause = null) : Exception(message.Text, cause)
{
    public Message Description { get; } = message;

    public new SourceText? Source { get; set; }

    public SourceSpan? Span { get; set; }

    /// <summary>True for a limit: its place is the call or statement in progress.</summary>
    public bool IsLimit => Description.Code.StartsWith("TL6", StringComparison.Ordinal);

    /// <summary>Where it stands among the errors of one compilation: a file's errors by place, those of imported files before what follows the import.</summary>
    public long Order => Span?.Start ?? -1;

    /// <summary>File name where there is no source to point into.</summary>
    public string? File { get; init; }

    /// <summary>Adds the place unless a construct further in did.</summary>
    public ScriptFault At(SourceText source, SourceSpan span)
    {
        if (Span is null && File is null)
        {
            Source = source;
            Span = span;
        }
        return this;
    }

    public Diagnostic ToDiagnostic() => Diagnostic.From(Description, Source, Span, File);
}
