using System.CommandLine;
using TensorLogic.Tool.Prediction;

namespace TensorLogic.Tool.Commands;

/// <summary><c>tl predict MODEL --input IN --output OUT.safetensors</c>: runs a model once.</summary>
internal static class PredictCommand
{
    private static readonly string[] Fits = ["stretch", "center_crop", "fit"];

    public static Command Create(CommandContext context)
    {
        Command command = new("predict", "Run a model once");
        Argument<string> path = Arguments.Model();
        Argument<string[]> pairs = new("INPUT") { Description = "More inputs as NAME=VALUE", Arity = ArgumentArity.ZeroOrMore, Hidden = true };
        pairs.Validators.Add(Arguments.RefuseUnknownOptions);
        Option<string[]> input = new("--input", "-i")
        {
            Description = "A .safetensors file whose tensors are named after the inputs, or NAME=VALUE, where VALUE is a picture for an image, a .safetensors file for a tensor, else a number, a string, or JSON; may be repeated",
            HelpName = "IN",
        };
        Option<string?> output = new("--output", "-o") { Description = "Write the results to this .safetensors file; without it they are printed", HelpName = "FILE" };
        Option<string?> function = Arguments.Function();
        Option<string> fit = new("--fit") { Description = "How a picture of another size reaches the declared one", DefaultValueFactory = _ => Fits[0] };
        fit.AcceptOnlyFromAmong(Fits);
        Option<Device> device = Arguments.Device();
        Option<int?> threads = Arguments.Threads();
        command.Add(path);
        command.Add(pairs);
        command.Add(input);
        command.Add(output);
        command.Add(function);
        command.Add(fit);
        command.Add(device);
        command.Add(threads);
        command.SetAction(parsed => Run(
            context,
            parsed.GetRequiredValue(path),
            [.. parsed.GetValue(input) ?? [], .. parsed.GetValue(pairs) ?? []],
            parsed.GetValue(output),
            (ImageFit)Array.IndexOf(Fits, parsed.GetRequiredValue(fit)),
            new() { Function = parsed.GetValue(function), Device = parsed.GetValue(device) },
            parsed.GetValue(threads)));
        return command;
    }

    private static int Run(CommandContext context, string path, IReadOnlyList<string> inputs, string? output, ImageFit fit, LoadOptions options, int? threads)
    {
        using TensorLogicRuntime runtime = context.Runtimes(threads);
        using IModel model = runtime.LoadModel(path, options);
        if (model.Outputs.Count == 0)
            throw new UnsupportedOperatorException("predict", $"a {model.Metadata.Format} file holds tensors and no operations") { Place = path };
        using InputReader reader = new(model, fit);
        Features given = reader.Read(inputs);
        if (reader.Ignored.Count > 0) context.Terminal.Note($"note: ignored, because they are no input: {Printable.Line(string.Join(", ", reader.Ignored), 400)}");
        using Features results = model.Predict(given, cancellation: context.Cancellation);
        if (output is null) PredictionView.Print(context.Terminal, results);
        else OutputFile.Write(output, results);
        return CommandLine.Success;
    }
}
