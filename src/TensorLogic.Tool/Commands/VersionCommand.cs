using System.CommandLine;
using System.Reflection;

namespace TensorLogic.Tool.Commands;

/// <summary><c>tl version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create(Screen screen)
    {
        Command command = new("version", "Prints the version and the devices that are present.");
        command.SetAction(_ =>
        {
            using TensorLogicRuntime runtime = Runtimes.Create();
            string version = typeof(TensorLogicRuntime).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
            screen.Line($"tl {version} ({string.Join(", ", runtime.Devices.Select(device => device.Name))})");
            return CommandLine.Success;
        });
        return command;
    }
}
