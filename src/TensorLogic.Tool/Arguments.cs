using System.CommandLine;

namespace TensorLogic.Tool;

/// <summary>Arguments and options that several commands have.</summary>
internal static class Arguments
{
    public static Argument<string> Model() => new("MODEL") { Description = "A model file or package: Core ML, SafeTensors or GGUF." };

    public static Option<bool> Json() => new("--json") { Description = "Print JSON." };

    public static Option<string?> Function() => new("--function") { Description = "The function of a model that has several.", HelpName = "NAME" };

    public static Option<int?> Threads()
    {
        Option<int?> option = new("--threads") { Description = "Threads of the CPU; one for each core unless given.", HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, out int threads) && threads is < 1 or > 1024) result.AddError("--threads takes a number from 1 to 1024.");
        });
        return option;
    }

    public static Option<Device> Device()
    {
        string names = string.Join(", ", Enum.GetValues<Device>().Select(device => device.Name));
        return new("--device")
        {
            Description = $"Where to run: {names}.",
            HelpName = "D",
            CustomParser = result =>
            {
                if (DeviceExtensions.TryParse(result.Tokens[0].Value, out Device device)) return device;
                result.AddError($"'{result.Tokens[0].Value}' is no device. There are: {names}.");
                return TensorLogic.Device.Auto;
            },
            DefaultValueFactory = _ => TensorLogic.Device.Auto,
        };
    }
}
