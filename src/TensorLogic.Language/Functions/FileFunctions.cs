using System.Text;
using TensorLogic.Language.Diagnostics;

namespace TensorLogic.Language.Functions;

/// <summary>Text files inside the file root (14).</summary>
internal static class FileFunctions
{
    public static void AddTo(Library library)
    {
        library.Add("read_text(path)", static c => Read(c));
        library.Add("write_text(path, text)", static c =>
        {
            string path = c.Text(0), file = FilePath.ForWriting(c.Run, path);
            try
            {
                File.WriteAllText(file, c.Text(1));
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or EncoderFallbackException)
            {
                throw new ScriptFault(Messages.CannotSaveTo(path, problem.Message), problem);
            }
            return Value.None;
        });
        library.Add("file_exists(path)", static c =>
        {
            try
            {
                FilePath.Existing(c.Run, c.Text(0));
                return true;
            }
            catch (ScriptFault missing) when (missing.Description.Code == "TL5001")
            {
                return false;
            }
        });
    }

    private static Value Read(LibraryCall c)
    {
        string path = c.Text(0), file = FilePath.Existing(c.Run, path);
        if (Directory.Exists(file)) throw new ScriptFault(Messages.FileNotFound(path));
        try
        {
            c.Run.Reserve(2 * (Int128)new FileInfo(file).Length);
            return File.ReadAllText(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        }
        catch (DecoderFallbackException problem)
        {
            throw new ScriptFault(Messages.NotAValidFile(path, "text"), problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ScriptFault(Messages.FileNotFound(path), problem);
        }
    }
}
