using System.CommandLine;
using Spectre.Console;

namespace TensorLogic.Tool.Commands;

/// <summary><c>tl advise MODEL</c>: the best practices for the Neural Engine, held against the model.</summary>
internal static class AdviseCommand
{
    public static Command Create(CommandContext context)
    {
        Command command = new("advise", "Hold a model against the best practices for the Neural Engine");
        Argument<string> path = Arguments.Model();
        Option<bool> json = Arguments.Json();
        command.Add(path);
        command.Add(json);
        command.SetAction(parsed => Run(context, parsed.GetRequiredValue(path), parsed.GetValue(json)));
        return command;
    }

    private static int Run(CommandContext context, string path, bool json)
    {
        using TensorLogicRuntime runtime = context.Runtimes(null);
        using IModel model = runtime.LoadModel(path);
        IReadOnlyList<Finding> findings = model.Advise();
        if (json) context.Terminal.Out.WriteLine(Json(findings));
        else Print(context.Terminal, model, findings);
        return CommandLine.Success;
    }

    private static string Json(IReadOnlyList<Finding> findings) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("findings");
        foreach (Finding finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("rule", finding.Rule);
            json.WriteString("severity", Name(finding.Severity));
            json.WriteString("place", finding.Place);
            json.WriteString("reason", finding.Reason);
            json.WriteString("remedy", finding.Remedy);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void Print(Terminal terminal, IModel model, IReadOnlyList<Finding> findings)
    {
        if (findings.Count == 0)
        {
            terminal.Out.WriteLine(model.Metadata.Format == ModelFormat.CoreML
                ? "Nothing to advise: the model follows the best practices for the Neural Engine."
                : $"Nothing to advise: the rules concern Core ML models, and this is a {model.Metadata.Format} file.");
            return;
        }
        foreach (Finding finding in findings)
        {
            Style style = new(finding.Severity == FindingSeverity.Warning ? Color.Yellow : Color.Blue);
            terminal.Console.Write(new Text($"{Name(finding.Severity)} {finding.Rule}", style));
            terminal.Console.WriteLine($": {Printable.Line(finding.Place, 200)}");
            terminal.Console.WriteLine($"  why {Printable.Line(finding.Reason, 1000)}");
            terminal.Console.WriteLine($"  try {Printable.Line(finding.Remedy, 1000)}");
        }
    }

    private static string Name(FindingSeverity severity) => severity == FindingSeverity.Warning ? "warning" : "note";
}
