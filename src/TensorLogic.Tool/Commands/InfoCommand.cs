using System.CommandLine;
using Spectre.Console;

namespace TensorLogic.Tool.Commands;

/// <summary><c>tl info MODEL</c>: what is in a model file.</summary>
internal static class InfoCommand
{
    public static Command Create(Screen screen)
    {
        Argument<string> model = Arguments.Model();
        Option<bool> json = Arguments.Json(), ops = new("--ops") { Description = "Print every operation." };
        Option<string?> function = Arguments.Function();
        Command command = new("info", "Describes a model: format, quantisation, sizes, inputs, outputs, operations.") { model, json, ops, function };
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(model)!;
            using TensorLogicRuntime runtime = Runtimes.Create();
            using IModel opened = runtime.LoadModel(path, new LoadOptions { Function = parsed.GetValue(function) });
            ModelDescription description = new(opened, SizeOf(path));
            if (parsed.GetValue(json)) Json.Write(screen.Output, description.WriteJson);
            else description.Write(screen);
            if (parsed.GetValue(ops)) screen.Output.WriteLine(opened.ToText());
            return CommandLine.Success;
        });
        return command;
    }

    private static long SizeOf(string path) => Directory.Exists(path)
        ? new DirectoryInfo(path).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).Sum(file => file.Length)
        : new FileInfo(path).Length;
}
