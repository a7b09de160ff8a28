using System.CommandLine;
using TensorLogic.Tool.Description;

namespace TensorLogic.Tool.Commands;

/// <summary><c>tl info MODEL</c>: what is in a model file.</summary>
internal static class InfoCommand
{
    public static Command Create(CommandContext context)
    {
        Command command = new("info", "Describe a model file");
        Argument<string> path = Arguments.Model();
        Option<bool> json = Arguments.Json();
        Option<bool> operations = new("--ops") { Description = "Print every operation as text" };
        Option<string?> function = new("--function") { Description = "The function to describe, in a file that has several", HelpName = "NAME" };
        command.Add(path);
        command.Add(json);
        command.Add(operations);
        Option<bool> mil = new("--mil") { Description = "Print an ML Program in MIL, the text of compiled Core ML models" };
        command.Add(function);
        command.Add(mil);
        command.SetAction(parsed =>
        {
            string file = parsed.GetRequiredValue(path);
            using TensorLogicRuntime runtime = context.Runtimes(null);
            using IModel model = runtime.LoadModel(file, new() { Function = parsed.GetValue(function) });
            if (parsed.GetValue(mil))
            {
                context.Terminal.Out.Write(model.ToMilText());
                return CommandLine.Success;
            }
            string? text = parsed.GetValue(operations) ? model.ToText() : null;
            if (parsed.GetValue(json)) context.Terminal.Out.WriteLine(ModelJson.Write(model, FileSize.Of(file, model), text));
            else ModelSummary.Print(context.Terminal, model, FileSize.Of(file, model), text);
            return CommandLine.Success;
        });
        return command;
    }
}
