using TensorLogic.Language.Diagnostics;
using TensorLogic.Language.Formatting;
using TensorLogic.Language.Syntax;

namespace TensorLogic.Language;

/// <summary>Writes scripts in one form: four spaces of indentation, one statement on a line, one blank between tokens, older forms in the main
/// form. Comments stay, and blank lines up to one. Formatting twice changes nothing.</summary>
public static class ScriptFormatter
{
    /// <summary>The source in its form; line ends are line feeds.</summary>
    /// <param name="source">A script.</param>
    /// <param name="name">A file name for diagnostics.</param>
    /// <exception cref="ScriptException">The source does not parse.</exception>
    public static string Format(string source, string name = "script.tl")
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(name);
        try
        {
            SourceText text = SourceText.From(name, source);
            DiagnosticBag problems = new();
            Parser.Parse(text, problems);
            problems.ThrowIfAny();
            List<FormatToken> tokens = MainForms.Rewrite(FormatToken.Read(text));
            return new Layout(tokens).Write();
        }
        catch (ScriptFault fault)
        {
            throw new ScriptException(fault);
        }
    }
}
