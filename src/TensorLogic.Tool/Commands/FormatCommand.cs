using System.CommandLine;
using System.Text;
using TensorLogic.Language;

namespace TensorLogic.Tool.Commands;

/// <summary><c>tl fmt FILE…</c>: rewrites scripts in their form.</summary>
internal static class FormatCommand
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static Command Create(CommandContext context)
    {
        Argument<string[]> files = ScriptOptions.Files();
        Option<bool> check = new("--check") { Description = "Change nothing; fail if a file is not in its form" };
        Command command = new("fmt", "Format scripts in place") { files, check };
        command.SetAction(parsed =>
        {
            int result = CommandLine.Success;
            foreach (string file in parsed.GetRequiredValue(files))
            {
                if (!File.Exists(file))
                {
                    context.Terminal.Error.WriteLine($"error TL0001: script '{file}' not found");
                    result = CommandLine.Failure;
                    continue;
                }
                try
                {
                    string source = File.ReadAllText(file, s_utf8), formatted = ScriptFormatter.Format(source, Path.GetFileName(file));
                    if (formatted == source) continue;
                    if (parsed.GetValue(check))
                    {
                        context.Terminal.Error.WriteLine($"{file} is not formatted");
                        result = CommandLine.Failure;
                    }
                    else Replace(file, formatted);
                }
                catch (ScriptException wrong)
                {
                    context.Terminal.Error.Write(wrong.Diagnostics[0]);
                    result = CommandLine.Failure;
                }
                catch (DecoderFallbackException)
                {
                    context.Terminal.Error.WriteLine("error TL0002: the source is not valid UTF-8");
                    result = CommandLine.Failure;
                }
            }
            return result;
        });
        return command;
    }

    // By way of a file beside it, so that an interruption loses nothing.
    private static void Replace(string file, string text)
    {
        string draft = $"{file}.{Path.GetRandomFileName()}";
        File.WriteAllText(draft, text, s_utf8);
        File.Move(draft, file, overwrite: true);
    }
}
