using Spectre.Console;

namespace TensorLogic.Tool;

/// <summary>Standard input, output and error, plain or as a terminal.</summary>
/// <remarks>Colours and moving bars appear on a terminal only, and not where <c>NO_COLOR</c> is set.</remarks>
internal sealed class Terminal
{
    // Output that goes to a file or a pipe is not folded at the width of a screen.
    private const int PlainWidth = 1000;

    public Terminal(TextWriter output, TextWriter error, TextReader input, bool styledOutput = false, bool styledError = false)
    {
        (Exact, Out, Error, In, IsErrorStyled) = (output, styledOutput ? output : new TrimmedWriter(output), error, input, styledError);
        Console = Over(Out, styledOutput);
        ErrorConsole = Over(error, styledError);
    }

    public static Terminal OfProcess()
    {
        bool styles = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new(System.Console.Out, System.Console.Error, System.Console.In, styles && !System.Console.IsOutputRedirected, styles && !System.Console.IsErrorRedirected);
    }

    public TextWriter Out { get; }

    /// <summary>Standard output for what must come out as it is, blanks at the ends of lines too: the output of scripts.</summary>
    public TextWriter Exact { get; }

    public TextWriter Error { get; }

    public TextReader In { get; }

    /// <summary>Tables, charts and colours on standard output.</summary>
    public IAnsiConsole Console { get; }

    /// <summary>Progress on standard error.</summary>
    public IAnsiConsole ErrorConsole { get; }

    /// <summary>True if standard error can show moving bars.</summary>
    public bool IsErrorStyled { get; }

    /// <summary>One line on standard output, in the invariant culture.</summary>
    public void Line(FormattableString text) => Out.WriteLine(Printable.Lines(FormattableString.Invariant(text)));

    /// <summary>A remark that is no result.</summary>
    public void Note(string text) => Error.WriteLine(Printable.Lines(text));

    private static IAnsiConsole Over(TextWriter writer, bool styled)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = styled ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = styled ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = styled ? InteractionSupport.Yes : InteractionSupport.No,
            Enrichment = new() { UseDefaultEnrichers = false },
            Out = new AnsiConsoleOutput(writer),
        });
        if (!styled) console.Profile.Width = PlainWidth;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
