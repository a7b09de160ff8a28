using System.CommandLine;
using TensorLogic.Formats.Gguf;
using TensorLogic.Formats.SafeTensors;

namespace TensorLogic.Tool.Commands;

/// <summary><c>tl convert MODEL OUT</c>: the weights of a file of any format, saved in another.</summary>
internal static class ConvertCommand
{
    public static Command Create(CommandContext context)
    {
        Argument<string> path = Arguments.Model();
        Argument<string> output = new("OUT") { Description = "The file to write: NAME.safetensors or NAME.gguf" };
        output.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && Path.GetExtension(token.Value).ToLowerInvariant() is not (".safetensors" or ".gguf")) result.AddError($"'{token.Value}' ends neither in .safetensors nor in .gguf.");
        });
        Command command = new("convert", "Save the weights of a model in another format; operations are left out") { path, output };
        command.SetAction(parsed =>
        {
            using TensorLogicRuntime runtime = context.Runtimes(null);
            using IModel model = runtime.LoadModel(parsed.GetRequiredValue(path));
            string target = parsed.GetRequiredValue(output);
            if (Path.GetExtension(target).Equals(".gguf", StringComparison.OrdinalIgnoreCase)) GgufFile.Copy(target, model.Tensors.Values, Metadata(model));
            else WriteSafeTensors(target, model, context.Cancellation);
            context.Terminal.Line($"{target}: {model.Tensors.Count} tensors, {Units.Bytes(new FileInfo(target).Length)}");
            return CommandLine.Success;
        });
        return command;
    }

    private static void WriteSafeTensors(string target, IModel model, CancellationToken cancellation)
    {
        Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
        try
        {
            foreach (ModelTensor tensor in model.Tensors.Values)
            {
                cancellation.ThrowIfCancellationRequested();
                tensors.Add(tensor.Name, tensor.Read());
            }
            SafeTensorsFile.Write(target, tensors, Metadata(model).Where(pair => pair.Value is string).Select(pair => KeyValuePair.Create(pair.Key, (string)pair.Value)));
        }
        finally
        {
            foreach (Tensor tensor in tensors.Values) tensor.Dispose();
        }
    }

    // What a GGUF file says of its own layout is not the business of another file.
    private static IEnumerable<KeyValuePair<string, object>> Metadata(IModel model) =>
        model.Metadata.UserDefined.Where(pair => pair.Value is string && !pair.Key.StartsWith("split.", StringComparison.Ordinal) && pair.Key.Length > 0);
}
