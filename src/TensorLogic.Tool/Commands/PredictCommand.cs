using System.CommandLine;

namespace TensorLogic.Tool.Commands;

/// <summary><c>tl predict MODEL</c>: one prediction.</summary>
internal static class PredictCommand
{
    public static Command Create(CommandContext context)
    {
        Argument<string> model = Arguments.Model();
        Option<string[]> input = new("--input", "-i")
        {
            Description = "A .safetensors file with tensors named after the inputs, or NAME=FILE with an image or .safetensors file, or NAME=VALUE with a number or a text.",
            HelpName = "IN",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<string?> output = new("--output", "-o") { Description = "A .safetensors file for the results; without it they are printed.", HelpName = "OUT.safetensors" };
        Option<string?> function = Arguments.Function();
        Option<Device> device = Arguments.Device();
        Option<int?> threads = Arguments.Threads();
        Command command = new("predict", "Runs a model once on files.") { model, input, output, function, device, threads };
        command.SetAction(parsed =>
        {
            using TensorLogicRuntime runtime = context.Runtimes(parsed.GetValue(threads));
            using IModel opened = runtime.LoadModel(parsed.GetValue(model)!, new LoadOptions { Device = parsed.GetValue(device), Function = parsed.GetValue(function) });
            using PredictionInputs inputs = PredictionInputs.Read(opened, parsed.GetValue(input) ?? [], context.Terminal);
            using Features results = opened.Predict(inputs.Features, cancellation: context.Cancellation);
            if (parsed.GetValue(output) is { } path) PredictionOutputs.Write(path, results);
            else PredictionOutputs.Print(context.Terminal, results);
            return CommandLine.Success;
        });
        return command;
    }
}
