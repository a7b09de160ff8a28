using System.CommandLine;
using Spectre.Console;
using TensorLogic.Tool.Verification;

namespace TensorLogic.Tool.Commands;

/// <summary><c>tl verify CASES...</c>: recorded answers against this machine.</summary>
internal static class VerifyCommand
{
    public static Command Create(CommandContext context)
    {
        Argument<string[]> cases = new("CASES") { Description = "Folders or zip files with recorded cases (case.json, a model, inputs, expected answers)", Arity = ArgumentArity.OneOrMore };
        Option<bool> strict = new("--strict") { Description = "Compare within what the arithmetic allows, not within what the case allows" }, json = Arguments.Json();
        Option<Device> device = Arguments.Device();
        Option<int?> threads = Arguments.Threads();
        Command command = new("verify", "Check recorded answers on this machine") { cases, strict, json, device, threads };
        command.SetAction(parsed =>
        {
            using TensorLogicRuntime runtime = context.Runtimes(parsed.GetValue(threads));
            using CaseFolders folders = new();
            string[] found = [.. parsed.GetValue(cases)!.SelectMany(folders.Find)];
            CaseResult[] results = Run(context.Terminal, found, folder => new CaseRun(runtime, folder, parsed.GetValue(device), parsed.GetValue(strict)).Run(context.Cancellation), context.Cancellation);
            if (parsed.GetValue(json)) WriteJson(context.Terminal, results);
            else Write(context.Terminal, results);
            int failed = results.Count(result => !result.Passed);
            if (failed == 0) return CommandLine.Success;
            context.Terminal.Note($"{failed} of {results.Length} cases failed.");
            return CommandLine.Failure;
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
        IReadOnlyList<FailureGroup> groups = FailureGroup.Of(results);
        if (groups.Count > 0)
        {
            Table table = Tables.Create("operation", "failed", "of", "for example");
            foreach (FailureGroup group in groups)
                table.Row(group.Operation, $"{group.Failures.Count}", $"{group.Total}", $"{group.Failures[0].Problem}  ({group.Failures[0].Id})");
            terminal.Console.Section("Failures", table);
            terminal.Out.WriteLine();
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
        foreach (FailureGroup group in FailureGroup.Of(results))
            foreach (CaseResult result in group.Failures)
            {
                writer.WriteStartObject();
                writer.WriteString("id", result.Id);
                writer.WriteString("operation", group.Operation);
                writer.WriteString("problem", result.Problem);
                writer.WriteEndObject();
            }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }));
}
