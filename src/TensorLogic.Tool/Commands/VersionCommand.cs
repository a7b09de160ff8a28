using System.CommandLine;
using System.Reflection;

namespace TensorLogic.Tool.Commands;

/// <summary><c>tl version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create(CommandContext context)
    {
        Command command = new("version", "Print the version");
        command.SetAction(_ => Run(context));
        return command;
    }

    public static int Run(CommandContext context)
    {
        string version = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        context.Terminal.Out.WriteLine($"tl {version.Split('+')[0]}");
        return CommandLine.Success;
    }
}
