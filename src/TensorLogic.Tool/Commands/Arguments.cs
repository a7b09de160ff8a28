using System.CommandLine;
using System.CommandLine.Parsing;

namespace TensorLogic.Tool.Commands;

/// <summary>Arguments and options that several commands have.</summary>
internal static class Arguments
{
    public static Argument<string> Model()
    {
        Argument<string> model = new("MODEL") { Description = "A model: .mlpackage, .mlmodel, .mlmodelc, .safetensors, .index.json or .gguf" };
        model.Validators.Add(RefuseUnknownOptions);
        return model;
    }

    /// <summary>What begins with two dashes and is no file is a misspelt option.</summary>
    public static void RefuseUnknownOptions(ArgumentResult result)
    {
        foreach (Token token in result.Tokens)
            if (token.Value.StartsWith("--", StringComparison.Ordinal) && !Path.Exists(token.Value)) result.AddError($"There is no option '{token.Value}'.");
    }

    public static Option<bool> Json() => new("--json") { Description = "Print JSON" };

    public static Option<Device> Device() => new("--device")
    {
        Description = "Where to run; auto, the default, chooses the best that is present",
        HelpName = "auto|cpu|gpu|neural_engine",
        CustomParser = ParseDevice,
    };

    public static Option<string?> Function() => new("--function") { Description = "The function to run, in a file that has several", HelpName = "NAME" };

    public static Option<int?> Threads() => Positive("--threads", "Threads of the CPU; one for each core unless given");

    /// <summary>An option that takes a whole number from 1.</summary>
    public static Option<int?> Positive(string name, string description)
    {
        Option<int?> option = new(name) { Description = description, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out int number) && number >= 1))
                result.AddError($"{name} takes a whole number from 1, not '{token.Value}'.");
        });
        return option;
    }

    private static Device ParseDevice(ArgumentResult result)
    {
        string name = result.Tokens[0].Value;
        if (!DeviceExtensions.TryParse(name, out Device device))
            result.AddError($"There is no device '{name}'. Devices are {string.Join(", ", Enum.GetValues<Device>().Select(known => known.Name))}.");
        return device;
    }
}
