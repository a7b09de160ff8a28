using System.CommandLine;
using TensorLogic.Tool.Views;

namespace TensorLogic.Tool.Commands;

/// <summary><c>tl view MODEL</c>: the graph of a model as a page for a browser.</summary>
internal static class ViewCommand
{
    public static Command Create(CommandContext context)
    {
        Argument<string> path = Arguments.Model();
        Option<string?> output = new("--output", "-o") { Description = "The page to write; the model's name with .html, in this folder, unless given", HelpName = "FILE" };
        Option<string?> function = Arguments.Function();
        Command command = new("view", "Draw the graph of a model as one page of HTML") { path, output, function };
        command.SetAction(parsed =>
        {
            string file = parsed.GetRequiredValue(path);
            using TensorLogicRuntime runtime = context.Runtimes(null);
            using IModel model = runtime.LoadModel(file, new() { Function = parsed.GetValue(function) });
            if (model.Graphs.Count == 0)
                throw new UnsupportedOperatorException("view", $"a model of the kind {(model.Metadata.Kind.Length > 0 ? model.Metadata.Kind : $"{model.Metadata.Format}")} has no graph to draw") { Place = file, Remedy = "Use tl info." };
            string target = parsed.GetValue(output) ?? $"{Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(file))}.html";
            File.WriteAllText(target, GraphPage.Write(model));
            context.Terminal.Line($"{target}: {model.Graphs.Sum(graph => graph.Nodes.Count)} nodes");
            return CommandLine.Success;
        });
        return command;
    }
}
