using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace TensorLogic.Tool.Commands;

/// <summary><c>tl advise MODEL</c>: the best practices for the Neural Engine, held against a model.</summary>
internal static class AdviseCommand
{
    public static Command Create(Screen screen)
    {
        Argument<string> model = Arguments.Model();
        Option<bool> json = Arguments.Json();
        Command command = new("advise", "Holds a model against the best practices for the Neural Engine.") { model, json };
        command.SetAction(parsed =>
        {
            using TensorLogicRuntime runtime = Runtimes.Create();
            using IModel opened = runtime.LoadModel(parsed.GetValue(model)!);
            IReadOnlyList<Finding> findings = opened.Advise();
            if (parsed.GetValue(json)) WriteJson(screen, findings);
            else Write(screen, findings);
            return CommandLine.Success;
        });
        return command;
    }

    private static void Write(Screen screen, IReadOnlyList<Finding> findings)
    {
        foreach (Finding finding in findings)
        {
            string color = finding.Severity == FindingSeverity.Warning ? "yellow" : "blue";
            screen.Terminal.MarkupLineInterpolated($"[{color}]{finding.Severity.ToString().ToLowerInvariant()}[/] [bold]{finding.Rule}[/] at {finding.Place}");
            screen.Line($"  {finding.Reason}");
            screen.Line($"  {finding.Remedy}");
        }
        screen.Line($"{(findings.Count == 0 ? "nothing to improve" : findings.Count == 1 ? "1 finding" : $"{findings.Count} findings")}");
    }

    private static void WriteJson(Screen screen, IReadOnlyList<Finding> findings) => Json.Write(screen.Output, writer =>
    {
        writer.WriteStartArray();
        foreach (Finding finding in findings)
        {
            writer.WriteStartObject();
            writer.WriteString("rule", finding.Rule);
            writer.WriteString("severity", finding.Severity.ToString().ToLowerInvariant());
            writer.WriteString("place", finding.Place);
            writer.WriteString("reason", finding.Reason);
            writer.WriteString("remedy", finding.Remedy);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    });
}
