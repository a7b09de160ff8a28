using System.Globalization;
using Spectre.Console;

namespace TensorLogic.Tool;

/// <summary>Where a command writes: results to one writer, remarks and progress to the other.</summary>
internal sealed class Screen
{
    private const int PlainWidth = 120;

    public Screen(TextWriter output, TextWriter error)
    {
        Output = output;
        Error = error;
        IsInteractive = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        bool colors = IsInteractive && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        Terminal = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = colors ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = colors ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = IsInteractive ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!IsInteractive) Terminal.Profile.Width = PlainWidth;
    }

    public TextWriter Output { get; }

    public TextWriter Error { get; }

    /// <summary>True if a person watches: progress bars make sense.</summary>
    public bool IsInteractive { get; }

    /// <summary>Tables and charts.</summary>
    public IAnsiConsole Terminal { get; }

    /// <summary>One line, in invariant culture.</summary>
    public void Line(FormattableString text) => Output.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>A remark that is no result.</summary>
    public void Note(string text) => Error.WriteLine($"tl: {text}");
}
