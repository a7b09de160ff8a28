using System.CommandLine;
using Spectre.Console;
using TensorLogic.Tool.Verification;

namespace TensorLogic.Tool.Commands;

/// <summary><c>tl verify CASES...</c>: recorded answers against this machine.</summary>
internal static class VerifyCommand
{
    public static Command Create(CommandContext context)
    {
        Argument<string[]> cases = new("CASES") { Description = "Folders or zip files with recorded cases (case.json, a model, inputs, expected answers).", Arity = ArgumentArity.OneOrMore };
        Option<bool> strict = new("--strict") { Description = "Compare within what the arithmetic allows rather than within what the case allows." }, json = Arguments.Json();
        Option<Device> device = Arguments.Device();
        Option<int?> threads = Arguments.Threads();
        Command command = new("verify", "Checks recorded answers on this machine.") { cases, strict, json, device, threads };
        command.SetAction(parsed =>
        {
            using TensorLogicRuntime runtime = context.Runtimes(parsed.GetValue(threads));
            using CaseFolders folders = new();
            string[] found = [.. parsed.GetValue(cases)!.SelectMany(folders.Find)];
            CaseResult[] results = Run(context.Terminal, found, folder => new CaseRun(runtime, folder, parsed.GetValue(device), parsed.GetValue(strict)).Run(context.Cancellation), context.Cancellation);
            if (parsed.GetValue(json)) WriteJson(context.Terminal, results);
            else Write(context.Terminal, results);
            return results.All(result => result.Passed) ? CommandLine.Success : CommandLine.Failure;
        });
        return command;
    }

    private static CaseResult[] Run(Terminal terminal, string[] folders, Func<string, CaseResult> run, CancellationToken cancellation)
    {
        var results = new CaseResult[folders.Length];
        void All(Action step)
        {
            for (int i = 0; i < folders.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                results[i] = run(folders[i]);
                step();
            }
        }

        if (!terminal.IsErrorStyled) All(() => { });
        else terminal.ErrorConsole.Progress().AutoClear(true).Start(context =>
        {
            ProgressTask task = context.AddTask("checking", maxValue: folders.Length);
            All(() => task.Increment(1));
        });
        return results;
    }

    private static void Write(Terminal terminal, CaseResult[] results)
    {
        IGrouping<string, CaseResult>[] failures = [.. results.Where(result => !result.Passed).GroupBy(result => result.Operation).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)];
        if (failures.Length > 0)
        {
            Table table = Tables.Create("operation", "failed", "for example");
            foreach (IGrouping<string, CaseResult> group in failures)
                table.Row(group.Key, $"{group.Count()}", $"{group.First().Problem}  ({group.First().Id})");
            terminal.Console.Section("Failures", table);
        }
        terminal.Line($"{results.Count(result => result.ZerosPass)} of {results.Length} cases would pass with an answer of zeros");
        terminal.Line($"{results.Count(result => result.Passed)} passed, {results.Count(result => !result.Passed)} failed");
    }

    private static void WriteJson(Terminal terminal, CaseResult[] results) => terminal.Out.WriteLine(JsonText.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("passed", results.Count(result => result.Passed));
        writer.WriteNumber("failed", results.Count(result => !result.Passed));
        writer.WriteNumber("zeros_would_pass", results.Count(result => result.ZerosPass));
        writer.WriteStartArray("failures");
        foreach (CaseResult result in results.Where(result => !result.Passed))
        {
            writer.WriteStartObject();
            writer.WriteString("id", result.Id);
            writer.WriteString("operation", result.Operation);
            writer.WriteString("problem", result.Problem);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }));
}
