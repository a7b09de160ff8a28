using System.Globalization;
using Spectre.Console;
using TensorLogic.Graphs;

namespace TensorLogic.Tool.Commands;

/// <summary>A table of the steps of a prediction.</summary>
internal static class ProfileView
{
    public static void Write(Terminal terminal, IReadOnlyList<StepProfile> steps, bool json)
    {
        if (json) terminal.Out.WriteLine(JsonText.Write(writer => WriteJson(writer, steps)));
        else WriteTable(terminal, steps);
    }

    private static void WriteTable(Terminal terminal, IReadOnlyList<StepProfile> steps)
    {
        double total = steps.Sum(step => step.Milliseconds), longest = steps.Select(step => step.Milliseconds).DefaultIfEmpty().Max();
        Table table = Tables.Create("step", "operator", "kernel", "ms", "share", "GFLOP/s", "MB", "");
        foreach (StepProfile step in steps)
            table.BarRow(longest == 0 ? 0 : step.Milliseconds / longest, step.Name, step.Operator, step.Kernel, Text($"{step.Milliseconds:0.000}"), Text($"{Share(step, total):0.0} %"), Text($"{Rate(step):0.0}"), Text($"{step.Bytes / 1e6:0.00}"));
        terminal.Console.Section("Steps", table);

        Table operators = Tables.Create("operator", "steps", "ms", "share", "GFLOP/s", "");
        foreach (IGrouping<string, StepProfile> group in steps.GroupBy(step => step.Operator).OrderByDescending(group => group.Sum(step => step.Milliseconds)))
        {
            double sum = group.Sum(step => step.Milliseconds);
            operators.BarRow(total == 0 ? 0 : sum / total, group.Key, Text($"{group.Count()}"), Text($"{sum:0.000}"), Text($"{100 * sum / total:0.0} %"), Text($"{group.Sum(step => step.Flops) / Math.Max(sum, 1e-9) / 1e6:0.0}"));
        }
        terminal.Console.Section("Operators", operators);
        terminal.Line($"total  {total:0.000} ms, {steps.Sum(step => step.Flops) / 1e9:0.000} GFLOP");
    }

    private static void WriteJson(System.Text.Json.Utf8JsonWriter writer, IReadOnlyList<StepProfile> steps)
    {
        writer.WriteStartArray();
        foreach (StepProfile step in steps)
        {
            writer.WriteStartObject();
            writer.WriteString("name", step.Name);
            writer.WriteString("operator", step.Operator);
            writer.WriteString("kernel", step.Kernel);
            writer.WriteNumber("ms", Math.Round(step.Milliseconds, 5));
            writer.WriteNumber("flops", step.Flops);
            writer.WriteNumber("bytes", step.Bytes);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static double Share(StepProfile step, double total) => total == 0 ? 0 : 100 * step.Milliseconds / total;

    private static double Rate(StepProfile step) => step.Flops / Math.Max(step.Milliseconds, 1e-9) / 1e6;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
